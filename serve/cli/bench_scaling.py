"""What Ray costs, and what further nodes bring: ``bench scaling``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from .bench_tables import Cells, circumstances, rich_table
from .bench_target import TargetPlan, measure_target
from .console import console_for, print_json, refusing_bad_input

if TYPE_CHECKING:
    from cluster.bench import Run
    from cluster.scenario import SharedStart
    from solvers.model import Instance

__all__ = ["overhead_cells", "register"]

PREPARATION_SHARE = 0.1
SAMPLE_SCALE = 0.3
TITLES = {
    "solver": "solvers.solve",
    "here": "variant in this process",
    "ray": "variant on Ray",
}


def register(group: typer.Typer) -> None:
    """Add the command of this module."""
    group.command()(scaling)


def scaling(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, help="Problem; a sample university without."
        ),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(min=1, help="Seconds of the longest search.")
    ] = 60.0,
    seeds: Annotated[int, typer.Option(min=1, help="Searches of each kind.")] = 1,
    nodes: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Simulated nodes; several times. 1, 2, 4 without."),
    ] = None,
    share: Annotated[
        float, typer.Option(min=0.05, help="Processors of each simulated node.")
    ] = 0.4,
    overhead: Annotated[
        bool, typer.Option(help="Compare Ray with the solver in this process.")
    ] = True,
    target: Annotated[
        bool, typer.Option(help="Measure the time to a target on simulated nodes.")
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of output is one JSON object.")
    ] = False,
) -> None:
    """Measure what Ray costs and what further nodes bring."""
    console = console_for(as_json)
    counts = sorted(set(nodes or (1, 2, 4)))
    with refusing_bad_input():
        instance = _instance(file)
    _refuse_shares(console, max(counts), share, target)
    _quiet_ray()
    plan = _Plan(console, instance, time_limit, range(1, seeds + 1))
    console.print(f"{instance.name}: {circumstances()}")
    with console.status("Preparing the start ..."):
        start = plan.start()
    found: dict[str, Any] = plan.to_dict()
    if overhead:
        found["overhead"] = _overhead(plan, start)
    if target:
        found["target"] = measure_target(
            TargetPlan(console, time_limit, plan.seeds, share, counts), start
        )
    if as_json:
        print_json(found)


@dataclass(frozen=True, slots=True)
class _Plan:
    console: Console
    instance: Instance
    seconds: float
    seeds: range

    def start(self) -> SharedStart:
        """Begin all searches at the same timetable."""
        from cluster.bench import start_of

        return start_of(self.instance, PREPARATION_SHARE * self.seconds, seed=0)

    def to_dict(self) -> dict[str, Any]:
        """What is needed to repeat the measurement."""
        return {
            "instance": self.instance.name,
            "events": len(self.instance.events),
            "seconds": self.seconds,
            "seeds": list(self.seeds),
            "circumstances": circumstances(),
        }


def _instance(file: Path | None) -> Instance:
    if file is not None:
        from .formats import open_problem

        return open_problem(file).instance
    from solvers.formats.institution import build_instance
    from solvers.sample import sample_institution

    return build_instance(sample_institution(scale=SAMPLE_SCALE, seed=1))


def _refuse_shares(console: Console, most: int, share: float, target: bool) -> None:
    """Nodes that cannot have their share would measure the machine, not the cluster."""
    have = os.cpu_count() or 1
    if target and most * share > have:
        console.print(
            f"[red]error[/]: {most} nodes of {share:g} processors do not fit the "
            f"{have} of this machine."
        )
        raise typer.Exit(2)


def _quiet_ray() -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_AUTH_MODE", "disabled")
    # As in the service: Ray would make its workers nicer than what they compare with.
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")


@contextmanager
def _local_ray(num_cpus: int) -> Iterator[None]:
    import ray

    # Never join a Ray that runs here already: it would be measured as well.
    ray.init("local", num_cpus=num_cpus, include_dashboard=False, log_to_driver=False)
    try:
        yield
    finally:
        ray.shutdown()


def _overhead(plan: _Plan, start: SharedStart) -> dict[str, Any]:
    """Each seed on Ray, here for as long, and by the solver for as much processor."""
    from cluster.bench import run_here, run_on_ray, run_solver

    islands = os.cpu_count() or 1
    runs: list[Run] = []
    with _local_ray(islands):
        for seed in plan.seeds:
            with plan.console.status(f"Overhead of Ray, seed {seed} ..."):
                on_ray = run_on_ray(start, plan.seconds, seed, islands)
                here = run_here(start, plan.seconds, seed, islands)
                solver = run_solver(start, on_ray.cpu.total, seed, islands)
            runs += [solver, here, on_ray]
    cells = overhead_cells(runs)
    plan.console.print(f"\nRay at equal processor seconds, {islands} islands")
    plan.console.print(rich_table(cells))
    return {
        "islands": islands,
        "runs": [asdict(run) for run in runs],
        "overhead": {name: _mean_overhead(runs, name) for name in ("here", "ray")},
    }


def overhead_cells(runs: Sequence[Run]) -> Cells:
    """One row for each way, means over the seeds."""
    head = ("search", "cost", "CPU s", "of it Ray's own", "moves/CPU s", "overhead")
    return head, [_overhead_row(runs, name) for name in TITLES]


def _overhead_row(runs: Sequence[Run], name: str) -> list[str]:
    mine = [run for run in runs if run.name == name]
    cost = fmean(run.cost.soft for run in mine)
    hard = sum(run.cost.hard for run in mine)
    cpu = fmean(run.cpu.total for run in mine)
    # The driver polls as a supervisor does.
    system = fmean(run.cpu.system + run.cpu.driver for run in mine)
    return [
        TITLES[name],
        f"{cost:,.1f}" + (f" ({hard} hard)" if hard else ""),
        f"{cpu:.1f}",
        f"{system:.1f}" if name == "ray" else "-",
        f"{fmean(run.moves_per_second for run in mine):,.0f}",
        "-" if name == "solver" else f"{_mean_overhead(runs, name):.1%}",
    ]


def _mean_overhead(runs: Sequence[Run], name: str) -> float:
    from cluster.bench import overhead

    base = {run.seed: run for run in runs if run.name == "solver"}
    return fmean(overhead(base[r.seed], r) for r in runs if r.name == name)

"""Quality on public instances: ``bench``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from .bench_gap import climb_with, climbs_to_dict, gap_cells, target_of
from .bench_scaling import register as register_scaling
from .bench_tables import (
    Cells,
    circumstances,
    quality_cells,
    rich_table,
    selector_cells,
)
from .console import console_for, print_json, refusing_bad_input

if TYPE_CHECKING:
    from solvers.bench import Family, Row, SelectorTrial
    from solvers.model import Instance
    from solvers.params import SolveParams

__all__ = ["bench", "register"]

FAMILY_NAMES = ("itc2019", "cbctt", "pectt")
"""As ``solvers.bench`` has them, which is not loaded to show a help text."""
MOVES_PER_SECOND = 1_000_000
"""Moves that stand for a second where selectors are compared by work."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module and of those beside it, under ``bench``."""
    group = typer.Typer(
        help="Measure quality on public instances, and the cluster.",
        no_args_is_help=True,
    )
    for family in FAMILY_NAMES:
        group.command(family)(bench)
    register_scaling(group)
    app.add_typer(group, name="bench")


def bench(
    context: typer.Context,
    data: Annotated[
        Path,
        typer.Option(
            exists=True, file_okay=False, help="Folder of instances and best_known.md."
        ),
    ],
    time_limit: Annotated[
        float, typer.Option(min=0.1, help="Search seconds of every trial.")
    ] = 60.0,
    seeds: Annotated[int, typer.Option(min=1, help="Trials of each instance.")] = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Threads; all CPUs when not given.")
    ] = None,
    instance: Annotated[
        list[str] | None,
        typer.Option(help="Only this instance; may be given several times."),
    ] = None,
    selector: Annotated[
        list[str] | None,
        typer.Option(
            help="Compare who chooses the operators of the refinement instead; "
            "may be given several times. 'all' names every one."
        ),
    ] = None,
    to_gap: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Measure instead the smallest budget whose median comes within this "
            "gap above the best known, e.g. 0.2, with one worker and with all.",
        ),
    ] = None,
    params: Annotated[
        Path | None, typer.Option(exists=True, help="TOML of solver parameters.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Leave this part of the search out; several times."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Page that the table is written into."),
    ] = None,
    cpu_time: Annotated[
        bool,
        typer.Option(
            "--cpu-time", help="Count CPU seconds per worker, on shared machines."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of output is one JSON object.")
    ] = False,
) -> None:
    """Measure quality on public instances of this family."""
    console = console_for(as_json)
    if selector and to_gap is not None:
        raise typer.BadParameter("--selector and --to-gap are two measurements.")
    with refusing_bad_input():
        from solvers.bench import benchmark_files, family_named
        from solvers.bench import without as leave_out
        from solvers.params import SolveParams
        from solvers.specialization import warm_up

        known = family_named(str(context.info_name))
        given = SolveParams() if params is None else SolveParams.from_toml(params)
        plan = _Plan(
            console=console,
            family=known,
            files=benchmark_files(known, data, instance or ()),
            data=data,
            seconds=time_limit,
            seeds=seeds,
            params=leave_out(
                replace(given, workers=workers or os.cpu_count() or 1), without or ()
            ),
            cpu_time=cpu_time,
            without=tuple(without or ()),
            report=report,
        )
        with console.status("Compiling ..."):
            warm_up(known.read(plan.files[0]))
        if to_gap is not None:
            found = _climb(plan, to_gap)
        else:
            found = _compare(plan, selector) if selector else _measure(plan)
    if as_json:
        print_json(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    console: Console
    family: Family
    files: Sequence[Path]
    data: Path
    seconds: float
    seeds: int
    params: SolveParams
    cpu_time: bool
    without: tuple[str, ...] = ()
    report: Path | None = None

    @property
    def title(self) -> str:
        """What is measured, in words; it names the section of a report."""
        clock = "CPU seconds per worker" if self.cpu_time else "seconds"
        words = f"{self.family.name}: {self.seconds:g} {clock}, "
        words += f"workers: {self.params.workers}, seeds: {self.seeds}"
        return "".join([words, *(f", without {part}" for part in self.without)])

    def to_dict(self) -> dict[str, Any]:
        """What is needed to repeat the measurement."""
        from solvers.manifest import versions

        return {
            "family": self.family.name,
            "seconds": self.seconds,
            "cpu_time": self.cpu_time,
            "without": list(self.without),
            "seeds": self.seeds,
            "params": asdict(self.params),
            "cpus": os.cpu_count(),
            "versions": versions(),
        }


def _measure(plan: _Plan) -> dict[str, Any]:
    from solvers.bench import Row, cpu_clock, read_best_known, run_trial

    best_known = read_best_known(plan.data)
    clock = cpu_clock(plan.params.workers) if plan.cpu_time else perf_counter
    rows = []
    for file in plan.files:
        problem = plan.family.read(file)
        trials = []
        for seed in range(plan.seeds):
            with plan.console.status(f"{file.stem}, seed {seed} ..."):
                trial = run_trial(
                    problem,
                    seconds=plan.seconds,
                    seed=seed,
                    params=plan.params,
                    clock=clock,
                )
            trials.append(trial)
        rows.append(Row(file.stem, trials, best_known.get(file.stem.lower())))
        plan.console.print(_quality_line(rows[-1]))
    _show(plan, quality_cells(rows))
    gaps = [row.gap for row in rows if row.gap is not None]
    mean_gap = sum(gaps) / len(gaps) if gaps else None
    if mean_gap is not None:
        plan.console.print(f"mean gap [bold]{mean_gap:.1%}[/]")
    return {
        **plan.to_dict(),
        "instances": [row.to_dict() for row in rows],
        "mean_gap": mean_gap,
    }


def _quality_line(row: Row) -> str:
    costs = ", ".join(str(t.cost) if t.feasible else "-" for t in row.trials)
    return f"{row.instance}: {costs}"


def _compare(plan: _Plan, names: Sequence[str]) -> dict[str, Any]:
    from solvers.bench import compare_selectors, selectors_named

    chosen = selectors_named(names)
    moves = int(plan.seconds * MOVES_PER_SECOND)
    found: dict[str, list[SelectorTrial]] = {}
    for file in plan.files:
        problem = plan.family.read(file)
        with plan.console.status(f"{file.stem} ..."):
            found[file.stem] = compare_selectors(
                problem,
                chosen,
                moves=moves,
                seeds=range(plan.seeds),
                params=plan.params,
            )
    _show(plan, selector_cells(found, chosen), "selectors")
    instances = {name: [asdict(t) for t in trials] for name, trials in found.items()}
    return {**plan.to_dict(), "moves": moves, "selectors": instances}


def _climb(plan: _Plan, gap: float) -> dict[str, Any]:
    from solvers.bench import cpu_clock, read_best_known, run_trial
    from solvers.model import Cost

    best_known = read_best_known(plan.data)
    found = {}
    for file in plan.files:
        if (known := best_known.get(file.stem.lower())) is None:
            plan.console.print(f"{file.stem}: left out, no best known cost")
            continue
        problem = plan.family.read(file)

        def run(
            workers: int, seconds: float, seed: int, problem: Instance = problem
        ) -> Cost:
            words = f"{problem.name}, workers: {workers}, {seconds:.1f} s, seed {seed}"
            with plan.console.status(f"{words} ..."):
                trial = run_trial(
                    problem,
                    seconds=seconds,
                    seed=seed,
                    params=replace(plan.params, workers=workers),
                    clock=cpu_clock(workers) if plan.cpu_time else perf_counter,
                )
            return Cost(0 if trial.feasible else 1, trial.cost)

        counts = sorted({1, plan.params.workers})
        target = target_of(known, gap)
        climbs = climb_with(counts, target, plan.seconds, range(plan.seeds), run)
        found[file.stem] = (target, climbs)
    if found:
        _show(plan, gap_cells(found), f"seconds to a gap of {gap:.0%}")
    instances = {name: climbs_to_dict(*climbed) for name, climbed in found.items()}
    return {**plan.to_dict(), "gap": gap, "to_gap": instances}


def _show(plan: _Plan, cells: Cells, kind: str = "quality") -> None:
    """Print a table, and put it into the report."""
    from solvers.bench import markdown_table, write_section

    plan.console.print(rich_table(cells))
    if plan.report is None:
        return
    title = plan.title if kind == "quality" else f"{kind}, {plan.title}"
    text = f"### {title}\n\n{circumstances()}\n\n{markdown_table(*cells)}"
    write_section(plan.report, title, text)

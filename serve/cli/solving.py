"""One solve in this process, with a bar for people."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from .signals import stop_requests

if TYPE_CHECKING:
    from solvers import Result
    from solvers.model import Cost, Instance

__all__ = ["solve_with_bar"]


def solve_with_bar(
    console: Console,
    instance: Instance,
    *,
    time_limit: float,
    workers: int,
    seed: int,
) -> tuple[Result, float]:
    """Solve, showing stage and incumbent; Ctrl-C ends early with the best so far.

    Returns
    -------
    tuple
        The result, and the seconds that compiling the kernels took before: minutes
        where they were never compiled, else about one. They are not search time.
    """
    from solvers import AnyOf, Cancelled, MaxRuntime, SolveParams, solve
    from solvers.callbacks import SolverCallbacks
    from solvers.specialization import warm_up

    bar = Progress(
        TextColumn("[bold]{task.description:14}"),
        BarColumn(),
        TextColumn("{task.fields[cost]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )

    class Shown(SolverCallbacks):
        """Shows what the engine says."""

        def on_stage(self, stage: str, fraction: float) -> None:
            bar.update(task, description=stage)

        def on_progress(self, fraction: float, stage: str, cost: Cost | None) -> None:
            words = "" if cost is None else f"hard {cost.hard}, cost {cost.soft}"
            bar.update(task, completed=fraction, description=stage, cost=words)

    words = "Stopping with the best so far ..."
    with bar, stop_requests(lambda: console.print(words)) as asked:
        task = bar.add_task("compiling", total=1.0, cost="")
        begin = perf_counter()
        warm_up(instance)
        compiled = perf_counter() - begin
        result = solve(
            instance,
            params=SolveParams(workers=workers),
            stop=AnyOf(MaxRuntime(time_limit), Cancelled(asked)),
            seed=seed,
            callbacks=Shown(),
        )
    return result, compiled

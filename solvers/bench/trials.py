"""One solve, measured: when it became feasible, its cost, what it used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from time import perf_counter, process_time
from typing import Any

from solvers.callbacks import SolverCallbacks
from solvers.model import Cost, Instance
from solvers.params import SolveParams
from solvers.pipeline import solve
from solvers.result import Result
from solvers.stop import MaxRuntime

__all__ = ["Row", "Trial", "cpu_clock", "run_trial"]


@dataclass(frozen=True, slots=True)
class Trial:
    """One measured solve.

    Parameters
    ----------
    seed
        Its seed.
    feasible
        Whether the verifier found no hard violation.
    cost
        Verified cost.
    feasible_seconds
        Seconds of the budget until the first feasible timetable, None without one.
    seconds, cpu_seconds
        Wall seconds, and processor seconds of all threads.
    moves
        Moves tried by all islands.
    """

    seed: int
    feasible: bool
    cost: int
    feasible_seconds: float | None
    seconds: float
    cpu_seconds: float
    moves: int

    @property
    def moves_per_second(self) -> float:
        """Moves per processor second."""
        return self.moves / max(1e-9, self.cpu_seconds)


@dataclass(frozen=True, slots=True)
class Row:
    """All trials of one instance.

    Parameters
    ----------
    instance
        Its name.
    trials
        One at least.
    best_known
        Best known cost, None if the table has none.
    """

    instance: str
    trials: Sequence[Trial]
    best_known: int | None = None

    @property
    def costs(self) -> list[int]:
        """Costs of the feasible trials."""
        return [trial.cost for trial in self.trials if trial.feasible]

    @property
    def best(self) -> int | None:
        """Best cost, None if no trial is feasible."""
        return min(self.costs, default=None)

    @property
    def mean(self) -> float | None:
        """Mean cost of the feasible trials, None if there is none."""
        return fmean(self.costs) if self.costs else None

    @property
    def gap(self) -> float | None:
        """Mean cost above the best known one, as a share of it."""
        if self.mean is None or not self.best_known:
            return None
        return self.mean / self.best_known - 1

    @property
    def feasible_seconds(self) -> float | None:
        """Longest time to a feasible timetable, None if a trial found none."""
        times = [trial.feasible_seconds for trial in self.trials]
        known = [seconds for seconds in times if seconds is not None]
        return max(known) if len(known) == len(times) else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "instance": self.instance,
            "feasible": len(self.costs),
            "trials": [asdict(trial) for trial in self.trials],
            "feasible_seconds": self.feasible_seconds,
            "best": self.best,
            "mean": self.mean,
            "best_known": self.best_known,
            "gap": self.gap,
        }


def cpu_clock(workers: int) -> Callable[[], float]:
    """Clock that counts processor seconds of this process per worker.

    On a machine that others use as well it measures what the search was given.
    """
    return lambda: process_time() / workers


class _FirstFeasible(SolverCallbacks):
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begin = clock()
        self.seconds: float | None = None

    def on_incumbent(self, cost: Cost, stage: str) -> None:
        if cost.hard == 0 and self.seconds is None:
            self.seconds = self._clock() - self._begin


def run_trial(
    instance: Instance,
    *,
    seconds: float,
    seed: int,
    params: SolveParams,
    clock: Callable[[], float] = perf_counter,
) -> Trial:
    """Solve once and measure.

    Parameters
    ----------
    instance
        The problem.
    seconds
        Limit of the search in seconds of the clock, > 0.
    seed
        Seed.
    params
        Parameters.
    clock
        Wall time by default.
    """
    first = _FirstFeasible(clock)
    wall, cpu = perf_counter(), process_time()
    result = solve(
        instance,
        params=params,
        stop=MaxRuntime(seconds),
        seed=seed,
        callbacks=first,
        clock=clock,
    )
    return Trial(
        seed=seed,
        feasible=result.verification.feasible,
        cost=result.cost,
        feasible_seconds=first.seconds,
        seconds=perf_counter() - wall,
        cpu_seconds=process_time() - cpu,
        moves=_moves(result),
    )


def _moves(result: Result) -> int:
    return sum(int(stage.details.get("moves", 0)) for stage in result.stages)

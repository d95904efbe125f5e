"""The engine's public call: three stages, each no worse than its input, then proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from time import perf_counter

from solvers.callbacks import SolverCallbacks
from solvers.exceptions import EngineError
from solvers.manifest import run_manifest
from solvers.model import (
    Cost,
    Instance,
    InstanceArrays,
    Timetable,
    compile_instance,
)
from solvers.params import SolveParams
from solvers.refinement import refine
from solvers.result import Result, SolveStatus, StageReport
from solvers.search import SearchState
from solvers.stop import MaxRuntime, MaxWork, Progress, StoppingCriterion
from solvers.verification import Verification, verify

from .budget import Budget
from .fitting import fitted
from .genetic import evolve
from .start import Start, prepare

__all__ = ["refine_stage", "solve", "verified"]


def solve(
    instance: Instance,
    *,
    params: SolveParams | None = None,
    stop: StoppingCriterion | None = None,
    seed: int = 0,
    callbacks: SolverCallbacks | None = None,
    initial: Timetable | None = None,
    clock: Callable[[], float] = perf_counter,
) -> Result:
    """Make a timetable.

    Parameters
    ----------
    instance
        The problem.
    params
        Parameters.
    stop
        When to stop; 60 seconds by default. With ``MaxWork`` the run repeats itself
        exactly for equal seed and parameters.
    seed
        Seed of all randomness, >= 0.
    callbacks
        Hooks.
    initial
        Timetable to begin with instead of the CP-SAT start.
    clock
        Seconds since any moment, in which budgets are counted; wall time by default.

    Returns
    -------
    Result
        The best timetable, verified.

    Raises
    ------
    EngineError
        If the engine's cost and the verifier's differ, which must never happen.
    """
    run = _Run(
        instance,
        params or SolveParams(),
        stop or MaxRuntime(60.0),
        seed,
        callbacks or SolverCallbacks(),
        clock,
    )
    return run.solve(initial)


class _Run:
    def __init__(
        self,
        instance: Instance,
        params: SolveParams,
        stop: StoppingCriterion,
        seed: int,
        callbacks: SolverCallbacks,
        clock: Callable[[], float],
    ) -> None:
        self._instance = instance
        self._stop = stop
        self._seed = seed
        self._callbacks = callbacks
        self._clock = clock
        self._begin = clock()
        self._arrays = compile_instance(instance)
        self._params = fitted(params, self._arrays)
        self._work = 0
        self._best: Cost | None = None

    def solve(self, initial: Timetable | None) -> Result:
        start = self._start(initial)
        timetable, genetic = evolve(
            self._instance,
            start.arrays,
            start,
            params=self._params,
            seed=self._seed,
            budget=self._budget("genetic", 1.0 - self._params.refinement_share),
        )
        self._work += int(genetic.details["moves"])
        cancelled = self._stop(self._progress()) and self._used() < 0.8
        timetable, refinement = refine_stage(
            start.arrays,
            timetable,
            params=self._params,
            seed=self._seed,
            budget=self._budget("refinement", 1.0),
        )
        self._callbacks.on_stage("verification", 1.0)
        found, verification = verified(self._instance, start.arrays, timetable)
        stages = (*start.stages, genetic, refinement, verification)
        limits = {"stop": repr(self._stop), "params": asdict(self._params)}
        return Result(
            _status(found, cancelled),
            timetable,
            found,
            stages,
            self._elapsed(),
            self._seed,
            run_manifest(self._instance, self._seed, limits),
        )

    def _start(self, initial: Timetable | None) -> Start:
        share = 0.0 if initial is not None else self._params.cpsat_share
        moves = self._total_moves()
        seconds = None
        if moves is None:
            seconds = max(0.1, share * self._total_seconds())
        start = prepare(
            self._instance,
            seconds=seconds,
            moves=max(1, int(share * (moves or 0))),
            seed=self._seed,
            workers=self._params.workers,
            should_stop=lambda: self._stop(self._progress()),
            on_stage=lambda stage: self._callbacks.on_stage(stage, self._used()),
            params=self._params,
            arrays=self._arrays,
        )
        self._work += int(start.stages[-1].details["moves"])
        if initial is not None:
            start = replace(start, timetable=initial)
        self._report("cpsat", _cost(start.arrays, start.timetable), 0)
        return start

    def _total_moves(self) -> int | None:
        return self._stop.moves if isinstance(self._stop, MaxWork) else None

    def _elapsed(self) -> float:
        return self._clock() - self._begin

    def _progress(self, more_work: int = 0) -> Progress:
        return Progress(self._elapsed(), self._work + more_work, self._best)

    def _used(self) -> float:
        return self._stop.fraction(self._progress())

    def _total_seconds(self) -> float:
        """Seconds of the whole run, read off how fast its budget is used up."""
        used = self._used()
        if isinstance(self._stop, MaxRuntime):
            return self._stop.seconds
        return self._elapsed() / used if used > 0 else 60.0

    def _budget(self, stage: str, until: float) -> Budget:
        self._callbacks.on_stage(stage, self._used())
        moves = self._total_moves()
        seconds = None
        if moves is None:
            seconds = max(0.0, until * self._total_seconds() - self._elapsed())
        else:
            moves = max(1, int(until * moves) - self._work)
        return Budget(
            seconds=seconds,
            moves=moves,
            asked_to_stop=lambda: self._stop(self._progress()),
            on_report=self._report,
            clock=self._clock,
        )

    def _report(self, stage: str, cost: Cost, moves: int) -> None:
        if self._best is None or cost < self._best:
            self._best = cost
            self._callbacks.on_incumbent(cost, stage)
        used = self._stop.fraction(self._progress(moves))
        self._callbacks.on_progress(used, stage, self._best)


def refine_stage(
    arrays: InstanceArrays,
    timetable: Timetable,
    *,
    params: SolveParams,
    seed: int,
    budget: Budget,
) -> tuple[Timetable, StageReport]:
    """Stage 3 within its budget; never worse than its input."""
    steps = 1_000_000
    if budget.moves is not None:
        steps = max(1, budget.moves // params.refinement.step_work)
    if params.refinement_share == 0 or budget.should_stop():
        cost = _cost(arrays, timetable)
        reason = "turned off" if params.refinement_share == 0 else "no time was left"
        return timetable, StageReport(
            "refinement",
            False,
            "skipped",
            0.0,
            cost,
            cost,
            warning=f"Q-learning refinement was skipped: {reason}",
        )
    report = refine(
        arrays,
        timetable,
        fraction=budget.fraction,
        should_stop=budget.should_stop,
        params=params.refinement,
        seed=seed,
        max_steps=steps,
        on_step=lambda cost: budget.report("refinement", cost, 0),
        specialize=params.specialize,
    )
    details = {
        "steps": report.steps,
        "operators": {name: asdict(use) for name, use in report.operators.items()},
    }
    return report.timetable, StageReport(
        "refinement",
        True,
        f"{report.steps} steps",
        report.seconds,
        report.before,
        report.after,
        details,
    )


def _cost(arrays: InstanceArrays, timetable: Timetable) -> Cost:
    state = SearchState(arrays, 0)
    state.load(timetable)
    return state.cost


def verified(
    instance: Instance, arrays: InstanceArrays, timetable: Timetable
) -> tuple[Verification, StageReport]:
    """Verify, and hold the engine's own cost against what the verifier says.

    Raises
    ------
    EngineError
        If they differ.
    """
    begin = perf_counter()
    found = verify(instance, timetable)
    cost = _cost(arrays, timetable)
    if cost.soft != found.cost or (cost.hard == 0) != found.feasible:
        raise EngineError(
            f"the engine says {cost}, the verifier {found.total_hard} hard violations "
            f"and cost {found.cost}"
        )
    status = "feasible" if found.feasible else f"{found.total_hard} hard violations"
    seconds = perf_counter() - begin
    return found, StageReport("verification", True, status, seconds, cost, cost)


def _status(found: Verification, cancelled: bool) -> SolveStatus:
    if not found.feasible:
        return SolveStatus.CANCELLED if cancelled else SolveStatus.PARTIAL
    if found.cost == 0:
        return SolveStatus.OPTIMAL
    return SolveStatus.CANCELLED if cancelled else SolveStatus.FEASIBLE

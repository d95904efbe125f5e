"""Stages 1 and 2a: what all variants of an instance share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from solvers.communities import Communities, detect_communities
from solvers.cpsat import (
    ConstructReport,
    ConstructStatus,
    CpsatParams,
    Problem,
    construct,
)
from solvers.model import Cost, Instance, InstanceArrays, Timetable, compile_instance
from solvers.params import SolveParams
from solvers.result import StageReport
from solvers.specialization import local_search

__all__ = ["Start", "prepare"]

MOVE_SECONDS = 2e-7
"""Deterministic time of CP-SAT that counts as one move."""
REPAIR_UNTIL = 1.5
"""End of the repair by moves, in multiples of CP-SAT's limit."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the variants of an instance share; picklable.

    Parameters
    ----------
    arrays
        Compiled instance under its own weights.
    communities
        Partition of the events.
    timetable
        Complete start, students sectioned.
    stages
        Reports of the stages run.
    """

    arrays: InstanceArrays
    communities: Communities
    timetable: Timetable
    stages: tuple[StageReport, ...]


def prepare(
    instance: Instance,
    *,
    seconds: float | None,
    moves: int = 1_000_000,
    seed: int = 0,
    workers: int = 1,
    should_stop: Callable[[], bool] = lambda: False,
    on_stage: Callable[[str], None] = lambda stage: None,
    params: SolveParams | None = None,
    arrays: InstanceArrays | None = None,
) -> Start:
    """Cluster the events and build a start.

    Parameters
    ----------
    instance
        The problem.
    seconds
        Limit of the CP-SAT start, > 0, beside ``params.cpsat_seconds``; None bounds it
        by work instead of clocks.
    moves
        Without ``seconds``: most moves of the repair, > 0; CP-SAT may work about as
        long.
    seed
        Seed of both stages.
    workers
        Threads of CP-SAT.
    should_stop
        Asked several times a second.
    on_stage
        Called with the name of each stage as it begins.
    params
        Limit of the CP-SAT start, and parameters of the repair that follows where it
        left violations.
    arrays
        The compiled instance, where it is there already.
    """
    params = params or SolveParams()
    if seconds is not None:
        seconds = min(seconds, params.cpsat_seconds)
    on_stage("communities")
    communities, clustered = _cluster(instance, seed)
    on_stage("cpsat")
    arrays = arrays or compile_instance(instance)
    begin = perf_counter()
    limit = CpsatParams()
    if seconds is None:
        limit = CpsatParams(max_deterministic_time=max(0.02, moves * MOVE_SECONDS))
    report = construct(
        instance,
        communities,
        time_limit=0.0 if seconds is None else seconds,
        workers=workers,
        seed=seed,
        should_stop=should_stop,
        params=limit,
        problem=Problem(instance, arrays),
    )
    end = None if seconds is None else begin + REPAIR_UNTIL * seconds
    repaired = _repair(
        arrays,
        report,
        params,
        seed,
        _Limits(seconds, moves, end, should_stop),
    )
    placed = _stage(report, repaired, perf_counter() - begin)
    return Start(arrays, communities, repaired.timetable, (clustered, placed))


@dataclass(frozen=True, slots=True)
class _Limits:
    seconds: float | None
    moves: int
    end: float | None
    should_stop: Callable[[], bool]

    def until(self, end: float | None) -> Callable[[], bool]:
        """Whether a part that ends at a time is over."""
        return lambda: self.should_stop() or (end is not None and perf_counter() > end)


@dataclass(frozen=True, slots=True)
class _Repaired:
    timetable: Timetable
    before: Cost
    after: Cost
    moves: int
    anew: Cost | None = None


def _repair(
    arrays: InstanceArrays,
    report: ConstructReport,
    params: SolveParams,
    seed: int,
    limits: _Limits,
) -> _Repaired:
    """Search on what CP-SAT left in violation; where that gets stuck, begin anew.

    Community by community CP-SAT may settle events in a way that no small change mends.
    Random placements have no such past; the better of both ends is kept.
    """
    search = local_search(arrays, seed, params.annealing, specialize=params.specialize)
    state = search.state
    state.load(report.timetable)
    before = state.cost
    timed = limits.seconds is not None
    first = None if timed else max(1, limits.moves // 2)
    if search.find_feasible(limits.until(limits.end), first) or limits.should_stop():
        return _Repaired(state.best(), before, state.best_cost, state.moves)
    kept, cost = state.best(), state.best_cost
    if report.status is ConstructStatus.INFEASIBLE:
        return _Repaired(kept, before, cost, state.moves)
    nowhere = np.full(arrays.num_events, -1, np.int32)
    state.load(Timetable(nowhere, nowhere))
    end = None if limits.seconds is None else perf_counter() + limits.seconds
    rest = None if timed else max(1, limits.moves - state.moves)
    search.find_feasible(limits.until(end), rest)
    anew = state.best_cost
    if anew < cost:
        kept, cost = state.best(), anew
    return _Repaired(kept, before, cost, state.moves, anew)


def _cluster(instance: Instance, seed: int) -> tuple[Communities, StageReport]:
    communities = detect_communities(instance, seed=seed)
    details = {
        "communities": communities.num,
        "modularity": round(communities.modularity, 4),
    }
    status = f"{communities.num} communities, modularity {communities.modularity:.2f}"
    seconds = communities.seconds
    report = StageReport("communities", True, status, seconds, details=details)
    return communities, report


def _stage(report: ConstructReport, repaired: _Repaired, seconds: float) -> StageReport:
    status = f"{report.status}: {report.placed} events without violation"
    if repaired.before.hard:
        status += f"; repaired from {repaired.before.hard}"
        if repaired.anew is not None:
            status += f", begun anew to {repaired.anew.hard}"
        status += f" to {repaired.after.hard} hard"
    warning = ""
    if report.stopped:
        warning = "the CP-SAT start ended before it was complete"
    parts: dict[str, int] = {}
    for part in report.communities:
        parts[str(part.status)] = parts.get(str(part.status), 0) + 1
    return StageReport(
        "cpsat",
        True,
        status,
        seconds,
        None,
        repaired.after,
        details={
            "status": str(report.status),
            "hard_violations": report.hard_violations,
            "parts": parts,
            "repair_rounds": report.repair_rounds,
            "moves": repaired.moves,
            "cpsat_seconds": round(report.seconds, 3),
        },
        warning=warning,
    )

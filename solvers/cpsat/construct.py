"""A start that keeps hard constraints: by community, then across the borders."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from solvers.communities import Communities
from solvers.model import Instance

from .assignment import Assignment, IntArray
from .audit import find_clashes
from .budget import Budget
from .exact import hopeless_events, num_candidates, solve_exactly
from .params import CpsatParams
from .problem import Problem
from .related import breadth_first, related_events
from .repair import Repaired, repair
from .report import CommunityReport, ConstructReport, ConstructStatus
from .stages import place_part

__all__ = ["construct"]

REPAIR_SHARE = 0.35
"""Part of the time limit that is kept for the borders."""
TRIED_PARTS = 3
"""Parts after which the pace is judged."""
HOPELESS_PACE = 2.0
"""Multiples of the time for parts; a pace that takes longer is given up."""


def construct(
    instance: Instance,
    communities: Communities,
    *,
    time_limit: float = 10.0,
    workers: int = 1,
    seed: int = 0,
    should_stop: Callable[[], bool] | None = None,
    params: CpsatParams | None = None,
    problem: Problem | None = None,
) -> ConstructReport:
    """Place every event, keeping the hard constraints between events if possible.

    Communities are solved one after the other beside those already placed: times first,
    with the capacity of rooms in mind, then rooms. What still clashes is freed together
    with its neighbors, whatever their community, and solved again. Small instances that
    stay in conflict are finally solved, or refuted, as a whole. Where the first parts
    take so long that most of the others would get no time, the rest is placed one by
    one and nothing is solved again.

    Parameters
    ----------
    instance
        The problem.
    communities
        A partition of its events.
    time_limit
        Wall seconds, >= 0; what is not solved by then is placed one by one, which may
        take a little longer.
    workers
        Solver threads.
    seed
        Equal seeds give equal starts in deterministic mode.
    should_stop
        Polled; soon after it returns True the start is completed as it stands.
    params
        Caps and deterministic mode.
    problem
        The compiled instance, if at hand.

    Returns
    -------
    ConstructReport
        With a complete timetable in any case; nobody is enrolled.
    """
    params = CpsatParams() if params is None else params
    problem = Problem(instance) if problem is None else problem
    budget = Budget(time_limit, workers, seed, should_stop, params)
    rng = np.random.default_rng(seed)
    assignment, reports = _place_parts(problem, communities, budget, params, rng)
    repaired = repair(problem, assignment, budget, params, rng)
    repaired, refuted = _decide(problem, repaired, budget, params)
    return _report(repaired, refuted, reports, budget)


def _place_parts(
    problem: Problem,
    communities: Communities,
    budget: Budget,
    params: CpsatParams,
    rng: np.random.Generator,
) -> tuple[Assignment, list[CommunityReport]]:
    parts = _ordered_parts(problem, communities, params, rng)
    assignment = _settled(problem)
    reports: list[CommunityReport] = []
    waiting = problem.arrays.num_events
    for call, (community, events) in enumerate(parts):
        started = perf_counter()
        limits = None
        if not budget.over():
            limits = budget.limits(_share(budget, len(events), waiting), call)
        placed = place_part(problem, assignment, events, limits)
        assignment = placed.assignment
        waiting -= len(events)
        if limits is not None and _is_hopeless(budget, call + 1, waiting, problem):
            budget.give_up()
        seconds = perf_counter() - started
        reports.append(
            CommunityReport(
                community, len(events), placed.status, placed.violations, seconds
            )
        )
    return assignment, reports


def _is_hopeless(budget: Budget, tried: int, waiting: int, problem: Problem) -> bool:
    """Whether building the models alone takes far more time than there is.

    A start of which CP-SAT places a small part is worth no more than one placed by
    simple rules, and moves mend either within seconds.
    """
    placed = problem.arrays.num_events - waiting
    needed = budget.spent * problem.arrays.num_events / placed
    given = (1 - REPAIR_SHARE) * budget.total
    return tried >= TRIED_PARTS and needed > HOPELESS_PACE * given


def _options(problem: Problem) -> IntArray:
    arrays = problem.arrays
    return np.diff(arrays.time_ptr) * np.diff(arrays.room_ptr)


def _settled(problem: Problem) -> Assignment:
    """Only events without any choice placed: whoever comes first must spare them."""
    arrays = problem.arrays
    assignment = Assignment.empty(arrays)
    settled = np.flatnonzero(_options(problem) == 1)
    assignment.time_pos[settled] = arrays.time_ptr[settled]
    assignment.room_pos[settled] = arrays.room_ptr[settled]
    return assignment


def _ordered_parts(
    problem: Problem,
    communities: Communities,
    params: CpsatParams,
    rng: np.random.Generator,
) -> list[tuple[int, IntArray]]:
    """Parts of all communities with their labels, those with least choice first."""
    choice = np.log(_options(problem))
    parts = [
        (community, part)
        for community in range(communities.num)
        for part in _parts(problem, communities.members(community), params, rng)
    ]
    return sorted(parts, key=lambda part: float(choice[part[1]].mean()))


def _share(budget: Budget, part: int, waiting: int) -> float:
    """Time for a part: its due by size of what others have left over."""
    left = budget.left - REPAIR_SHARE * budget.total
    return max(0.05, left * part / waiting)


def _parts(
    problem: Problem,
    events: NDArray[np.int32],
    params: CpsatParams,
    rng: np.random.Generator,
) -> list[IntArray]:
    """Split a community that is too large into parts that hang together."""
    waiting = dict.fromkeys(events.tolist())

    def neighbors(event: int) -> IntArray:
        near = related_events(problem, event).tolist()
        return np.array([e for e in near if e in waiting], np.int64)

    order: list[int] = []
    while waiting:
        walk = breadth_first([next(iter(waiting))], len(waiting), neighbors, rng)
        order += walk
        for event in walk:
            del waiting[event]
    count = -(-len(order) // params.max_part)
    parts = np.array_split(np.array(order, np.int64), max(1, count))
    return [np.sort(part) for part in parts if len(part)]


def _decide(
    problem: Problem, repaired: Repaired, budget: Budget, params: CpsatParams
) -> tuple[Repaired, bool]:
    """Solve or refute as a whole what repair could not settle, if small enough."""
    if not repaired.clashes.total:
        return repaired, False
    if hopeless_events(problem):
        return repaired, True
    if num_candidates(problem) > params.exact_candidates or budget.over():
        return repaired, False
    limits = budget.limits(budget.left, 99_999)
    found, refuted = solve_exactly(problem, repaired.assignment, limits)
    if found is not None:
        clashes = find_clashes(problem, found)
        if clashes.total < repaired.clashes.total:
            return Repaired(found, clashes, repaired.rounds), False
    return repaired, refuted


def _report(
    repaired: Repaired, refuted: bool, reports: list[CommunityReport], budget: Budget
) -> ConstructReport:
    clashes = repaired.clashes
    status = ConstructStatus.PARTIAL
    if refuted:
        status = ConstructStatus.INFEASIBLE
    elif not clashes.total:
        status = ConstructStatus.FEASIBLE
    return ConstructReport(
        timetable=repaired.assignment.timetable(),
        status=status,
        placed=int((clashes.of_event == 0).sum()),
        clashing=tuple(clashes.events.tolist()),
        hard_violations=clashes.total,
        communities=tuple(reports),
        repair_rounds=repaired.rounds,
        seconds=budget.seconds,
        stopped=budget.ended_early,
    )

"""Place one part of the events: their times first, then their rooms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .assignment import Assignment, IntArray
from .audit import find_clashes
from .build import any_empty, free_mask, solve_with_cuts
from .candidates import Candidates, room_candidates, time_candidates
from .dates import meeting_sets
from .greedy import place_one_by_one
from .model import Literal, PlacementModel, Scope
from .problem import Problem
from .report import CommunityStatus
from .rules import add_rules
from .solving import Limits
from .surroundings import Surroundings

__all__ = ["PlacedPart", "place_part"]

GRACE_SECONDS = 0.15
MOST_ROOM_SETS = 80
"""Sets of rooms whose capacity is stated, those in most demand first."""


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A part's outcome.

    Parameters
    ----------
    assignment
        With the part placed.
    status
        How.
    violations
        Hard violations that the part added.
    """

    assignment: Assignment
    status: CommunityStatus
    violations: int


def place_part(
    problem: Problem,
    assignment: Assignment,
    events: IntArray,
    limits: Limits | None,
) -> PlacedPart:
    """Place a part of the events beside those already placed.

    Parameters
    ----------
    problem
        The problem.
    assignment
        Placements so far.
    events
        ``(num,)`` event indices of the part.
    limits
        For the solver; None places one by one without it.

    Returns
    -------
    PlacedPart
        Every event of the part has a time and a room.
    """
    before = find_clashes(problem, assignment).total
    simple = place_one_by_one(problem, assignment, events)
    clashes = find_clashes(problem, simple).total - before
    if limits is None:
        return PlacedPart(simple, CommunityStatus.LEAST_CONFLICT, clashes)
    timed, status = _place_times(problem, simple, events, limits)
    if timed is None:
        return PlacedPart(simple, status, clashes)
    roomed = _place_rooms(problem, timed, events, limits)
    added = find_clashes(problem, roomed).total - before
    if added > clashes:
        roomed, added = simple, clashes
    if added == 0:
        status = CommunityStatus.FEASIBLE
    elif status is CommunityStatus.FEASIBLE:
        status = CommunityStatus.RELAXED
    return PlacedPart(roomed, status, added)


def _place_times(
    problem: Problem, simple: Assignment, events: IntArray, limits: Limits
) -> tuple[Assignment | None, CommunityStatus]:
    """Choose times that keep every hard rule, or else break few."""
    surroundings = Surroundings(simple, free_mask(problem, events))
    every = [time_candidates(simple, surroundings, e) for e in events.tolist()]
    strict = [candidates.strict() for candidates in every]
    infeasible = any_empty(strict)
    if not infeasible:
        model = _time_model(problem, strict, surroundings, strict=True)
        quick = limits.within(limits.seconds * 0.5).until(float("inf"), GRACE_SECONDS)
        timed, solved = solve_with_cuts(problem, model, simple, quick)
        if timed is not None:
            return timed, CommunityStatus.FEASIBLE
        infeasible = solved.infeasible
    model = _time_model(problem, every, surroundings, strict=False)
    relaxed = limits.within(limits.seconds * 0.4).until(model.hard_price, GRACE_SECONDS)
    timed, _ = solve_with_cuts(problem, model, simple, relaxed)
    if infeasible:
        return timed, CommunityStatus.INFEASIBLE
    if timed is None:
        return None, CommunityStatus.LEAST_CONFLICT
    return timed, CommunityStatus.RELAXED


def _time_model(
    problem: Problem,
    candidates: list[Candidates],
    surroundings: Surroundings,
    *,
    strict: bool,
) -> PlacementModel:
    model = PlacementModel(
        problem.arrays, candidates, scope=Scope.TIMES, strict=strict, with_soft=False
    )
    add_rules(problem, model)
    _add_capacities(problem, model, surroundings)
    return model


def _place_rooms(
    problem: Problem, timed: Assignment, events: IntArray, limits: Limits
) -> Assignment:
    """Choose rooms at the given times that break as few rules as possible."""
    start = place_rooms_one_by_one(problem, timed, events)
    surroundings = Surroundings(start, free_mask(problem, events))
    candidates = [room_candidates(start, surroundings, e) for e in events.tolist()]
    model = PlacementModel(
        problem.arrays, candidates, scope=Scope.ROOMS, strict=False, with_soft=False
    )
    add_rules(problem, model)
    limits = limits.within(limits.seconds * 0.3)
    limits = limits.until(model.hard_price, GRACE_SECONDS)
    roomed, _ = solve_with_cuts(problem, model, start, limits)
    return start if roomed is None else roomed


def place_rooms_one_by_one(
    problem: Problem, timed: Assignment, events: IntArray
) -> Assignment:
    """Give each timed event its least clashing room, those with few rooms first."""
    arrays = problem.arrays
    surroundings = Surroundings(timed, free_mask(problem, events))
    placed = timed.copy()
    breadth = np.diff(arrays.room_ptr)[events]
    for event in events[np.argsort(breadth, kind="stable")].tolist():
        options = room_candidates(timed, surroundings, event)
        best = int(np.lexsort((options.soft, options.hard))[0])
        placed.room_pos[event] = options.room_pos[best]
        surroundings.fix(event, int(options.times[best]), int(options.rooms[best]))
    return placed


def _add_capacities(
    problem: Problem, model: PlacementModel, surroundings: Surroundings
) -> None:
    """No moment needs more of a set of rooms than are open then (Hall's condition)."""
    arrays = problem.arrays
    rooms_of = {
        event: frozenset(
            arrays.room_ids[
                arrays.room_ptr[event] : arrays.room_ptr[event + 1]
            ].tolist()
        )
        for event in model.events
    }
    demand = {}
    for rooms in set(rooms_of.values()):
        bound = [event for event in model.events if rooms_of[event] <= rooms]
        if len(bound) > len(rooms) or (len(bound) > 1 and len(rooms) < 12):
            demand[rooms] = bound
    order = sorted(demand, key=lambda s: (-len(demand[s]) / len(s), sorted(s)))
    for rooms in order[:MOST_ROOM_SETS]:
        if arrays.num_rooms not in rooms:
            _add_capacity(model, surroundings, np.array(sorted(rooms)), demand[rooms])


def _add_capacity(
    model: PlacementModel,
    surroundings: Surroundings,
    rooms: IntArray,
    events: list[int],
) -> None:
    owners: list[int] = []
    keys: list[int] = []
    literals: list[Literal] = []
    for event in events:
        view = model.time_view(event)
        owners += [event] * len(view.keys)
        keys += view.keys.tolist()
        literals += view.literals
    times, owner = np.array(keys), np.array(owners)
    open_at = surroundings.use[rooms][:, times] == 0
    for members in meeting_sets(model.arrays, times):
        capacity = int(open_at[:, members].any(axis=1).sum())
        if len(np.unique(owner[members])) > capacity:
            wanted = [literals[i] for i in members.tolist()]
            model.at_most(wanted, [1] * len(wanted), capacity, model.hard_cost())

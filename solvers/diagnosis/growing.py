"""From one element that a timetable breaks: a timetable that keeps it, or a conflict.

The events of the element are placed anew, everything else held; what then clashes joins
them, until either nothing clashes or the events cannot be placed even by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from solvers.cpsat.assignment import Assignment
from solvers.cpsat.audit import find_clashes
from solvers.cpsat.build import free_mask
from solvers.cpsat.problem import Problem
from solvers.cpsat.surroundings import Surroundings, rows_of
from solvers.model import Instance, Timetable

from .elements import Element, ElementKind
from .minimizing import Clock
from .parts import Part, part_of, whole_part
from .placing import IntArray, Outside, Verdict, decide

__all__ = ["Settled", "refuted", "settle"]

CALL_SECONDS = 4.0
QUICK_SECONDS = 2.0
MOST_EVENTS = 300
MOST_CAPTIVES = 80
"""More rivals than this say little about a shortage of rooms."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How it ended; neither is set when the limits came first.

    Parameters
    ----------
    timetable
        Keeps every element.
    conflict
        Part of the instance that is impossible by itself.
    """

    timetable: Timetable | None = None
    conflict: Part | None = None


def refuted(
    instance: Instance, events: Collection[int], clock: Clock, *, rooms: bool
) -> Part | None:
    """Part of some events, if it is soon proved impossible.

    Parameters
    ----------
    instance, events
        The problem, and events of it.
    clock
        When to end.
    rooms
        Whether events need their rooms; without, the proof is quicker and stronger.
    """
    if len(events) > MOST_EVENTS or clock.over:
        return None
    part = whole_part(instance, events)
    if not rooms:
        part = part_of(instance, part.elements - {Element(ElementKind.ROOMS)})
    answer = decide(part, clock.limits(QUICK_SECONDS))
    return part if answer.verdict is Verdict.INFEASIBLE else None


def settle(
    instance: Instance, timetable: Timetable, events: Iterable[int], clock: Clock
) -> Settled:
    """Find a timetable of an instance near a given one, or a part that has none.

    Parameters
    ----------
    instance
        What has to be respected; nobody is sectioned.
    timetable
        Complete; breaks something that the events are part of.
    events
        Where to begin.
    clock
        When to end.
    """
    problem = Problem(instance)
    now = Assignment.of(problem.arrays, timetable)
    free = set(events)
    while len(free) <= MOST_EVENTS and not clock.over:
        part = whole_part(instance, free)
        outside = _outside(problem, now, part)
        answer = decide(part, clock.limits(CALL_SECONDS), outside)
        if answer.verdict is Verdict.INFEASIBLE:
            return Settled(conflict=part)
        if answer.timetable is None:
            break
        changed = _merged(now, part, answer.timetable)
        clashing = find_clashes(problem, changed).events.tolist()
        if not clashing:
            return Settled(timetable=changed.timetable())
        more = {*clashing, *_captives(instance, free)}
        if free.issuperset(more):
            break
        free.update(more)
    return Settled()


def _captives(instance: Instance, free: set[int]) -> set[int]:
    """Events that fit into no other rooms than the free ones: their rivals for good."""
    rooms = {o.room for event in free for o in instance.events[event].rooms}
    captives = {
        index
        for index, event in enumerate(instance.events)
        if event.rooms and rooms.issuperset(option.room for option in event.rooms)
    }
    return captives if len(captives - free) <= MOST_CAPTIVES else set()


def _outside(problem: Problem, now: Assignment, part: Part) -> Outside:
    """Clashes of the part's events with all others where these stand now."""
    surroundings = Surroundings(now, free_mask(problem, part.events))
    arrays = problem.arrays

    def clashes(position: int) -> IntArray:
        event = part.events[position]
        times = arrays.time_ids[rows_of(arrays.time_ptr, event)].astype(np.int64)
        rooms = arrays.room_ids[rows_of(arrays.room_ptr, event)].astype(np.int64)
        hard, _ = surroundings.rate(event, times, rooms)
        return hard - (arrays.blocked[rooms][:, times].T > 0)

    return clashes


def _merged(now: Assignment, part: Part, placed: Timetable) -> Assignment:
    changed = now.copy()
    arrays = now.arrays
    for position, event in enumerate(part.events):
        room = max(0, int(placed.room_option[position]))
        changed.time_pos[event] = arrays.time_ptr[event] + placed.time_option[position]
        changed.room_pos[event] = arrays.room_ptr[event] + room
    return changed

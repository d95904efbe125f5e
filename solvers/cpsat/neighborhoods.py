"""Which events a large neighborhood frees."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from solvers.communities import Communities
from solvers.model import Timetable

from .assignment import Assignment, IntArray
from .problem import Problem
from .related import breadth_first, related_events
from .surroundings import SharedStudents

__all__ = ["Neighborhood", "pick_events"]


BoolArray = NDArray[np.bool_]


class Neighborhood(StrEnum):
    """A way of choosing the events that are freed together."""

    COMMUNITY = "community"
    """Events of one community, neighbors first."""
    ROOMS = "rooms"
    """All events of a few rooms."""
    DAY = "day"
    """Events that meet on one day."""
    GRAPH = "graph"
    """Breadth-first over constraints and shared rooms."""
    STUDENTS = "students"
    """Breadth-first over events that share enrolled students at one time."""


def pick_events(
    neighborhood: Neighborhood,
    problem: Problem,
    timetable: Timetable,
    size: int,
    rng: np.random.Generator,
    *,
    communities: Communities | None = None,
) -> list[int]:
    """Choose events to free.

    Parameters
    ----------
    neighborhood
        How.
    problem
        The problem.
    timetable
        Current timetable.
    size
        Most events to choose, >= 1.
    rng
        Source of randomness.
    communities
        Needed by ``COMMUNITY``, which is ``GRAPH`` without them.

    Returns
    -------
    list of int
        Distinct indices of events that have a choice; empty if none has.
    """
    picker = _Picker(problem, timetable, size, rng)
    match neighborhood:
        case Neighborhood.COMMUNITY:
            return picker.community(communities)
        case Neighborhood.ROOMS:
            return picker.rooms()
        case Neighborhood.DAY:
            return picker.day()
        case Neighborhood.GRAPH:
            return picker.graph()
        case Neighborhood.STUDENTS:
            return picker.students(timetable)
        case _:
            assert_never(neighborhood)


class _Picker:
    def __init__(
        self,
        problem: Problem,
        timetable: Timetable,
        size: int,
        rng: np.random.Generator,
    ) -> None:
        self._problem = problem
        self._arrays = problem.arrays
        self._assignment = Assignment.of(problem.arrays, timetable)
        self._rooms = self._assignment.rooms
        self._size = size
        self._rng = rng
        self._movable = problem.arrays.movable.astype(np.int64)
        self._is_movable = np.zeros(problem.arrays.num_events, bool)
        self._is_movable[self._movable] = True

    def community(self, communities: Communities | None) -> list[int]:
        if communities is None or not len(self._movable):
            return self.graph()
        label = communities.label
        inside: BoolArray = label == label[self._rng.choice(self._movable)]
        return self._walk(self._near, inside)

    def rooms(self) -> list[int]:
        real = self._rooms[self._movable]
        real = np.unique(real[real < self._arrays.num_rooms])
        chosen: list[int] = []
        for room in self._rng.permutation(real).tolist():
            inside = np.flatnonzero((self._rooms == room) & self._is_movable)
            chosen += self._rng.permutation(inside).tolist()
            if len(chosen) >= self._size:
                break
        return chosen[: self._size] or self.graph()

    def day(self) -> list[int]:
        day = int(self._rng.integers(self._arrays.num_days))
        days = self._arrays.days[self._assignment.times]
        return self._some((days >> day & 1 > 0) & self._is_movable) or self.graph()

    def graph(self) -> list[int]:
        return self._walk(self._near, self._is_movable)

    def students(self, timetable: Timetable) -> list[int]:
        shared = SharedStudents(timetable.enrollments, self._arrays.num_events)
        times = self._assignment.times
        if not len(timetable.enrollments):
            return self.graph()

        def clashing(event: int) -> IntArray:
            others, _ = shared.of(event)
            gap = self._arrays.gap[times[event], times[others]]
            way = self._arrays.travel[self._rooms[event], self._rooms[others]]
            meets = others[gap < way]
            return meets if len(meets) else self._rng.permutation(others)[:3]

        return self._walk(clashing, self._is_movable)

    def _near(self, event: int) -> IntArray:
        """Events of a common constraint, and those in the same room."""
        related = related_events(self._problem, event)
        room = self._rooms[event]
        if room == self._arrays.num_rooms:
            return related
        return np.union1d(related, np.flatnonzero(self._rooms == room))

    def _some(self, wanted: BoolArray) -> list[int]:
        events = np.flatnonzero(wanted)
        return self._rng.permutation(events)[: self._size].tolist()  # type: ignore[no-any-return]

    def _walk(
        self, neighbors: Callable[[int], IntArray], allowed: BoolArray
    ) -> list[int]:
        """Walk over allowed events from a random one, and from another when stuck."""
        waiting = allowed & self._is_movable

        def open_neighbors(event: int) -> IntArray:
            near = neighbors(event)
            return near[waiting[near]]

        chosen: list[int] = []
        for seed in self._rng.permutation(np.flatnonzero(waiting)).tolist():
            if len(chosen) >= self._size:
                break
            if waiting[seed]:
                left = self._size - len(chosen)
                walk = breadth_first([seed], left, open_neighbors, self._rng)
                waiting[walk] = False
                chosen += walk
        return chosen

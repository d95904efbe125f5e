"""Which events of an assignment are in hard violations, counted all at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .assignment import Assignment, IntArray
from .lists import list_events
from .problem import Problem

__all__ = ["Clashes", "find_clashes"]


@dataclass(frozen=True, slots=True, eq=False)
class Clashes:
    """Hard violations among placed events.

    Parameters
    ----------
    total
        Violations: pairs (relations that agree are one), blocked intervals met, and
        broken whole-list constraints.
    of_event
        ``(num_events,)`` int64, violations that each event is part of.
    """

    total: int
    of_event: IntArray

    @property
    def events(self) -> IntArray:
        """Events in any violation, ascending."""
        return np.flatnonzero(self.of_event)


def find_clashes(problem: Problem, assignment: Assignment) -> Clashes:
    """Count the hard violations of an assignment's placed events.

    Parameters
    ----------
    problem
        The problem.
    assignment
        Placements, complete or not; enrollments do not matter.
    """
    audit = _Audit(problem, assignment)
    parts = (audit.rooms(), audit.blocked(), audit.times(), audit.same(), audit.far())
    of_event = sum(parts, audit.none())
    # Every pair was counted at both of its ends, a blocked room at its one event.
    total = (int(of_event.sum()) + int(parts[1].sum())) // 2
    for number in problem.scores.broken(assignment):
        total += 1
        of_event[audit.placed_of(number)] += 1
    return Clashes(total, of_event)


class _Audit:
    def __init__(self, problem: Problem, assignment: Assignment) -> None:
        self._arrays = problem.arrays
        self._times = assignment.times
        self._rooms = assignment.rooms
        self._placed = assignment.time_pos >= 0
        self._roomed = self._placed & (assignment.room_pos >= 0)

    def none(self) -> IntArray:
        return np.zeros(self._arrays.num_events, np.int64)

    def placed_of(self, number: int) -> IntArray:
        events = list_events(self._arrays, number)
        return events[self._placed[events]]

    def rooms(self) -> IntArray:
        count = self.none()
        stands = self._roomed & (self._rooms < self._arrays.num_rooms)
        events = np.flatnonzero(stands)
        events = events[np.argsort(self._rooms[events], kind="stable")]
        bounds = np.flatnonzero(np.diff(self._rooms[events])) + 1
        for first, last in pairwise([0, *bounds.tolist(), len(events)]):
            inside = events[first:last]
            times = self._times[inside]
            meet = self._arrays.overlap[times[:, None], times[None, :]]
            count[inside] = meet.sum(axis=1, dtype=np.int64) - 1
        return count

    def blocked(self) -> IntArray:
        met = self._arrays.blocked[self._rooms, self._times].astype(np.int64)
        return np.where(self._roomed, met, 0)

    def times(self) -> IntArray:
        arrays = self._arrays
        owner, other = self._ends(arrays.pair_ptr, arrays.pair_other)
        tables = arrays.tables[
            arrays.pair_table, self._times[owner], self._times[other]
        ]
        broken = (tables > 0) & (arrays.pair_hard > 0)
        return self._count(owner, broken & self._placed[owner] & self._placed[other])

    def same(self) -> IntArray:
        arrays = self._arrays
        owner, other = self._ends(arrays.same_ptr, arrays.same_other)
        equal = self._rooms[owner] == self._rooms[other]
        broken = (equal != (arrays.same_wanted == 1)) & (arrays.same_hard > 0)
        return self._count(owner, broken & self._roomed[owner] & self._roomed[other])

    def far(self) -> IntArray:
        arrays = self._arrays
        owner, other = self._ends(arrays.far_ptr, arrays.far_other)
        gap = arrays.gap[self._times[owner], self._times[other]]
        way = arrays.travel[self._rooms[owner], self._rooms[other]]
        broken = (gap >= 0) & (gap < way) & (arrays.far_hard > 0)
        return self._count(owner, broken & self._roomed[owner] & self._roomed[other])

    def _ends(
        self, pointers: IntArray, others: NDArray[np.int32]
    ) -> tuple[IntArray, IntArray]:
        owner = np.repeat(np.arange(self._arrays.num_events), np.diff(pointers))
        return owner, others.astype(np.int64)

    def _count(self, owner: IntArray, broken: NDArray[np.bool_]) -> IntArray:
        return np.bincount(owner[broken], minlength=self._arrays.num_events)

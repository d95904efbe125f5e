"""What a free event would cost at a placement, given all events that stay fixed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.model import InstanceArrays

from .assignment import Assignment, IntArray

__all__ = ["SharedStudents", "Surroundings", "room_use", "rows_of"]


def rows_of(pointers: IntArray, event: int) -> slice:
    """Entries of an event in arrays delimited by ``pointers``."""
    return slice(int(pointers[event]), int(pointers[event + 1]))


def room_use(
    arrays: InstanceArrays, times: IntArray, rooms: IntArray
) -> NDArray[np.int16]:
    """How many of the given events, and blocked intervals, meet each time in each room.

    Parameters
    ----------
    arrays
        The compiled instance.
    times, rooms
        ``(num,)`` time and room index of the events that stand somewhere.

    Returns
    -------
    numpy.ndarray
        ``(num_rooms + 1, num_times)`` int16.
    """
    use = arrays.blocked.copy()
    for room in np.unique(rooms[rooms < arrays.num_rooms]):
        use[room] += arrays.overlap[times[rooms == room]].sum(axis=0, dtype=np.int16)
    return use


class SharedStudents:
    """Numbers of enrolled students that events share.

    Parameters
    ----------
    enrollments
        ``(num_enrollments, 2)`` int32, rows (student, event).
    num_events
        Number of events of the instance.
    """

    def __init__(self, enrollments: NDArray[np.int32], num_events: int) -> None:
        by_event = enrollments[np.lexsort((enrollments[:, 0], enrollments[:, 1]))]
        by_student = enrollments[np.lexsort((enrollments[:, 1], enrollments[:, 0]))]
        students = int(enrollments[:, 0].max()) + 1 if len(enrollments) else 0
        self._num_events = num_events
        self._students = by_event[:, 0]
        self._events = by_student[:, 1]
        self._event_ptr = np.searchsorted(by_event[:, 1], np.arange(num_events + 1))
        self._student_ptr = np.searchsorted(by_student[:, 0], np.arange(students + 1))

    def of(self, event: int) -> tuple[IntArray, IntArray]:
        """Other events that share students with this one, and how many students."""
        students = self._students[rows_of(self._event_ptr, event)]
        if not len(students):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        taken = [self._events[rows_of(self._student_ptr, int(s))] for s in students]
        count = np.bincount(np.concatenate(taken), minlength=self._num_events)
        count[event] = 0
        others = np.flatnonzero(count)
        return others, count[others]


class Surroundings:
    """The fixed part of an assignment, as free events see it.

    Parameters
    ----------
    assignment
        Current placements.
    free
        ``(num_events,)`` bool, events that may move; so do unplaced ones.
    students
        Shared students, to rate conflicts with fixed events; None ignores them.
    """

    def __init__(
        self,
        assignment: Assignment,
        free: NDArray[np.bool_],
        students: SharedStudents | None = None,
    ) -> None:
        self._arrays = assignment.arrays
        self._times = assignment.times
        self._rooms = assignment.rooms
        self._students = students if self._arrays.student_weight else None
        self.fixed = ~free & (assignment.time_pos >= 0)
        stands = self.fixed & (assignment.room_pos >= 0)
        self.use = room_use(self._arrays, self._times[stands], self._rooms[stands])
        self._longest_way = int(self._arrays.travel.max(initial=0))

    def fix(self, event: int, time: int, room: int) -> None:
        """Add an event to the fixed ones, at a time and room index."""
        self._times[event], self._rooms[event] = time, room
        self.fixed[event] = True
        if room < self._arrays.num_rooms:
            self.use[room] += self._arrays.overlap[time]

    def rate(
        self, event: int, times: IntArray, rooms: IntArray
    ) -> tuple[IntArray, IntArray]:
        """Rate every pair of the given times and rooms for an event.

        Parameters
        ----------
        event
            Event index.
        times, rooms
            ``(num_times,)`` and ``(num_rooms,)`` time and room indices.

        Returns
        -------
        tuple of numpy.ndarray
            Hard violations and weighted soft cost against fixed events, both
            ``(num_times, num_rooms)`` int64; own option costs are not included.
        """
        hard = self.use[rooms][:, times].T.astype(np.int64)
        soft = np.zeros_like(hard)
        self._add_pairs(event, times, hard, soft)
        self._add_same(event, rooms, hard, soft)
        self._add_far(event, times, rooms, hard, soft)
        if self._students is not None:
            self._add_students(event, times, rooms, soft)
        return hard, soft

    def _add_pairs(
        self, event: int, times: IntArray, hard: IntArray, soft: IntArray
    ) -> None:
        arrays, rows = self._arrays, rows_of(self._arrays.pair_ptr, event)
        kept = self.fixed[arrays.pair_other[rows]]
        if not kept.any():
            return
        other = self._times[arrays.pair_other[rows][kept]]
        table = arrays.pair_table[rows][kept]
        broken = arrays.tables[table[None, :], times[:, None], other[None, :]]
        broken = broken.astype(np.int64)
        hard += (broken @ arrays.pair_hard[rows][kept])[:, None]
        soft += (broken @ arrays.pair_soft[rows][kept])[:, None]

    def _add_same(
        self, event: int, rooms: IntArray, hard: IntArray, soft: IntArray
    ) -> None:
        arrays, rows = self._arrays, rows_of(self._arrays.same_ptr, event)
        kept = self.fixed[arrays.same_other[rows]]
        if not kept.any():
            return
        other = self._rooms[arrays.same_other[rows][kept]]
        wanted = arrays.same_wanted[rows][kept] == 1
        broken = ((rooms[:, None] == other[None, :]) != wanted).astype(np.int64)
        hard += (broken @ arrays.same_hard[rows][kept])[None, :]
        soft += (broken @ arrays.same_soft[rows][kept])[None, :]

    def _add_far(
        self,
        event: int,
        times: IntArray,
        rooms: IntArray,
        hard: IntArray,
        soft: IntArray,
    ) -> None:
        arrays, rows = self._arrays, rows_of(self._arrays.far_ptr, event)
        for entry in range(rows.start, rows.stop):
            other = int(arrays.far_other[entry])
            if not self.fixed[other]:
                continue
            late = self._late(times, rooms, other)
            if late is not None:
                hard += late * arrays.far_hard[entry]
                soft += late * arrays.far_soft[entry]

    def _late(self, times: IntArray, rooms: IntArray, other: int) -> IntArray | None:
        """Where the way to another event takes longer than the pause between them."""
        gap = self._arrays.gap[times, self._times[other]]
        near = (gap >= 0) & (gap < self._longest_way)
        if not near.any():
            return None
        way = self._arrays.travel[rooms, self._rooms[other]]
        late: IntArray = (near[:, None] & (gap[:, None] < way)).astype(np.int64)
        return late

    def _add_students(
        self, event: int, times: IntArray, rooms: IntArray, soft: IntArray
    ) -> None:
        assert self._students is not None
        arrays = self._arrays
        others, count = self._students.of(event)
        kept = self.fixed[others]
        others, cost = others[kept], count[kept] * arrays.student_weight
        if not len(others):
            return
        clash = arrays.overlap[times[:, None], self._times[others][None, :]]
        soft += (clash.astype(np.int64) @ cost)[:, None]
        if self._longest_way:
            for other, price in zip(others.tolist(), cost.tolist(), strict=True):
                late = self._late(times, rooms, other)
                if late is not None:
                    soft += late * price

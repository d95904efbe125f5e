"""What the kernels see of an instance: read-only arrays, built once and shared.

Time and room options stay two separate lists per event, in rows: pairs of them are
never materialized. Every relation that depends on two times alone is a table over all
pairs of the instance's distinct times, one table for each type and parameter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["NO_DATE", "InstanceArrays"]

NO_DATE = 32000
"""Entry of ``gap`` for times without a common date."""

Int = NDArray[np.int32]
Long = NDArray[np.int64]


class InstanceArrays(NamedTuple):
    """A compiled instance; ``ptr`` arrays delimit rows of the arrays that follow them.

    Sizes: N events, R rooms, T distinct times, S students, C courses. Room index R
    stands for "no room". Costs are premultiplied by weights.

    Parameters
    ----------
    num_weeks, num_days, num_rooms
        Scalars, int.
    weeks, days, start, end
        ``(T,)`` int64 masks and slots of the times.
    overlap
        ``(T, T)`` uint8, 1 where two times overlap.
    gap
        ``(T, T)`` int16, slots between two times of a common date, -1 where they
        overlap, ``NO_DATE`` without a common date.
    travel
        ``(R + 1, R + 1)`` int16, slots.
    building
        ``(R + 1,)`` int32 building of each room, -1 unknown or no room.
    blocked
        ``(R + 1, T)`` int16, unavailable intervals of the room that the time overlaps.
    time_ptr, time_ids, time_cost
        Time options of each event: ``(N + 1,)``, time index and cost (int64).
    room_ptr, room_ids, room_cost
        Room options likewise; an event without rooms has the one option R.
    least_cost
        ``(N,)`` int64 cost of the cheapest time and the cheapest room of each event.
    room_open_cost
        Cost of each room in use, int.
    tables
        ``(K, T, T)`` uint8, ``tables[k, mine, other]`` is 1 where violated.
    pair_ptr, pair_other, pair_table, pair_hard, pair_soft
        Time relations of each event, both directions.
    same_ptr, same_other, same_wanted, same_hard, same_soft
        Room relations; ``same_wanted`` 1 for SameRoom, 0 for DifferentRoom.
    group_of, group_ptr, group_events
        Groups of events that hard constraints hold together: ``(N,)`` group of each
        event, -1 without one, and the events of each group.
    wish_ptr, wish_group
        Groups that soft constraints want together, of each event; they stand behind
        the others in ``group_ptr``.
    far_ptr, far_other, far_hard, far_soft
        SameAttendees relations between rooms that lie apart.
    list_code, list_span, list_by_room
        ``(L,)`` whole-list constraints: ``ConstraintCode``, ``Span``, and 1 where
        rooms matter.
    list_params, list_hard, list_penalty, list_weight
        ``(L, 3)`` parameters, ``(L,)`` whether required, penalty and weight.
    list_ptr, list_events
        Events of each list.
    list_week_ptr, list_week, list_week_count
        Weeks that differ for the list's events, and how many weeks are like each.
    list_set
        Lists of the same events share a number; sets with a required list come first.
    member_ptr, member_list
        Lists of each event, those of a set side by side.
    room_row
        ``(N,)`` row of the event in tables of room relations, -1 without any.
    student_ptr, request_student, request_course
        Requests of each student.
    course_ptr, course_requests
        Requests of each course.
    bundle_course_ptr
        ``(C + 1,)`` bundles of each course: legal choices of its events.
    bundle_ptr, bundle_events
        Events of each bundle.
    limit
        ``(N,)`` int64 most students of each event.
    student_weight
        Cost of one student conflict, int.
    movable
        Events with more than one placement.
    """

    num_weeks: int
    num_days: int
    num_rooms: int
    weeks: Long
    days: Long
    start: Long
    end: Long
    overlap: NDArray[np.uint8]
    gap: NDArray[np.int16]
    travel: NDArray[np.int16]
    building: Int
    blocked: NDArray[np.int16]
    time_ptr: Long
    time_ids: Int
    time_cost: Long
    room_ptr: Long
    room_ids: Int
    room_cost: Long
    least_cost: Long
    room_open_cost: int
    tables: NDArray[np.uint8]
    pair_ptr: Long
    pair_other: Int
    pair_table: Int
    pair_hard: Long
    pair_soft: Long
    same_ptr: Long
    same_other: Int
    same_wanted: Int
    same_hard: Long
    same_soft: Long
    group_of: Int
    group_ptr: Long
    group_events: Int
    wish_ptr: Long
    wish_group: Int
    far_ptr: Long
    far_other: Int
    far_hard: Long
    far_soft: Long
    list_code: Int
    list_span: NDArray[np.uint8]
    list_by_room: NDArray[np.uint8]
    list_params: Long
    list_hard: NDArray[np.uint8]
    list_penalty: Long
    list_weight: Long
    list_ptr: Long
    list_events: Int
    list_week_ptr: Long
    list_week: Int
    list_week_count: Int
    list_set: Int
    member_ptr: Long
    member_list: Int
    room_row: Int
    student_ptr: Long
    request_student: Int
    request_course: Int
    course_ptr: Long
    course_requests: Int
    bundle_course_ptr: Long
    bundle_ptr: Long
    bundle_events: Int
    limit: Long
    student_weight: int
    movable: Int

    @property
    def num_events(self) -> int:
        """Number of events."""
        return len(self.time_ptr) - 1

    @property
    def num_students(self) -> int:
        """Number of students."""
        return len(self.student_ptr) - 1

    @property
    def num_requests(self) -> int:
        """Number of course requests of all students."""
        return len(self.request_course)

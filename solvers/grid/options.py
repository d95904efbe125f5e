"""Between cells of the grid and options of events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.grid_arrays import GridArrays
from solvers.model import InstanceArrays, Timetable

__all__ = ["GridOptions"]

Int = NDArray[np.int32]


class GridOptions:
    """Translation of timetables into periods and rooms, and back.

    Parameters
    ----------
    arrays
        The compiled instance.
    grid
        The same as a grid problem.
    period_of_time
        ``(T,)`` period of each distinct time.
    """

    def __init__(self, arrays: InstanceArrays, grid: GridArrays) -> None:
        self._arrays = arrays
        starts = np.unique(arrays.start)
        day = np.array([int(mask).bit_length() - 1 for mask in arrays.days])
        slot = np.searchsorted(starts, arrays.start)
        period_of_time = day * len(starts) + slot
        self._period = period_of_time[arrays.time_ids].astype(np.int32)
        self._time_option = self._inverse(
            arrays.time_ptr, self._period, arrays.time_cost, grid.num_periods
        )
        self._room_option = self._inverse(
            arrays.room_ptr, arrays.room_ids, arrays.room_cost, grid.num_rooms
        )
        self._enrollments = _enrollments(arrays)

    def _inverse(
        self,
        pointers: NDArray[np.int64],
        value: Int,
        cost: NDArray[np.int64],
        count: int,
    ) -> Int:
        """``(N, count)`` cheapest option of each event with a value, -1 without."""
        found = np.full((self._arrays.num_events, count), -1, np.int32)
        for event in range(self._arrays.num_events):
            options = np.arange(pointers[event], pointers[event + 1])
            worst_first = options[np.argsort(-cost[options], kind="stable")]
            found[event, value[worst_first]] = worst_first - pointers[event]
        return found

    def timetable(self, period_of: Int, room_of: Int) -> Timetable:
        """Timetable of an assignment; unplaced events have no option."""
        events = np.arange(self._arrays.num_events)
        placed = period_of >= 0
        time = np.where(placed, self._time_option[events, period_of], -1)
        room = np.where(placed, self._room_option[events, room_of], -1)
        return Timetable(time, room, self._enrollments)

    def cells(self, timetable: Timetable) -> tuple[Int, Int]:
        """Period and room of each event, -1 where open."""
        arrays = self._arrays
        time_pos = arrays.time_ptr[:-1] + timetable.time_option
        room_pos = arrays.room_ptr[:-1] + timetable.room_option
        period = np.where(timetable.time_option >= 0, self._period[time_pos], -1)
        room = np.where(timetable.room_option >= 0, arrays.room_ids[room_pos], -1)
        return period.astype(np.int32), room.astype(np.int32)


def _enrollments(arrays: InstanceArrays) -> Int:
    """Rows (student, event) of the one way in which students can be sectioned."""
    rows = []
    for student, course in zip(
        arrays.request_student.tolist(), arrays.request_course.tolist(), strict=True
    ):
        bundle = arrays.bundle_course_ptr[course]
        events = arrays.bundle_events[slice(*arrays.bundle_ptr[bundle : bundle + 2])]
        rows += [(student, event) for event in events.tolist()]
    return np.array(rows, np.int32).reshape((-1, 2))

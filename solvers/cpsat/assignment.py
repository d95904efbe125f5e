"""The placements that CP-SAT models start from and end in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.exceptions import EngineError
from solvers.model import InstanceArrays, Timetable

__all__ = ["Assignment", "IntArray"]

IntArray = NDArray[np.int64]


@dataclass(slots=True)
class Assignment:
    """Time and room of every event, as positions in the arrays' option lists.

    Parameters
    ----------
    arrays
        The compiled instance.
    time_pos, room_pos
        ``(num_events,)`` int64, positions in ``time_ids`` and ``room_ids``; -1 where
        nothing is chosen yet. Changed in place.
    """

    arrays: InstanceArrays
    time_pos: IntArray
    room_pos: IntArray

    @classmethod
    def empty(cls, arrays: InstanceArrays) -> Assignment:
        """Nothing placed."""
        unplaced = np.full(arrays.num_events, -1, np.int64)
        return cls(arrays, unplaced, unplaced.copy())

    @classmethod
    def of(cls, arrays: InstanceArrays, timetable: Timetable) -> Assignment:
        """Placements of a timetable; an event without rooms takes its one option.

        Raises
        ------
        EngineError
            If the timetable is of another instance.
        """
        if len(timetable.time_option) != arrays.num_events:
            raise EngineError("the timetable belongs to another instance")
        time, room = timetable.time_option, timetable.room_option
        roomless = arrays.room_ids[arrays.room_ptr[:-1]] == arrays.num_rooms
        room = np.where(roomless & (time >= 0), 0, room)
        return cls(
            arrays,
            np.where(time < 0, -1, arrays.time_ptr[:-1] + time),
            np.where(room < 0, -1, arrays.room_ptr[:-1] + room),
        )

    @property
    def times(self) -> IntArray:
        """``(num_events,)`` time index of each event; meaningless where unplaced."""
        return self.arrays.time_ids[self.time_pos].astype(np.int64)

    @property
    def rooms(self) -> IntArray:
        """``(num_events,)`` room index, "no room" included; so too where unplaced."""
        rooms = self.arrays.room_ids[self.room_pos].astype(np.int64)
        return np.where(self.room_pos < 0, self.arrays.num_rooms, rooms)

    def places_of(self, events: IntArray) -> tuple[IntArray, IntArray]:
        """Time and room index of placed events, as in ``times`` and ``rooms``."""
        room_pos = self.room_pos[events]
        rooms = self.arrays.room_ids[room_pos].astype(np.int64)
        rooms = np.where(room_pos < 0, self.arrays.num_rooms, rooms)
        return self.arrays.time_ids[self.time_pos[events]].astype(np.int64), rooms

    @property
    def complete(self) -> bool:
        """Whether every event has its time and room."""
        return bool((self.time_pos >= 0).all() and (self.room_pos >= 0).all())

    def copy(self) -> Assignment:
        """Independent copy over the same arrays."""
        return Assignment(self.arrays, self.time_pos.copy(), self.room_pos.copy())

    def timetable(self, enrollments: NDArray[np.int32] | None = None) -> Timetable:
        """As a timetable, with the given enrollments."""
        arrays = self.arrays
        time = np.where(self.time_pos < 0, -1, self.time_pos - arrays.time_ptr[:-1])
        room = np.where(self.room_pos < 0, -1, self.room_pos - arrays.room_ptr[:-1])
        room = np.where(self.rooms == arrays.num_rooms, -1, room)
        if enrollments is None:
            enrollments = np.empty((0, 2), np.int32)
        return Timetable(time.astype(np.int32), room.astype(np.int32), enrollments)

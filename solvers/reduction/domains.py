"""Domains of events: sets of times and of rooms, each distinct set kept once.

Real universities offer few distinct sets of times to thousands of events. Numbered sets
make what one set says about another a look-up.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from solvers.model import Instance, Time
from solvers.model.relations import TimeTable

__all__ = ["BoolArray", "Domains", "Grid", "Keys", "Sets"]

Keys = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Sets:
    """Distinct sets of integers, by number."""

    def __init__(self) -> None:
        self._arrays: list[Keys] = []
        self._numbers: dict[bytes, int] = {}

    def number(self, keys: Iterable[int] | Keys) -> int:
        """Number of a set.

        Parameters
        ----------
        keys
            Members in any order, repetitions allowed.
        """
        array = np.unique(np.fromiter(keys, np.int64))
        return self._numbered(array)

    def without(self, number: int, kept: BoolArray) -> int:
        """Number of the subset at the positions where ``kept`` is True."""
        return number if kept.all() else self._numbered(self[number][kept])

    def _numbered(self, array: Keys) -> int:
        key = array.tobytes()
        if key not in self._numbers:
            self._numbers[key] = len(self._arrays)
            self._arrays.append(array)
        return self._numbers[key]

    def __getitem__(self, number: int) -> Keys:
        return self._arrays[number]

    def size(self, number: int) -> int:
        """Members of a set."""
        return len(self._arrays[number])


class Grid:
    """The distinct times of an instance, rooms, ways, and closings.

    Parameters
    ----------
    instance
        The problem.

    Attributes
    ----------
    closed
        ``(num_rooms + 1, num_times)`` bool, rooms unavailable at times; the last row is
        "no room" and never closed.
    travel
        ``(num_rooms + 1, num_rooms + 1)`` int64, slots.
    """

    def __init__(self, instance: Instance) -> None:
        self.index: dict[Time, int] = {}
        for event in instance.events:
            for option in event.times:
                self.index.setdefault(option.time, len(self.index))
        self.times = list(self.index)
        self.table = TimeTable(self.times)
        self.no_room = instance.num_rooms
        self.travel = np.zeros((instance.num_rooms + 1,) * 2, np.int64)
        for a, b, slots in instance.travel:
            self.travel[a, b] = self.travel[b, a] = slots
        self.closed = self._closed(instance)

    @property
    def lengths(self) -> Keys:
        """``(num_times,)`` slots of each meeting."""
        return np.asarray(self.table.end - self.table.start)

    def _closed(self, instance: Instance) -> BoolArray:
        closed = np.zeros((instance.num_rooms + 1, len(self.times)), bool)
        rows: dict[Time, BoolArray] = {}
        for index, room in enumerate(instance.rooms):
            for when in room.unavailable:
                if when not in rows:
                    rows[when] = self._meets(when)
                closed[index] |= rows[when]
        return closed

    def _meets(self, when: Time) -> BoolArray:
        table = self.table
        dates = ((table.weeks & when.weeks) != 0) & ((table.days & when.days) != 0)
        hours = (table.start < when.end) & (when.start < table.end)
        return np.asarray(dates & hours)


class Domains:
    """The times and rooms that are left to every event.

    Parameters
    ----------
    instance
        The problem.
    grid
        Its times and rooms.

    Attributes
    ----------
    times, rooms
        Number of each event's set, in ``time_sets`` and ``room_sets``. An event that
        needs no room has the one room ``grid.no_room``.
    """

    def __init__(self, instance: Instance, grid: Grid) -> None:
        self.time_sets = Sets()
        self.room_sets = Sets()
        self.times = [
            self.time_sets.number(grid.index[o.time] for o in event.times)
            for event in instance.events
        ]
        self.rooms = [
            self.room_sets.number([o.room for o in event.rooms] or [grid.no_room])
            for event in instance.events
        ]

    def is_empty(self, event: int) -> bool:
        """Whether nothing is left to an event."""
        no_time = self.time_sets.size(self.times[event]) == 0
        return no_time or self.room_sets.size(self.rooms[event]) == 0

    def times_of(self, event: int) -> Keys:
        """Time indices left to an event, ascending."""
        return self.time_sets[self.times[event]]

    def rooms_of(self, event: int) -> Keys:
        """Room indices left to an event, ascending."""
        return self.room_sets[self.rooms[event]]

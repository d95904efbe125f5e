"""Evaluate whole-list constraints on time and room indices, week by differing week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from solvers.constraints import CONSTRAINT_TYPES, Context, ListType, Placement
from solvers.model import ConstraintCode, Instance, InstanceArrays, Span, Time

from .assignment import Assignment
from .lists import list_events

__all__ = ["ListScores"]


class ListScores:
    """Values of an instance's whole-list constraints.

    Weeks that no time of the list tells apart are measured once and counted.

    Parameters
    ----------
    instance, arrays
        The problem and its compiled form.
    """

    def __init__(self, instance: Instance, arrays: InstanceArrays) -> None:
        self._arrays = arrays
        self._term = Context.of(instance)
        self._week = replace(self._term, num_weeks=1)
        self._one_week = [
            Time(1, int(days), int(start), int(end - start))
            for days, start, end in zip(
                arrays.days, arrays.start, arrays.end, strict=True
            )
        ]
        self._values: dict[tuple[int, tuple[int, ...], tuple[int, ...]], int] = {}
        self._seen = np.full((2, arrays.num_events), -2, np.int64)
        self._hard = np.flatnonzero(arrays.list_hard)
        self._broken = np.zeros(len(arrays.list_code), bool)

    def kind(self, number: int) -> ListType:
        """Type of a whole-list constraint."""
        kind = CONSTRAINT_TYPES[ConstraintCode(self._arrays.list_code[number]).name]
        assert isinstance(kind, ListType)
        return kind

    def params(self, number: int) -> tuple[int, ...]:
        """Parameters of a whole-list constraint."""
        count = len(self.kind(number).params)
        return tuple(self._arrays.list_params[number, :count].tolist())

    def value(self, number: int, times: Sequence[int], rooms: Sequence[int]) -> int:
        """Amount of violation when the events stand at these times and rooms."""
        if not self._arrays.list_by_room[number]:
            rooms = ()
        key = (number, tuple(times), tuple(rooms))
        if key not in self._values:
            if len(self._values) > 200_000:
                self._values.clear()
            self._values[key] = self._measure(*key)
        return self._values[key]

    def value_of(self, number: int, assignment: Assignment) -> int:
        """Amount of violation of the list's placed events in an assignment."""
        events = list_events(self._arrays, number)
        events = events[assignment.time_pos[events] >= 0]
        times, rooms = assignment.places_of(events)
        return self.value(number, times.tolist(), rooms.tolist())

    def broken(self, assignment: Assignment) -> list[int]:
        """Numbers of the required lists that an assignment violates, ascending.

        Only lists of events placed otherwise than at the last call are evaluated.
        """
        now = np.stack((assignment.time_pos, assignment.room_pos))
        moved = (now != self._seen).any(axis=0)
        self._seen = now
        touched = np.zeros(len(self._broken), bool)
        arrays = self._arrays
        touched[arrays.member_list[np.repeat(moved, np.diff(arrays.member_ptr))]] = True
        for number in self._hard[touched[self._hard]].tolist():
            self._broken[number] = self.value_of(number, assignment) > 0
        return np.flatnonzero(self._broken).tolist()

    def cost(self, number: int, value: int) -> int:
        """Weighted soft cost of a value."""
        arrays = self._arrays
        total = int(arrays.list_penalty[number]) * value
        if self.kind(number).averaged:
            total //= arrays.num_weeks
        return total * int(arrays.list_weight[number])

    def time(self, time: int) -> Time:
        """Days and hours of a time index, in one week."""
        return self._one_week[time]

    def on_week(
        self, week: int, times: Sequence[int], rooms: Sequence[int] = ()
    ) -> list[Placement]:
        """Placements, with rooms if given, of the times that meet in a week."""
        weeks = self._arrays.weeks
        places = rooms or (self._arrays.num_rooms,) * len(times)
        return [
            Placement(self._one_week[t], self._room(r))
            for t, r in zip(times, places, strict=True)
            if int(weeks[t]) >> week & 1
        ]

    def _room(self, room: int) -> int | None:
        return None if room == self._arrays.num_rooms else room

    def measure_week(self, number: int, placements: Sequence[Placement]) -> int:
        """Amount of violation in one week."""
        return self.kind(number).value(placements, self.params(number), self._week)

    def _measure(
        self, number: int, times: tuple[int, ...], rooms: tuple[int, ...]
    ) -> int:
        arrays = self._arrays
        if arrays.list_span[number] == Span.TERM:
            return self._measure_term(number, times, rooms)
        first, last = arrays.list_week_ptr[number : number + 2]
        weeks = arrays.list_week[int(first) : int(last)].tolist()
        counts = arrays.list_week_count[int(first) : int(last)].tolist()
        return sum(
            count * self.measure_week(number, self.on_week(week, times, rooms))
            for week, count in zip(weeks, counts, strict=True)
        )

    def _measure_term(
        self, number: int, times: tuple[int, ...], rooms: tuple[int, ...]
    ) -> int:
        places = rooms or (self._arrays.num_rooms,) * len(times)
        placements = [
            Placement(
                replace(self._one_week[t], weeks=int(self._arrays.weeks[t])),
                self._room(r),
            )
            for t, r in zip(times, places, strict=True)
        ]
        return self.kind(number).value(placements, self.params(number), self._term)

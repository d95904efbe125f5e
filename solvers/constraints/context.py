"""What constraint types look at: placements, dates, blocks, and the instance around."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from solvers.model import Instance, Time

__all__ = ["Context", "Meetings", "Params", "Placement", "blocks", "dates", "pauses"]

_COARSEST_CLOCK = 30


class Placement(NamedTuple):
    """Where an event stands: its time and its room index (None without a room)."""

    time: Time
    room: int | None


Meetings = Sequence[Placement]
"""Placements that meet on one date, by start."""

Params = tuple[int, ...]
"""Parameters of a constraint, as its type names them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What evaluations need to know of the instance besides placements.

    Parameters
    ----------
    num_weeks, num_days
        The grid; averages divide by ``num_weeks``.
    travel
        Slots from room to room; a missing pair is 0.
    buildings
        Building of each room, empty where unknown.
    slot_minutes
        Length of a slot, 0 where slots are periods rather than clock time.
    same_start_exempt
        Whether ``MaxBlock`` lets blocks pass whose events all start together, as the
        organizers' own code of ITC-2019 does and its published text does not.
    """

    num_weeks: int
    num_days: int
    travel: Mapping[tuple[int, int], int]
    buildings: tuple[str, ...] = ()
    slot_minutes: int = 0
    same_start_exempt: bool = False

    @classmethod
    def of(cls, instance: Instance) -> Context:
        """Context of an instance."""
        travel = {}
        for a, b, slots in instance.travel:
            travel[a, b] = travel[b, a] = slots
        minutes, rest = divmod(24 * 60, instance.slots_per_day)
        return cls(
            instance.num_weeks,
            instance.num_days,
            travel,
            tuple(room.building for room in instance.rooms),
            minutes if rest == 0 and minutes <= _COARSEST_CLOCK else 0,
        )

    def travel_slots(self, a: int | None, b: int | None) -> int:
        """Slots needed from room to room; 0 where either has no room."""
        if a is None or b is None or a == b:
            return 0
        return self.travel.get((a, b), 0)

    def building(self, room: int | None) -> str:
        """Building of a room; empty without a room or where unknown."""
        return self.buildings[room] if room is not None and self.buildings else ""

    def duration(self, slots: int) -> str:
        """Slots in words, e.g. ``90 minutes`` or ``2 slots``."""
        if self.slot_minutes:
            return f"{slots * self.slot_minutes} minutes"
        return f"{slots} slot{'' if slots == 1 else 's'}"

    def clock(self, slot: int) -> str:
        """Slot of the day in words, e.g. ``09:30`` or ``slot 3``."""
        if self.slot_minutes:
            hours, minutes = divmod(slot * self.slot_minutes, 60)
            return f"{hours:02}:{minutes:02}"
        return f"slot {slot}"


def dates(
    placements: Iterable[Placement], context: Context
) -> Iterator[tuple[int, int, list[Placement]]]:
    """Yield (week, day, meetings by start) for every date with a meeting."""
    placed = sorted(placements, key=lambda p: (p.time.start, p.time.end))
    for week in range(context.num_weeks):
        in_week = [p for p in placed if p.time.weeks >> week & 1]
        for day in range(context.num_days):
            meeting = [p for p in in_week if p.time.days >> day & 1]
            if meeting:
                yield week, day, meeting


def blocks(times: Iterable[Time], gap: int) -> list[tuple[int, int, int]]:
    """Merge times sorted by start into blocks (start, end, number of times).

    Two times belong to one block when at most ``gap`` slots lie between them.
    """
    merged: list[tuple[int, int, int]] = []
    for time in times:
        if merged and time.start <= merged[-1][1] + gap:
            start, end, count = merged[-1]
            merged[-1] = (start, max(end, time.end), count + 1)
        else:
            merged.append((time.start, time.end, 1))
    return merged


def pauses(meetings: Meetings) -> list[tuple[int, int]]:
    """Idle intervals (start, end) between the first and the last meeting of a date."""
    merged = blocks((p.time for p in meetings), 0)
    return [(before[1], after[0]) for before, after in pairwise(merged)]

"""Why an event is not placed: what stands in the way of each of its options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from solvers.constraints import CONSTRAINT_TYPES, Context, PairwiseType, Placement
from solvers.model import ROOM_CODES, ConstraintCode, Instance

__all__ = ["BlockingReason", "Unplaced", "explain_unplaced"]

_OF_ROOMS = ROOM_CODES | {
    ConstraintCode.SameRoom,
    ConstraintCode.DifferentRoom,
    ConstraintCode.SameAttendees,
}

_Reason = tuple[str, int | None]
_Found = tuple[_Reason, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class BlockingReason:
    """What stands in the way of some options of an event.

    Parameters
    ----------
    type
        ``RoomUnavailable``, ``RoomConflict``, or the type of a required constraint.
    constraint
        Index of the constraint, None for rooms.
    options
        Number of (time, room) options that it rules out.
    alone
        Number of those that nothing else rules out.
    blockers
        Events that stand in the way, the most frequent first.
    """

    type: str
    constraint: int | None
    options: int
    alone: int
    blockers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An event without a placement.

    Parameters
    ----------
    event
        Event index.
    options
        Number of (time, room) options it has.
    free
        Number of options that nothing rules out as the timetable stands.
    reasons
        What rules out the others, the most frequent first.
    """

    event: int
    options: int
    free: int
    reasons: tuple[BlockingReason, ...]


def explain_unplaced(
    instance: Instance, placed: Mapping[int, Placement], event: int
) -> Unplaced:
    """Count what stands in the way of each option of an event.

    Parameters
    ----------
    instance
        The problem.
    placed
        Placements of all placed events.
    event
        Event index; a placement it has is left out of the account.
    """
    others = {e: p for e, p in placed.items() if e != event}
    return _Case(instance, others, event).run()


class _Case:
    def __init__(
        self, instance: Instance, placed: Mapping[int, Placement], event: int
    ) -> None:
        self._instance = instance
        self._placed = placed
        self._event = event
        self._context = Context.of(instance)
        self._rules = [
            index
            for index, constraint in enumerate(instance.constraints)
            if constraint.required and event in constraint.events
        ]

    def run(self) -> Unplaced:
        ruled_out: Counter[_Reason] = Counter()
        alone: Counter[_Reason] = Counter()
        blockers: dict[_Reason, Counter[int]] = {}
        options = free = 0
        for found in self._options():
            options += 1
            free += not found
            for reason, events in found.items():
                ruled_out[reason] += 1
                alone[reason] += len(found) == 1
                blockers.setdefault(reason, Counter()).update(events)
        reasons = tuple(
            BlockingReason(
                *reason,
                count,
                alone[reason],
                tuple(event for event, _ in blockers[reason].most_common()),
            )
            for reason, count in ruled_out.most_common()
        )
        return Unplaced(self._event, options, free, reasons)

    def _options(self) -> Iterator[dict[_Reason, tuple[int, ...]]]:
        """What rules out each (time, room) option, and the events concerned."""
        event = self._instance.events[self._event]
        rooms: list[int | None] = [option.room for option in event.rooms]
        rooms = rooms or [None]
        of_time = [r for r in self._rules if not self._looks_at_rooms(r)]
        of_room = [r for r in self._rules if self._looks_at_rooms(r)]
        for option in event.times:
            always = dict(self._broken(Placement(option.time, None), of_time))
            for room in rooms:
                placement = Placement(option.time, room)
                found = dict(always)
                found |= dict(self._in_room(placement))
                found |= dict(self._broken(placement, of_room))
                yield found

    def _looks_at_rooms(self, rule: int) -> bool:
        return ConstraintCode[self._instance.constraints[rule].type] in _OF_ROOMS

    @cached_property
    def _by_room(self) -> dict[int, list[tuple[int, Placement]]]:
        by_room: dict[int, list[tuple[int, Placement]]] = {}
        for event, placement in self._placed.items():
            if placement.room is not None:
                by_room.setdefault(placement.room, []).append((event, placement))
        return by_room

    def _in_room(self, mine: Placement) -> Iterator[_Found]:
        if mine.room is None:
            return
        closings = self._instance.rooms[mine.room].unavailable
        if any(mine.time.overlaps(closed) for closed in closings):
            yield ("RoomUnavailable", None), ()
        there = self._by_room.get(mine.room, [])
        met = tuple(e for e, p in there if p.time.overlaps(mine.time))
        if met:
            yield ("RoomConflict", None), met

    def _broken(self, mine: Placement, rules: list[int]) -> Iterator[_Found]:
        """Required constraints that the placement would break, or break further."""
        for rule in rules:
            events = self._blockers(rule, mine)
            if events is not None:
                yield (self._instance.constraints[rule].type, rule), events

    def _blockers(self, rule: int, mine: Placement) -> tuple[int, ...] | None:
        """Events that clash with a placement; None if the constraint allows it."""
        constraint = self._instance.constraints[rule]
        kind = CONSTRAINT_TYPES[constraint.type]
        params, context = constraint.params, self._context
        placed = {e: self._placed[e] for e in constraint.events if e in self._placed}
        if isinstance(kind, PairwiseType):
            position = constraint.events.index(self._event)
            earlier = set(constraint.events[:position])
            clashing = tuple(
                other
                for other, theirs in placed.items()
                if kind.violated(
                    *((theirs, mine) if other in earlier else (mine, theirs)),
                    params,
                    context,
                )
            )
            return clashing or None
        before = kind.value(list(placed.values()), params, context)
        joined = {
            e: mine if e == self._event else placed.get(e) for e in constraint.events
        }
        after = {e: p for e, p in joined.items() if p is not None}
        if kind.value(list(after.values()), params, context) <= before:
            return None
        return tuple(placed)

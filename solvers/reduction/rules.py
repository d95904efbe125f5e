"""Required constraints, each as a reviser that shrinks the domains of its events."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from solvers.constraints import CONSTRAINT_TYPES, Context, Placement
from solvers.model import PAIRWISE_CODES, Constraint, ConstraintCode, Instance

from .domains import BoolArray, Domains, Grid, Keys
from .supports import Rule, Supports

__all__ = ["Change", "Revisers"]

_C = ConstraintCode
Key = TypeVar("Key", bound=Hashable)

State = tuple[int, int]
"""Numbers of an event's sets of times and rooms."""

Change = tuple[int, int, int]
"""Event and the numbers of its new sets of times and rooms."""

Reviser = Callable[[Sequence[int], tuple[int, ...]], Iterator[Change]]


class Revisers:
    """Shrinks domains by one required constraint at a time.

    Parameters
    ----------
    instance
        The problem.
    grid
        Its times and rooms.
    domains
        What is left to the events; read, not changed.
    """

    def __init__(self, instance: Instance, grid: Grid, domains: Domains) -> None:
        self._grid = grid
        self._domains = domains
        self._supports = Supports(grid, domains)
        self._context = Context.of(instance)
        self._num_days = instance.num_days
        self._num_weeks = instance.num_weeks
        self._travels = bool(instance.travel)
        self._reached: dict[tuple[State, State], State] = {}
        self._no_lunch: dict[tuple[tuple[int, ...], int], bool] = {}
        self._listed: dict[int, Reviser] = {
            _C.SameRoom: self._same_room,
            _C.RoomStability: self._stable_room,
            _C.DifferentRoom: lambda events, _: self._rooms(events, same=False),
            _C.MaxDays: self._max_days,
            _C.MaxDayLoad: self._max_day_load,
            _C.MaxBlock: self._max_block,
            _C.LunchBreak: self._lunch_break,
        }

    def revise(self, constraint: Constraint) -> Iterator[Change]:
        """Yield the events of a constraint that lose options, wiped-out ones apart."""
        code = ConstraintCode[constraint.type]
        events = [e for e in constraint.events if not self._domains.is_empty(e)]
        if code in self._listed:
            yield from self._listed[code](events, constraint.params)
        elif code == _C.SameAttendees and self._travels:
            yield from self._attendees(events)
        elif code in PAIRWISE_CODES:
            param = constraint.params[0] if constraint.params else 0
            yield from self._pairs(events, (int(code), param, 0))

    # Pairs of times.

    def _pairs(self, events: Sequence[int], rule: Rule) -> Iterator[Change]:
        if rule[0] == _C.Precedence:
            yield from self._ordered(events, rule)
            return
        if rule[0] == _C.SameAttendees:
            rule = (int(_C.NotOverlap), 0, 0)
        times = self._domains.times
        count = _counts(times[event] for event in events)
        for event in events:
            left = mine = times[event]
            for other in _others(count, mine):
                left = self._supports.times(rule, left, other)
            if left != mine:
                yield event, left, self._domains.rooms[event]

    def _ordered(self, events: Sequence[int], rule: Rule) -> Iterator[Change]:
        times = [self._domains.times[event] for event in events]
        for position, event in enumerate(events):
            left = times[position]
            for other in set(times[:position]):
                left = self._supports.times(rule, left, other, first=False)
            for other in set(times[position + 1 :]):
                left = self._supports.times(rule, left, other)
            if left != times[position]:
                yield event, left, self._domains.rooms[event]

    def _attendees(self, events: Sequence[int]) -> Iterator[Change]:
        times, rooms = self._domains.times, self._domains.rooms
        count = _counts((times[e], rooms[e]) for e in events)
        for event in events:
            state = times[event], rooms[event]
            left = state
            for other in _others(count, state):
                left = self._reachable(left, other)
            if left != state:
                yield event, *left

    def _reachable(self, mine: State, other: State) -> State:
        key = (mine, other)
        if key not in self._reached:
            self._reached[key] = self._reach(mine, other)
        return self._reached[key]

    def _reach(self, mine: State, other: State) -> State:
        """Times by the shortest way, then rooms that lie too far for every time."""
        if not self._domains.time_sets.size(mine[0]):
            return mine
        ways = self._supports.ways(mine[1], other[1])
        times = self._within(mine[0], other[0], min(ways))
        fits = {
            way: self._domains.time_sets.size(self._within(times, other[0], way)) > 0
            for way in set(ways)
        }
        kept = np.array([fits[way] for way in ways])
        return times, self._domains.room_sets.without(mine[1], kept)

    def _within(self, mine: int, other: int, way: int) -> int:
        return self._supports.times((int(_C.SameAttendees), way, 0), mine, other)

    # Pairs of rooms.

    def _same_room(self, events: Sequence[int], _: tuple[int, ...]) -> Iterator[Change]:
        yield from self._rooms(events, same=True)
        roomed = [e for e in events if self._needs_room(e)]
        if any(self._domains.is_empty(e) for e in roomed):
            return
        yield from self._pairs(roomed, (int(_C.NotOverlap), 0, 0))

    def _stable_room(
        self, events: Sequence[int], params: tuple[int, ...]
    ) -> Iterator[Change]:
        roomed = [e for e in events if self._needs_room(e)]
        yield from self._same_room(roomed, params)

    def _needs_room(self, event: int) -> bool:
        rooms = self._domains.rooms_of(event)
        return len(rooms) > 0 and int(rooms[0]) != self._grid.no_room

    def _rooms(self, events: Sequence[int], *, same: bool) -> Iterator[Change]:
        rooms = self._domains.rooms
        count = _counts(rooms[event] for event in events)
        for event in events:
            left = mine = rooms[event]
            for other in _others(count, mine):
                left = self._supports.rooms(same, left, other)
            if left != mine:
                yield event, self._domains.times[event], left

    # Whole lists.

    def _keep(self, event: int, kept: BoolArray) -> Iterator[Change]:
        if not kept.all():
            times = self._domains.time_sets.without(self._domains.times[event], kept)
            yield event, times, self._domains.rooms[event]

    def _max_days(
        self, events: Sequence[int], params: tuple[int, ...]
    ) -> Iterator[Change]:
        """Days that some event cannot avoid are used; no time may add too many."""
        days = self._grid.table.days
        used = 0
        for event in events:
            used |= int(np.bitwise_and.reduce(days[self._domains.times_of(event)]))
        for event in events:
            total = np.bitwise_count(days[self._domains.times_of(event)] | used)
            yield from self._keep(event, total <= params[0])

    def _max_day_load(
        self, events: Sequence[int], params: tuple[int, ...]
    ) -> Iterator[Change]:
        """Load that events cannot avoid on a date leaves less to the others."""
        loads = [self._loads(event) for event in events]
        if not loads:
            return
        least = np.array([load.min(axis=0) for load in loads])
        total = least.sum(axis=0)
        for event, load, own in zip(events, loads, least, strict=True):
            over = (load > 0) & (total - own + load > params[0])
            yield from self._keep(event, ~over.any(axis=1))

    def _loads(self, event: int) -> Keys:
        """``(num_times, num_weeks * num_days)`` slots of each time on each date."""
        times = self._domains.times_of(event)
        table = self._grid.table
        weeks = table.weeks[times][:, None] >> np.arange(self._num_weeks) & 1
        days = table.days[times][:, None] >> np.arange(self._num_days) & 1
        dates = (weeks[:, :, None] * days[:, None, :]).reshape(len(times), -1)
        return np.asarray(dates * self._grid.lengths[times][:, None])

    def _max_block(
        self, events: Sequence[int], params: tuple[int, ...]
    ) -> Iterator[Change]:
        yield from self._pairs(events, (int(_C.MaxBlock), params[0], params[1]))

    def _lunch_break(
        self, events: Sequence[int], params: tuple[int, ...]
    ) -> Iterator[Change]:
        for event in events:
            times = self._domains.times_of(event).tolist()
            kept = np.array([not self._takes_lunch(params, t) for t in times])
            yield from self._keep(event, kept)

    def _takes_lunch(self, params: tuple[int, ...], time: int) -> bool:
        key = (params, time)
        if key not in self._no_lunch:
            kind = CONSTRAINT_TYPES["LunchBreak"]
            alone = [Placement(self._grid.times[time], None)]
            self._no_lunch[key] = kind.value(alone, params, self._context) > 0
        return self._no_lunch[key]


def _counts(keys: Iterator[Key]) -> dict[Key, int]:
    count: dict[Key, int] = {}
    for key in keys:
        count[key] = count.get(key, 0) + 1
    return count


def _others(count: dict[Key, int], mine: Key) -> Iterator[Key]:
    """Distinct keys of the other events; the own one only if another has it too."""
    return (key for key, number in count.items() if key != mine or number > 1)

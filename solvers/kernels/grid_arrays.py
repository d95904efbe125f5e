"""What the grid kernels see: a problem on a grid of days and slots, and its state.

Events that no constraint tells apart share a *class*. A *group* is a set of events
that must not meet at one time (a curriculum, a student); its soft cost is a sum over
days, read from a table by the mask of slots in use. A *spread* is a set of events that
pay by the number of days and of rooms they use (a course).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .rng import seed_state

__all__ = ["CLOSED", "EMPTY", "FORBIDDEN", "GridArrays", "GridState", "new_grid_state"]

EMPTY, CLOSED = -1, -2
"""Cells of a grid without event: free, and never to be used."""

FORBIDDEN = -1
"""Cost of a period or room that a class must not take."""

_EMPTY_COST = 10**15

Byte = NDArray[np.uint8]
Short = NDArray[np.int16]
Int = NDArray[np.int32]
Long = NDArray[np.int64]


class GridArrays(NamedTuple):
    """A grid problem; ``ptr`` arrays delimit rows of the arrays that follow them.

    Sizes: N events, K classes, D days, S slots a day, P = D x S periods, R rooms, G
    groups, L spreads. Period ``p`` is slot ``p % S`` of day ``p // S``.

    Parameters
    ----------
    num_days, num_slots, num_rooms
        Sizes, int.
    costly_rooms
        1 if soft cost depends on rooms, else 0.
    class_of
        ``(N,)`` int32 class of each event.
    day, bit
        ``(P,)`` int32 day of a period, and its bit in the mask of the day.
    period_cost, room_cost
        ``(K, P)`` and ``(K, R)`` int32, ``FORBIDDEN`` where not allowed.
    period_ptr, periods, room_ptr, rooms
        Allowed periods and rooms of each class.
    closed
        ``(P, R)`` uint8, 1 where the room is not available.
    near_ptr, near
        Classes whose events must not meet this class's, itself included.
    relation
        ``(K, K)`` uint8: bit 0 conflict, bit 1 a common spread.
    group_ptr, groups
        Groups of each class.
    in_group
        ``(K, G)`` uint8 membership.
    group_weight, group_base
        ``(G,)`` int32: factor, and where the group's table begins.
    table
        int32 cost by mask, ``2**S`` entries for each kind of group.
    spread_ptr, spreads
        Spreads of each class.
    day_cost
        ``(L, D + 1)`` int32 cost by the number of days used.
    room_change
        ``(L,)`` int32 cost of each room beyond the first.
    before_ptr, before, after_ptr, after
        Per event: those that must be earlier, and later.
    """

    num_days: int
    num_slots: int
    num_rooms: int
    costly_rooms: int
    class_of: Int
    day: Int
    bit: Int
    period_cost: Int
    room_cost: Int
    period_ptr: Int
    periods: Int
    room_ptr: Int
    rooms: Int
    closed: Byte
    near_ptr: Int
    near: Int
    relation: Byte
    group_ptr: Int
    groups: Int
    in_group: Byte
    group_weight: Int
    group_base: Int
    table: Int
    spread_ptr: Int
    spreads: Int
    day_cost: Int
    room_change: Int
    before_ptr: Int
    before: Int
    after_ptr: Int
    after: Int

    @property
    def num_events(self) -> int:
        """Number of events."""
        return len(self.class_of)

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.period_cost)

    @property
    def num_periods(self) -> int:
        """Number of periods."""
        return len(self.day)


class GridState(NamedTuple):
    """An assignment of events to cells, a cell being a period and a room.

    Parameters
    ----------
    period_of, room_of
        ``(N,)`` int32, -1 unplaced.
    cell
        ``(P, R)`` int32 event, ``EMPTY`` or ``CLOSED``.
    clash
        ``(P, K)`` int16, placed events that conflict with the class; one of the class
        itself counts too.
    group_count
        ``(G, P)`` int16 events of the group.
    mask
        ``(G, D)`` int32 slots that the group uses.
    spread_day, spread_room
        ``(L, D)`` and ``(L, R)`` int16 events of the spread.
    spread_days
        ``(L,)`` int32 days in use.
    pool, pool_pos
        ``(N,)`` int32: unplaced events first, and the position of each in it, else -1.
    cost, best_cost
        ``(2,)`` int64: hard (clashing pairs, orders broken, unplaced events) and soft.
    best_period, best_room
        The best assignment since it was last forgotten.
    rng, stop
        ``(2,)`` uint64 generator; ``(1,)`` uint8, non-zero asks kernels to return.
    counters
        ``(8,)`` int64: 0 moves tried, 1 accepted, 2 size of the pool, 3 stamp, 4
        chains tried, 5 chains accepted.
    queue, origin, marks, kept, kept_events, kept_cells
        Scratch space: ``(N + R,)``, ``(R,)``, ``(N,)``, ``(2, R)``, ``(N,)`` twice.
    weight
        ``(N,)`` float64, what it counts that an event is unplaced.
    """

    period_of: Int
    room_of: Int
    cell: Int
    clash: Short
    group_count: Short
    mask: Int
    spread_day: Short
    spread_room: Short
    spread_days: Int
    pool: Int
    pool_pos: Int
    cost: Long
    best_cost: Long
    best_period: Int
    best_room: Int
    rng: NDArray[np.uint64]
    stop: Byte
    counters: Long
    queue: Int
    origin: Int
    marks: Int
    kept: Int
    kept_events: Int
    kept_cells: Int
    weight: NDArray[np.float64]


def new_grid_state(arrays: GridArrays, seed: int) -> GridState:
    """Make a state with every event unplaced."""
    events, rooms, periods = arrays.num_events, arrays.num_rooms, arrays.num_periods
    spreads, groups = len(arrays.day_cost), len(arrays.group_weight)

    def of(value: int, kind: type, *shape: int) -> NDArray[Any]:
        return np.full(shape, value, kind)

    return GridState(
        period_of=of(-1, np.int32, events),
        room_of=of(-1, np.int32, events),
        cell=of(EMPTY, np.int32, periods, rooms),
        clash=of(0, np.int16, periods, arrays.num_classes),
        group_count=of(0, np.int16, groups, periods),
        mask=of(0, np.int32, groups, arrays.num_days),
        spread_day=of(0, np.int16, spreads, arrays.num_days),
        spread_room=of(0, np.int16, spreads, rooms),
        spread_days=of(0, np.int32, spreads),
        pool=of(-1, np.int32, events),
        pool_pos=of(-1, np.int32, events),
        cost=of(0, np.int64, 2),
        best_cost=of(_EMPTY_COST, np.int64, 2),
        best_period=of(-1, np.int32, events),
        best_room=of(-1, np.int32, events),
        rng=seed_state(seed),
        stop=of(0, np.uint8, 1),
        counters=of(0, np.int64, 8),
        queue=of(0, np.int32, events + rooms),
        origin=of(0, np.int32, rooms),
        marks=of(0, np.int32, events),
        kept=of(0, np.int32, 2, rooms),
        kept_events=of(0, np.int32, events),
        kept_cells=of(0, np.int32, events),
        weight=of(1, np.float64, events),
    )

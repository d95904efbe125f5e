"""Build a grid state from periods and rooms, and find cells for unplaced events."""

from __future__ import annotations

import numpy as np
from numba import njit

from .grid_rooms import free_a_room
from .grid_tables import broken_orders, enter, enter_pool
from .rng import rand_int

__all__ = ["load_grid"]


@njit(cache=True)
def _clear(g, s):
    s.clash[:] = 0
    s.group_count[:] = 0
    s.mask[:] = 0
    s.spread_day[:] = 0
    s.spread_room[:] = 0
    s.spread_days[:] = 0
    s.cost[0] = 0
    s.cost[1] = g.day_cost[:, 0].sum()
    s.counters[2] = 0
    s.pool_pos[:] = -1
    s.period_of[:] = -1
    s.room_of[:] = -1
    for p in range(len(g.day)):
        for r in range(g.num_rooms):
            s.cell[p, r] = -2 if g.closed[p, r] else -1


@njit(cache=True)
def _cheapest_room(g, s, k, q):
    """Free room of least cost in a period, or -1."""
    best = -1
    for i in range(g.room_ptr[k], g.room_ptr[k + 1]):
        r = g.rooms[i]
        if s.cell[q, r] == -1:
            if best < 0 or g.room_cost[k, r] < g.room_cost[k, best]:
                best = r
    return best


@njit(cache=True)
def _add(g, s, a, q, t):
    hard, soft = enter(g, s, a, q, t)
    s.cost[0] += hard
    s.cost[1] += soft


@njit(cache=True)
def _find_cell(g, s, a, strict):
    """Period of fewest violations that has a room; all equal are equally likely."""
    k = g.class_of[a]
    fewest = np.int64(2**30)
    found = -1
    ties = 0
    for i in range(g.period_ptr[k], g.period_ptr[k + 1]):
        q = g.periods[i]
        broken = s.clash[q, k] + broken_orders(g, s, a, q)
        if broken > fewest or (strict and broken > 0):
            continue
        room = free_a_room(g, s, k, q) if strict else _cheapest_room(g, s, k, q)
        if room < 0:
            continue
        ties = 1 if broken < fewest else ties + 1
        fewest = broken
        if rand_int(s.rng, ties) == 0:
            found = q
    return found


@njit(cache=True, nogil=True)
def load_grid(g, s, period, room, order, strict):
    """Place events where told, the others where it harms least.

    Parameters
    ----------
    g, s
        Packed problem and state.
    period, room
        ``(N,)`` int32, -1 where open. Of two events in one cell the later in order
        has to find another one.
    order
        ``(N,)`` int64 permutation of the events.
    strict
        1: no violation may arise, and an event that would cause one goes to the pool.
        Rooms must cost nothing then.
    """
    _clear(g, s)
    for i in range(len(order)):
        a = order[i]
        q = period[a]
        if q < 0:
            continue
        k = g.class_of[a]
        if strict and s.clash[q, k] + broken_orders(g, s, a, q) > 0:
            continue
        t = room[a]
        if t < 0 or s.cell[q, t] != -1:
            t = free_a_room(g, s, k, q) if strict else _cheapest_room(g, s, k, q)
        if t >= 0:
            _add(g, s, a, q, t)
    for i in range(len(order)):
        a = order[i]
        if s.period_of[a] >= 0:
            continue
        q = _find_cell(g, s, a, strict)
        if q < 0:
            enter_pool(s, a)
            continue
        k = g.class_of[a]
        t = free_a_room(g, s, k, q) if strict else _cheapest_room(g, s, k, q)
        _add(g, s, a, q, t)

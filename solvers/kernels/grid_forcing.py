"""Force an event into a period: what is in its way goes to the pool.

References
----------
.. [1] Bloechliger, I., Zufferey, N. (2008). A graph coloring heuristic using partial
   solutions and a reactive tabu scheme. Computers & Operations Research 35, 960-975.
   doi:10.1016/j.cor.2006.05.014
"""

from __future__ import annotations

import math

from numba import njit

from .grid_rooms import clear_path, find_room
from .grid_tables import (
    conflict,
    enter,
    enter_pool,
    entry_change,
    leave,
    leave_pool,
    next_stamp,
)
from .rng import rand_float, rand_int

__all__ = ["force"]

MOST_EJECTED = 4


@njit(inline="always")
def _list(s, b, size, stamp):
    """Add an event to the list of those in the way, once."""
    if s.marks[b] != stamp:
        s.marks[b] = stamp
        s.kept_events[size] = b
        return size + 1
    return size


@njit(cache=True)
def _in_the_way(g, s, a, q):
    """List the events that may not be where they are if ``a`` enters ``q``."""
    k = g.class_of[a]
    stamp = next_stamp(s)
    size = 0
    if s.clash[q, k] > 0:
        for r in range(g.num_rooms):
            b = s.cell[q, r]
            if b >= 0 and conflict(g, k, g.class_of[b]):
                size = _list(s, b, size, stamp)
    for i in range(g.before_ptr[a], g.before_ptr[a + 1]):
        if s.period_of[g.before[i]] >= q:
            size = _list(s, g.before[i], size, stamp)
    for i in range(g.after_ptr[a], g.after_ptr[a + 1]):
        if 0 <= s.period_of[g.after[i]] <= q:
            size = _list(s, g.after[i], size, stamp)
    return size


@njit(cache=True)
def _occupant(g, s, k, q):
    """Random event of a period in a room that a class could use, or -1."""
    first = g.room_ptr[k]
    count = g.room_ptr[k + 1] - first
    offset = rand_int(s.rng, count)
    for i in range(count):
        b = s.cell[q, g.rooms[first + (i + offset) % count]]
        if b >= 0:
            return b
    return -1


@njit(cache=True)
def _take_out(g, s, b, i):
    """Take an event out, noting it and its cell as the ``i``-th; the soft change."""
    s.kept_events[i] = b
    s.kept_cells[i] = s.period_of[b] * g.num_rooms + s.room_of[b]
    return leave(g, s, b)[1]


@njit(cache=True)
def _bring_back(g, s, size):
    """Undo: nobody else has moved yet, so that all cells are free."""
    for i in range(size):
        c = s.kept_cells[i]
        enter(g, s, s.kept_events[i], c // g.num_rooms, c % g.num_rooms)


@njit(cache=True)
def _commit(g, s, a, q, t, size, unplaced, soft):
    """Seat the event; all others taken out are unplaced now."""
    for i in range(size):
        if s.kept_events[i] != a:
            enter_pool(s, s.kept_events[i])
    if unplaced:
        leave_pool(s, a)
    enter(g, s, a, q, t)
    s.cost[1] += soft


@njit(cache=True)
def force(g, s, a, q, temperature, hard_weight):
    """Put an event, placed or not, into a period, unless the tests fail.

    Parameters
    ----------
    g, s
        Packed problem and state; rooms cost nothing and no placed event clashes.
    a, q
        Event and a period that it may take.
    temperature, hard_weight
        Of Metropolis' test, and the cost of an unplaced event of weight 1. A loss of
        events has to survive a test of its own; a gain may pay for soft cost.

    Returns
    -------
    bool
        Whether the event is there now.
    """
    k = g.class_of[a]
    unplaced = s.period_of[a] < 0
    left = -temperature / hard_weight * math.log(rand_float(s.rng))
    gain = 0.0
    if unplaced:
        gain = s.weight[a]
        left += gain
    if s.clash[q, k] > left or s.clash[q, k] > MOST_EJECTED:
        return False
    size = _in_the_way(g, s, a, q)
    for i in range(size):
        gain -= s.weight[s.kept_events[i]]
        left -= s.weight[s.kept_events[i]]
    if left < 0 or size > MOST_EJECTED:
        return False
    soft = 0
    for i in range(size):
        soft += _take_out(g, s, s.kept_events[i], i)
    if not unplaced:
        soft += _take_out(g, s, a, size)
        size += 1
    end = find_room(g, s, k, q)
    if end < 0:
        b = _occupant(g, s, k, q)
        if b < 0 or s.weight[b] > left:
            _bring_back(g, s, size)
            return False
        gain -= s.weight[b]
        end = s.room_of[b]
        soft += _take_out(g, s, b, size)
        size += 1
        s.origin[end] = -1
    soft += entry_change(g, s, a, q)
    dear = soft - max(0.0, gain) * hard_weight
    if dear > 0 and rand_float(s.rng) >= math.exp(-dear / temperature):
        _bring_back(g, s, size)
        return False
    _commit(g, s, a, q, clear_path(s, q, end), size, unplaced, soft)
    return True

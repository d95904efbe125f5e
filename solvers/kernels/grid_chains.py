"""Kempe chains: two periods exchange all events that hang together by conflicts.

What a chain changes is read off the tables without touching them. In an assignment
without clashes a group has at most one event in each of the two periods: if it has one
in both, both are in the chain and the group notices nothing; if it has one, it changes
as if that event moved alone.

References
----------
.. [1] Thompson, J., Dowsland, K. (1998). A robust simulated annealing based examination
   timetabling system. Computers & Operations Research 25, 637-648.
   doi:10.1016/S0305-0548(97)00101-9
"""

from __future__ import annotations

from numba import njit

from .grid_tables import (
    broken_orders,
    conflict,
    next_stamp,
    shares_spread,
    shift,
    spread_change,
)

__all__ = [
    "chain_change",
    "chain_keeps_orders",
    "choose_rooms",
    "grow_chain",
    "turn_chain",
]

MOST_CHAIN = 16


@njit(cache=True)
def _joins(g, s, k, c, size):
    """Whether an event may join a chain: nothing but conflicts ties it to the rest."""
    m = g.class_of[c]
    if k == m or size == MOST_CHAIN:
        return False
    for i in range(size):
        if shares_spread(g, g.class_of[s.queue[i]], m):
            return False
    return True


@njit(cache=True)
def grow_chain(g, s, a, q):
    """List the chain of an event and another period; 0 if it cannot be exchanged.

    Two events of one class would only change places, so that chains with such are none.
    """
    p = s.period_of[a]
    stamp = next_stamp(s)
    s.marks[a] = stamp
    s.queue[0] = a
    size = 1
    head = 0
    while head < size:
        b = s.queue[head]
        head += 1
        k = g.class_of[b]
        there = q if s.period_of[b] == p else p
        if g.period_cost[k, there] < 0:
            return 0
        left = s.clash[there, k]
        r = 0
        while left > 0:
            c = s.cell[there, r]
            r += 1
            if c >= 0 and conflict(g, k, g.class_of[c]):
                left -= 1
                if s.marks[c] != stamp:
                    if not _joins(g, s, k, c, size):
                        return 0
                    s.marks[c] = stamp
                    s.queue[size] = c
                    size += 1
    return size


@njit(cache=True)
def chain_change(g, s, size, p, q):
    """Soft change for groups if the chain in the queue is exchanged."""
    total = 0
    for i in range(size):
        a = s.queue[i]
        k = g.class_of[a]
        here = s.period_of[a]
        there = p + q - here
        d = g.day[here]
        e = g.day[there]
        for j in range(g.group_ptr[k], g.group_ptr[k + 1]):
            u = g.groups[j]
            if s.group_count[u, there] > 0:
                continue
            base = g.group_base[u]
            mask = s.mask[u, d]
            left = mask & ~g.bit[here]
            if d == e:
                change = g.table[base + (left | g.bit[there])] - g.table[base + mask]
            else:
                other = s.mask[u, e]
                change = g.table[base + left] - g.table[base + mask]
                change += g.table[base + (other | g.bit[there])]
                change -= g.table[base + other]
            total += g.group_weight[u] * change
    return total


@njit(cache=True)
def chain_keeps_orders(g, s, size, p, q):
    """Whether no order is broken once the chain in the queue is exchanged."""
    if len(g.before) == 0:
        return True
    for i in range(size):
        s.period_of[s.queue[i]] = p + q - s.period_of[s.queue[i]]
    broken = 0
    for i in range(size):
        broken += broken_orders(g, s, s.queue[i], s.period_of[s.queue[i]])
    for i in range(size):
        s.period_of[s.queue[i]] = p + q - s.period_of[s.queue[i]]
    return broken == 0


@njit(cache=True)
def _cheapest_room(g, s, k, q, stamp, taken):
    """Room of a period that no event outside the chain uses and none of it took."""
    least = 2**30
    found = -1
    for i in range(g.room_ptr[k], g.room_ptr[k + 1]):
        t = g.rooms[i]
        c = s.cell[q, t]
        if c == -2 or s.kept[taken, t] == stamp or (c >= 0 and s.marks[c] != stamp):
            continue
        cost = g.room_cost[k, t]
        for j in range(g.spread_ptr[k], g.spread_ptr[k + 1]):
            u = g.spreads[j]
            if s.spread_room[u, t] == 0:
                cost += g.room_change[u]
        if cost < least:
            least = cost
            found = t
    return found


@njit(cache=True)
def choose_rooms(g, s, size, p, q):
    """Choose rooms for the chain in the queue: the same where free, else the cheapest.

    Returns
    -------
    tuple
        Whether all found one, and the soft change for spreads and options. The rooms
        are in ``kept_cells``.
    """
    stamp = s.counters[3]
    total = 0
    for i in range(size):
        a = s.queue[i]
        k = g.class_of[a]
        here = s.period_of[a]
        there = p + q - here
        taken = 0 if there == p else 1
        t = s.room_of[a]
        c = s.cell[there, t]
        free = c == -1 or (c >= 0 and s.marks[c] == stamp)
        if not free or s.kept[taken, t] == stamp:
            t = _cheapest_room(g, s, k, there, stamp, taken)
            if t < 0:
                return False, 0
        s.kept[taken, t] = stamp
        s.kept_cells[i] = t
        total += spread_change(g, s, k, here, there, s.room_of[a], t)
    return True, total


@njit(cache=True)
def turn_chain(g, s, size, p, q):
    """Exchange the chain in the queue, into the rooms of ``kept_cells``."""
    for i in range(size):
        a = s.queue[i]
        s.cell[s.period_of[a], s.room_of[a]] = -1
    for i in range(size):
        a = s.queue[i]
        t = s.kept_cells[i]
        here = s.period_of[a]
        there = p + q - here
        shift(g, s, g.class_of[a], here, there, s.room_of[a], t)
        s.cell[there, t] = a
        s.period_of[a] = there
        s.room_of[a] = t

"""Tables of a grid state: what a move would change, and the change itself."""

from __future__ import annotations

from numba import njit

__all__ = [
    "broken_orders",
    "conflict",
    "enter",
    "enter_pool",
    "entry_change",
    "group_change",
    "leave",
    "leave_pool",
    "next_stamp",
    "note_best",
    "shares_spread",
    "shift",
    "spread_change",
]

LAST_STAMP = 2**30


@njit(inline="always")
def conflict(g, k, m):
    """1 if events of two classes must not meet at one time, else 0."""
    return g.relation[k, m] & 1


@njit(inline="always")
def shares_spread(g, k, m):
    """Whether two classes have a spread in common."""
    return g.relation[k, m] >= 2


@njit(cache=True)
def broken_orders(g, s, a, p):
    """Count the orders that an event would break in a period."""
    broken = 0
    for i in range(g.before_ptr[a], g.before_ptr[a + 1]):
        broken += s.period_of[g.before[i]] >= p
    for i in range(g.after_ptr[a], g.after_ptr[a + 1]):
        q = s.period_of[g.after[i]]
        broken += 0 <= q <= p
    return broken


@njit(cache=True)
def group_change(g, s, k, m, p, q):
    """Soft change for groups if an event of class ``k`` moves to another period.

    Groups that class ``m`` is in too are left out, as when two events change places;
    with ``m = k`` none would remain, so -1 stands for no class.
    """
    dp = g.day[p]
    dq = g.day[q]
    bp = g.bit[p]
    bq = g.bit[q]
    total = 0
    for i in range(g.group_ptr[k], g.group_ptr[k + 1]):
        u = g.groups[i]
        if m >= 0 and g.in_group[m, u]:
            continue
        base = g.group_base[u]
        mask = s.mask[u, dp]
        left = mask & ~bp if s.group_count[u, p] == 1 else mask
        if dp == dq:
            change = g.table[base + (left | bq)] - g.table[base + mask]
        else:
            there = s.mask[u, dq]
            change = g.table[base + left] - g.table[base + mask]
            change += g.table[base + (there | bq)] - g.table[base + there]
        total += g.group_weight[u] * change
    return total


@njit(cache=True)
def spread_change(g, s, k, p, q, r, t):
    """Soft change for spreads and options of a move from (p, r) to (q, t)."""
    total = g.period_cost[k, q] - g.period_cost[k, p]
    total += g.room_cost[k, t] - g.room_cost[k, r]
    dp = g.day[p]
    dq = g.day[q]
    for i in range(g.spread_ptr[k], g.spread_ptr[k + 1]):
        u = g.spreads[i]
        if dp != dq:
            used = s.spread_days[u]
            after = used - (s.spread_day[u, dp] == 1) + (s.spread_day[u, dq] == 0)
            total += g.day_cost[u, after] - g.day_cost[u, used]
        if r != t:
            rooms = (s.spread_room[u, t] == 0) - (s.spread_room[u, r] == 1)
            total += g.room_change[u] * rooms
    return total


@njit(cache=True)
def shift(g, s, k, p, q, r, t):
    """Move an event of class ``k`` from (p, r) to (q, t) in all tables but cells."""
    dp = g.day[p]
    dq = g.day[q]
    for i in range(g.spread_ptr[k], g.spread_ptr[k + 1]):
        u = g.spreads[i]
        if dp != dq:
            s.spread_day[u, dp] -= 1
            s.spread_days[u] -= s.spread_day[u, dp] == 0
            s.spread_days[u] += s.spread_day[u, dq] == 0
            s.spread_day[u, dq] += 1
        if r != t:
            s.spread_room[u, r] -= 1
            s.spread_room[u, t] += 1
    if p == q:
        return
    bp = g.bit[p]
    bq = g.bit[q]
    for i in range(g.group_ptr[k], g.group_ptr[k + 1]):
        u = g.groups[i]
        s.group_count[u, p] -= 1
        if s.group_count[u, p] == 0:
            s.mask[u, dp] &= ~bp
        s.group_count[u, q] += 1
        s.mask[u, dq] |= bq
    for i in range(g.near_ptr[k], g.near_ptr[k + 1]):
        m = g.near[i]
        s.clash[p, m] -= 1
        s.clash[q, m] += 1


@njit(cache=True)
def enter(g, s, a, q, t):
    """Place an event that stands nowhere; return the hard and soft change."""
    k = g.class_of[a]
    hard = s.clash[q, k] + broken_orders(g, s, a, q)
    soft = g.period_cost[k, q] + g.room_cost[k, t]
    d = g.day[q]
    for i in range(g.spread_ptr[k], g.spread_ptr[k + 1]):
        u = g.spreads[i]
        used = s.spread_days[u]
        if s.spread_day[u, d] == 0:
            soft += g.day_cost[u, used + 1] - g.day_cost[u, used]
            s.spread_days[u] += 1
        s.spread_day[u, d] += 1
        if s.spread_room[u, t] == 0 and used > 0:
            soft += g.room_change[u]
        s.spread_room[u, t] += 1
    for i in range(g.group_ptr[k], g.group_ptr[k + 1]):
        u = g.groups[i]
        base = g.group_base[u]
        mask = s.mask[u, d]
        s.group_count[u, q] += 1
        s.mask[u, d] = mask | g.bit[q]
        soft += g.group_weight[u] * (
            g.table[base + s.mask[u, d]] - g.table[base + mask]
        )
    for i in range(g.near_ptr[k], g.near_ptr[k + 1]):
        s.clash[q, g.near[i]] += 1
    s.cell[q, t] = a
    s.period_of[a] = q
    s.room_of[a] = t
    return hard, soft


@njit(cache=True)
def entry_change(g, s, a, q):
    """Soft change if an event that stands nowhere enters a period, rooms apart."""
    k = g.class_of[a]
    d = g.day[q]
    soft = g.period_cost[k, q]
    for i in range(g.spread_ptr[k], g.spread_ptr[k + 1]):
        u = g.spreads[i]
        used = s.spread_days[u]
        if s.spread_day[u, d] == 0:
            soft += g.day_cost[u, used + 1] - g.day_cost[u, used]
    for i in range(g.group_ptr[k], g.group_ptr[k + 1]):
        u = g.groups[i]
        base = g.group_base[u]
        mask = s.mask[u, d]
        change = g.table[base + (mask | g.bit[q])] - g.table[base + mask]
        soft += g.group_weight[u] * change
    return soft


@njit(cache=True)
def leave(g, s, a):
    """Take an event out of its cell; return the hard and soft change."""
    k = g.class_of[a]
    p = s.period_of[a]
    r = s.room_of[a]
    soft = -g.period_cost[k, p] - g.room_cost[k, r]
    s.cell[p, r] = -1
    s.period_of[a] = -1
    s.room_of[a] = -1
    d = g.day[p]
    for i in range(g.near_ptr[k], g.near_ptr[k + 1]):
        s.clash[p, g.near[i]] -= 1
    hard = -s.clash[p, k] - broken_orders(g, s, a, p)
    for i in range(g.spread_ptr[k], g.spread_ptr[k + 1]):
        u = g.spreads[i]
        used = s.spread_days[u]
        s.spread_day[u, d] -= 1
        if s.spread_day[u, d] == 0:
            soft += g.day_cost[u, used - 1] - g.day_cost[u, used]
            s.spread_days[u] -= 1
        s.spread_room[u, r] -= 1
        if s.spread_room[u, r] == 0 and s.spread_days[u] > 0:
            soft -= g.room_change[u]
    for i in range(g.group_ptr[k], g.group_ptr[k + 1]):
        u = g.groups[i]
        s.group_count[u, p] -= 1
        if s.group_count[u, p] == 0:
            base = g.group_base[u]
            mask = s.mask[u, d]
            s.mask[u, d] = mask & ~g.bit[p]
            soft += g.group_weight[u] * (
                g.table[base + s.mask[u, d]] - g.table[base + mask]
            )
    return hard, soft


@njit(cache=True)
def enter_pool(s, a):
    """Count an event that stands nowhere as unplaced."""
    size = s.counters[2]
    s.pool[size] = a
    s.pool_pos[a] = size
    s.counters[2] = size + 1
    s.cost[0] += 1


@njit(cache=True)
def leave_pool(s, a):
    """Take an event out of the pool of unplaced ones."""
    size = s.counters[2] - 1
    last = s.pool[size]
    position = s.pool_pos[a]
    s.pool[position] = last
    s.pool_pos[last] = position
    s.pool_pos[a] = -1
    s.counters[2] = size
    s.cost[0] -= 1


@njit(cache=True)
def next_stamp(s):
    """Stamp that no mark bears yet."""
    s.counters[3] += 1
    if s.counters[3] == LAST_STAMP:
        s.marks[:] = 0
        s.kept[:] = 0
        s.counters[3] = 1
    return s.counters[3]


@njit(inline="always")
def note_best(s):
    """Keep the current assignment if it is the best."""
    better = s.cost[0] < s.best_cost[0]
    if better or (s.cost[0] == s.best_cost[0] and s.cost[1] < s.best_cost[1]):
        s.best_cost[:] = s.cost
        s.best_period[:] = s.period_of
        s.best_room[:] = s.room_of

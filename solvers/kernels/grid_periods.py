"""Search over periods at one temperature where rooms cost nothing: never a violation.

An event moves to a period, two events change places, or a Kempe chain changes the
periods of all its events. Rooms follow by augmenting paths. Events without a place wait
in a pool.

References
----------
.. [1] Lewis, R., Thompson, J. (2015). Analysing the effects of solution space
   connectivity with an effective metaheuristic for the course timetabling problem.
   European Journal of Operational Research 240, 637-648.
   doi:10.1016/j.ejor.2014.07.041
.. [2] Goh, S. L., Kendall, G., Sabar, N. R. (2017). Improved local search approaches to
   solve the post enrolment course timetabling problem. European Journal of Operational
   Research 261, 17-29. doi:10.1016/j.ejor.2017.01.040
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .grid_chains import chain_change, chain_keeps_orders, grow_chain
from .grid_forcing import force
from .grid_rooms import free_a_room
from .grid_tables import (
    broken_orders,
    conflict,
    group_change,
    note_best,
    shift,
    spread_change,
)
from .rng import rand_float, rand_int

__all__ = ["anneal_periods", "step_periods"]


@njit(inline="always")
def _survives(s, change, temperature):
    """Metropolis' test."""
    if change <= 0:
        return True
    return rand_float(s.rng) < math.exp(-change / temperature)


@njit(cache=True)
def _transfer(g, s, a, q, temperature):
    """Move an event to a period where nothing is in its way."""
    k = g.class_of[a]
    p = s.period_of[a]
    if s.clash[q, k] > 0 or broken_orders(g, s, a, q) > 0:
        return False
    r = s.room_of[a]
    soft = group_change(g, s, k, -1, p, q) + spread_change(g, s, k, p, q, r, r)
    if not _survives(s, soft, temperature):
        return False
    t = free_a_room(g, s, k, q)
    if t < 0:
        return False
    shift(g, s, k, p, q, r, t)
    s.cell[p, r] = -1
    s.cell[q, t] = a
    s.period_of[a] = q
    s.room_of[a] = t
    s.cost[1] += soft
    return True


@njit(cache=True)
def _orders_allow(g, s, a, q, b, p):
    """Whether no order is broken after ``a`` moved to ``q`` and ``b`` to ``p``."""
    s.period_of[a] = q
    s.period_of[b] = p
    broken = broken_orders(g, s, a, q) + broken_orders(g, s, b, p)
    s.period_of[a] = p
    s.period_of[b] = q
    return broken == 0


@njit(cache=True)
def _swap_rooms(g, s, a, p, b, q):
    """Seat ``b`` in ``p`` and ``a`` in ``q`` after both left; undo it if impossible."""
    r = s.room_of[a]
    t = s.room_of[b]
    s.cell[p, r] = -1
    s.cell[q, t] = -1
    into_p = free_a_room(g, s, g.class_of[b], p)
    if into_p < 0:
        s.cell[p, r] = a
        s.cell[q, t] = b
        return False
    into_q = free_a_room(g, s, g.class_of[a], q)
    if into_q < 0:
        # ``b`` is not written into ``p`` yet; its old companions still have a matching.
        back = free_a_room(g, s, g.class_of[a], p)
        s.cell[p, back] = a
        s.room_of[a] = back
        s.cell[q, t] = b
        return False
    s.cell[p, into_p] = b
    s.room_of[b] = into_p
    s.cell[q, into_q] = a
    s.room_of[a] = into_q
    return True


@njit(cache=True)
def _swap(g, s, a, b, temperature):
    """Let two events change periods if nothing else is in their way."""
    k = g.class_of[a]
    m = g.class_of[b]
    p = s.period_of[a]
    q = s.period_of[b]
    both = conflict(g, k, m)
    if k == m or g.period_cost[m, p] < 0:
        return False
    if s.clash[q, k] > both or s.clash[p, m] > both:
        return False
    if not _orders_allow(g, s, a, q, b, p):
        return False
    soft = group_change(g, s, k, m, p, q) + group_change(g, s, m, k, q, p)
    r = s.room_of[a]
    t = s.room_of[b]
    soft += g.period_cost[k, q] - g.period_cost[k, p]
    soft += g.period_cost[m, p] - g.period_cost[m, q]
    if not _survives(s, soft, temperature):
        return False
    if not _swap_rooms(g, s, a, p, b, q):
        return False
    shift(g, s, k, p, q, r, r)
    shift(g, s, m, q, p, t, t)
    s.period_of[a] = q
    s.period_of[b] = p
    s.cost[1] += soft
    return True


@njit(cache=True)
def _write_row(s, p, row):
    """Bring the cells of a period back to what was kept of them."""
    for r in range(len(row)):
        s.cell[p, r] = row[r]
        if row[r] >= 0:
            s.room_of[row[r]] = r


@njit(cache=True)
def _match_rooms(g, s, chain, p, q):
    """Find rooms for a chain's events in the periods that they change to."""
    for a in chain:
        s.cell[s.period_of[a], s.room_of[a]] = -1
    for a in chain:
        there = p + q - s.period_of[a]
        t = free_a_room(g, s, g.class_of[a], there)
        if t < 0:
            return False
        s.cell[there, t] = a
        s.room_of[a] = t
    return True


@njit(cache=True)
def _kempe(g, s, a, q, temperature):
    """Exchange two periods within the Kempe chain of an event."""
    p = s.period_of[a]
    size = grow_chain(g, s, a, q)
    if size == 0 or not chain_keeps_orders(g, s, size, p, q):
        return False
    soft = chain_change(g, s, size, p, q)
    for i in range(size):
        b = s.queue[i]
        k = g.class_of[b]
        here = s.period_of[b]
        soft += spread_change(g, s, k, here, p + q - here, s.room_of[b], s.room_of[b])
    if not _survives(s, soft, temperature):
        return False
    chain = s.queue[:size].copy()
    s.kept[0, :] = s.cell[p]
    s.kept[1, :] = s.cell[q]
    if not _match_rooms(g, s, chain, p, q):
        _write_row(s, p, s.kept[0])
        _write_row(s, q, s.kept[1])
        return False
    for b in chain:
        here = s.period_of[b]
        shift(g, s, g.class_of[b], here, p + q - here, s.room_of[b], s.room_of[b])
        s.period_of[b] = p + q - here
    s.cost[1] += soft
    return True


@njit(inline="always")
def _draw_period(g, s, a):
    k = g.class_of[a]
    first = g.period_ptr[k]
    return g.periods[first + rand_int(s.rng, g.period_ptr[k + 1] - first)]


@njit(cache=True)
def step_periods(g, s, temperature, chain_rate):
    """Try one move of a placed event; return whether it was made."""
    a = rand_int(s.rng, len(g.class_of))
    p = s.period_of[a]
    q = _draw_period(g, s, a)
    if p < 0 or p == q:
        return False
    if rand_float(s.rng) < chain_rate:
        return _kempe(g, s, a, q, temperature)
    b = s.cell[q, rand_int(s.rng, g.num_rooms)]
    if b == -2:
        return False
    if b == -1:
        return _transfer(g, s, a, q, temperature)
    return _swap(g, s, a, b, temperature)


@njit(cache=True)
def _step_forcing(g, s, temperature, hard_weight):
    """Force an event into a period, one of two from the pool if there is any."""
    if s.counters[2] > 0 and rand_int(s.rng, 2):
        a = np.int64(s.pool[rand_int(s.rng, s.counters[2])])
    else:
        a = rand_int(s.rng, len(g.class_of))
    q = _draw_period(g, s, a)
    if s.period_of[a] == q:
        return False
    return force(g, s, a, q, temperature, hard_weight)


@njit(cache=True, nogil=True)
def anneal_periods(g, s, work, temperature, hard_weight, rates):
    """Try ``work`` moves.

    Parameters
    ----------
    g, s
        Packed problem and state; rooms cost nothing and no placed event clashes.
    work
        Moves to try.
    temperature, hard_weight
        Of Metropolis' tests, and the cost of an unplaced event.
    rates
        Shares of moves that are Kempe chains, and that force others out.

    Returns
    -------
    tuple
        Moves tried, accepted, and tried while all events were placed.
    """
    accepted = 0
    tried = 0
    complete = 0
    chain_rate, force_rate = rates
    while tried < work:
        tried += 1
        if tried & 1023 == 0 and s.stop[0]:
            break
        complete += s.counters[2] == 0
        if rand_float(s.rng) < force_rate:
            made = _step_forcing(g, s, temperature, hard_weight)
        else:
            made = step_periods(g, s, temperature, chain_rate)
        if made:
            accepted += 1
            note_best(s)
    s.counters[0] += tried
    s.counters[1] += accepted
    return tried, accepted, complete

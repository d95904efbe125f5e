"""Search over cells at one temperature: an event moves, or two change places.

Clashes may arise; each costs the hard weight. A move that adds clashes has to survive
that first and then, by another draw, its soft change, so that most moves end before
the soft change is looked at. A move that removes clashes may pay for soft cost by it.

References
----------
.. [1] Bellio, R., Ceschia, S., Di Gaspero, L., Schaerf, A., Urli, T. (2016).
   Feature-based tuning of simulated annealing applied to the curriculum-based
   course timetabling problem. Computers & Operations Research 65, 83-92.
   doi:10.1016/j.cor.2015.07.002
.. [2] Christen, J. A., Fox, C. (2005). Markov chain Monte Carlo using an
   approximation. Journal of Computational and Graphical Statistics 14, 795-810.
   doi:10.1198/106186005X76983
"""

from __future__ import annotations

import math

from numba import njit

from .grid_chains import (
    chain_change,
    chain_keeps_orders,
    choose_rooms,
    grow_chain,
    turn_chain,
)
from .grid_tables import (
    broken_orders,
    conflict,
    enter,
    group_change,
    leave,
    note_best,
    shares_spread,
    shift,
    spread_change,
)
from .rng import rand_float, rand_int

__all__ = ["anneal_cells"]


@njit(inline="always")
def _survives(s, change, temperature):
    """Metropolis' test."""
    if change <= 0:
        return True
    return rand_float(s.rng) < math.exp(-change / temperature)


@njit(cache=True)
def _move(g, s, a, q, t, temperature, hard_weight):
    """Move an event to an empty cell, unless the test fails."""
    k = g.class_of[a]
    p = s.period_of[a]
    r = s.room_of[a]
    hard = 0
    soft = 0
    if p != q:
        hard = s.clash[q, k] - s.clash[p, k] + 1
        hard += broken_orders(g, s, a, q) - broken_orders(g, s, a, p)
        if not _survives(s, hard * hard_weight, temperature):
            return False
        soft = group_change(g, s, k, -1, p, q)
    soft += spread_change(g, s, k, p, q, r, t)
    if not _survives(s, soft + min(0, hard) * hard_weight, temperature):
        return False
    shift(g, s, k, p, q, r, t)
    s.cell[p, r] = -1
    s.cell[q, t] = a
    s.period_of[a] = q
    s.room_of[a] = t
    s.cost[0] += hard
    s.cost[1] += soft
    return True


@njit(cache=True)
def _exchange(g, s, a, b, temperature, hard_weight):
    """Let two events of different classes change places, unless the test fails."""
    k = g.class_of[a]
    m = g.class_of[b]
    p = s.period_of[a]
    q = s.period_of[b]
    r = s.room_of[a]
    t = s.room_of[b]
    hard = 0
    soft = 0
    if p != q:
        both = conflict(g, k, m)
        hard = s.clash[q, k] - s.clash[p, k] + s.clash[p, m] - s.clash[q, m]
        hard += 2 - 2 * both
        if not _survives(s, hard * hard_weight, temperature):
            return False
        soft = group_change(g, s, k, m, p, q) + group_change(g, s, m, k, q, p)
    soft += spread_change(g, s, k, p, q, r, t) + spread_change(g, s, m, q, p, t, r)
    if not _survives(s, soft + min(0, hard) * hard_weight, temperature):
        return False
    shift(g, s, k, p, q, r, t)
    shift(g, s, m, q, p, t, r)
    s.cell[p, r] = b
    s.cell[q, t] = a
    s.period_of[a] = q
    s.room_of[a] = t
    s.period_of[b] = p
    s.room_of[b] = r
    s.cost[0] += hard
    s.cost[1] += soft
    return True


@njit(cache=True)
def _replace(g, s, a, q, t):
    """Put an event into a cell; whoever stands there takes the event's own."""
    p = s.period_of[a]
    r = s.room_of[a]
    b = s.cell[q, t]
    hard, soft = leave(g, s, a)
    if b >= 0:
        more = leave(g, s, b)
        hard += more[0]
        soft += more[1]
    more = enter(g, s, a, q, t)
    hard += more[0]
    soft += more[1]
    if b >= 0:
        more = enter(g, s, b, p, r)
        hard += more[0]
        soft += more[1]
    return hard, soft


@njit(cache=True)
def _try_replacing(g, s, a, q, t, temperature, hard_weight):
    """Exchange by doing it, as events with an order or a common spread need."""
    p = s.period_of[a]
    r = s.room_of[a]
    hard, soft = _replace(g, s, a, q, t)
    kept = _survives(s, hard * hard_weight, temperature)
    if kept and _survives(s, soft + min(0, hard) * hard_weight, temperature):
        s.cost[0] += hard
        s.cost[1] += soft
        return True
    _replace(g, s, a, p, r)
    return False


@njit(cache=True)
def _try_cell(g, s, a, q, t, temperature, hard_weight):
    """Move an event to a cell, exchanging it with whoever stands there."""
    b = s.cell[q, t]
    if b < 0:
        return b == -1 and _move(g, s, a, q, t, temperature, hard_weight)
    k = g.class_of[a]
    m = g.class_of[b]
    p = s.period_of[a]
    r = s.room_of[a]
    if k == m and len(g.before) == 0:
        return False
    if g.period_cost[m, p] < 0 or g.room_cost[m, r] < 0:
        return False
    if shares_spread(g, k, m) or len(g.before) > 0:
        return _try_replacing(g, s, a, q, t, temperature, hard_weight)
    return _exchange(g, s, a, b, temperature, hard_weight)


@njit(cache=True)
def _try_chain(g, s, a, q, temperature, hard_weight):
    """Exchange two periods within the Kempe chain of an event.

    While events clash, or where the chain is the event alone, it moves alone.
    """
    if s.cost[0] > s.counters[2] or s.clash[q, g.class_of[a]] == 0:
        return _try_cell(g, s, a, q, s.room_of[a], temperature, hard_weight)
    p = s.period_of[a]
    size = grow_chain(g, s, a, q)
    if size == 0 or not chain_keeps_orders(g, s, size, p, q):
        return False
    found, soft = choose_rooms(g, s, size, p, q)
    if not found:
        return False
    soft += chain_change(g, s, size, p, q)
    if not _survives(s, soft, temperature):
        return False
    turn_chain(g, s, size, p, q)
    s.cost[1] += soft
    return True


@njit(cache=True, nogil=True)
def anneal_cells(g, s, work, temperature, hard_weight, rates):
    """Try ``work`` moves.

    Parameters
    ----------
    g, s
        Packed problem and state.
    work
        Moves to try.
    temperature
        Of Metropolis' test, > 0.
    hard_weight
        Cost of one hard violation, > 0.
    rates
        Shares of moves that change the room only, the period only, and that are Kempe
        chains.

    Returns
    -------
    tuple
        Moves tried, and accepted.
    """
    accepted = 0
    tried = 0
    events = len(g.class_of)
    room_rate, stay_rate, chain_rate = rates
    while tried < work:
        tried += 1
        if tried & 1023 == 0 and s.stop[0]:
            break
        a = rand_int(s.rng, events)
        p = s.period_of[a]
        if p < 0:
            continue
        k = g.class_of[a]
        q = p
        t = s.room_of[a]
        dice = rand_float(s.rng)
        if dice >= room_rate:
            first = g.period_ptr[k]
            q = g.periods[first + rand_int(s.rng, g.period_ptr[k + 1] - first)]
        if dice >= 1.0 - chain_rate:
            if q != p and _try_chain(g, s, a, q, temperature, hard_weight):
                accepted += 1
                note_best(s)
            continue
        if dice < 1.0 - chain_rate - stay_rate:
            first = g.room_ptr[k]
            t = g.rooms[first + rand_int(s.rng, g.room_ptr[k + 1] - first)]
        if q == p and t == s.room_of[a]:
            continue
        if _try_cell(g, s, a, q, t, temperature, hard_weight):
            accepted += 1
            note_best(s)
    s.counters[0] += tried
    s.counters[1] += accepted
    return tried, accepted

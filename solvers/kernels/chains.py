"""Chains: move an event, then find a new place for every event that it now breaks.

Entering a move into the tables costs many times what reading one does, so a chain is
first reckoned from tables that hold the old assignment, with the difference that the
first move makes; what cannot be accepted ends there.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .following import leads_away, note, take_along, wish_left
from .moves import apply_move, move_delta
from .places import find_places
from .rng import rand_float
from .state import MAX_CHAIN

__all__ = ["MAX_BROKEN", "chain"]

MAX_BROKEN = 3
"""Events that the first move may break where chains from more are not worth it."""

WISH_RATE = 0.5
"""How often a chain that leaves a group wanted by soft constraints takes it along."""
_HUGE = 1e300


@njit(cache=True)
def _add_clash(x, j, stamp, n):
    if x.marks[j] != stamp:
        x.marks[j] = stamp
        x.clash[n] = j
        return n + 1
    return n


@njit(cache=True)
def _broken_by(p, x, i, t, r, stamp, most):
    """List the events in hard conflict with an event placed so; stops above ``most``.

    Events marked with the stamp are passed over.
    """
    n = 0
    for k in range(p.pair_ptr[i], p.pair_ptr[i + 1]):
        j = p.pair_other[k]
        if p.pair_hard[k] and p.tables[p.pair_table[k], t, x.time_of[j]]:
            n = _add_clash(x, j, stamp, n)
            if n > most:
                return n
    for k in range(p.same_ptr[i], p.same_ptr[i + 1]):
        j = p.same_other[k]
        differs = 1 if x.room_of[j] != r else 0
        if p.same_hard[k] and p.same_wanted[k] == differs:
            n = _add_clash(x, j, stamp, n)
            if n > most:
                return n
    own = np.int64(0)
    if x.room_of[i] == r:
        own += p.overlap[x.time_of[i], t]
    if r < p.num_rooms and x.room_use[r, t] > own:
        j = x.room_head[r]
        while j >= 0:
            if j != i and p.overlap[t, x.time_of[j]]:
                n = _add_clash(x, j, stamp, n)
                if n > most:
                    return n
            j = x.room_next[j]
    return n


@njit(cache=True)
def _replace(p, x, j, hard_weight):
    """Move an event to the best other place, unless each breaks more than it mends."""
    find_places(p, x, j, -1, 0, 0, hard_weight)
    best = _HUGE
    choice = -1
    best_hard = best_soft = np.int64(0)
    for k in range(3):
        c = x.places[k, 0]
        if c >= 0:
            d = x.places[k, 1]
            hard, soft, _ = move_delta(p, x, j, c, d, np.inf, hard_weight)
            value = hard_weight * hard + soft
            if value < best:
                best = value
                choice, best_hard, best_soft = k, hard, soft
    if best < hard_weight:
        c, d = x.places[choice, 0], x.places[choice, 1]
        apply_move(p, x, j, c, d, best_hard, best_soft)
        return True
    return False


@njit(cache=True)
def _least_change(p, x, i, t, r, broken, hard, soft, hard_weight):
    """Least that the chain can come to, as tables tell, all that it breaks mended.

    ``hard`` and ``soft`` are the change by the first move.
    """
    for k in range(broken):
        find_places(p, x, x.clash[k], i, t, r, hard_weight)
        if x.places[0, 0] < 0:
            return _HUGE
        hard += x.places[0, 2]
        soft += x.places[0, 3]
    return hard_weight * min(hard, 0) + soft


@njit(cache=True)
def chain(p, x, i, time_pos, room_pos, threshold, hard_weight, most):
    """Try a chain that starts with the given move; undo it unless it is accepted.

    An event that would leave its group takes the group along. Accepted is a total
    change of at most ``threshold``. The first move may break at most ``most`` events,
    <= ``MAX_CHAIN`` - 1.
    """
    hard, soft, accepted = move_delta(
        p, x, i, time_pos, room_pos, threshold, hard_weight
    )
    if accepted and hard <= 0:
        apply_move(p, x, i, time_pos, room_pos, hard, soft)
        return True
    x.counters[4] += 1
    stamp = x.counters[4]
    x.marks[i] = stamp
    t = p.time_ids[time_pos]
    r = p.room_ids[room_pos]
    group = -1
    if leads_away(p, x, i, t, r):
        group = p.group_of[i]
    elif rand_float(x.rng) < WISH_RATE:
        group = wish_left(p, x, i, t, r, -stamp)
    broken = 0
    if group < 0:
        broken = _broken_by(p, x, i, t, r, stamp, most)
        if broken > most:
            return False
        if broken == 0:
            if accepted:
                apply_move(p, x, i, time_pos, room_pos, hard, soft)
            return accepted
    if not accepted:
        hard, soft, _ = move_delta(p, x, i, time_pos, room_pos, np.inf, hard_weight)
    if group < 0:
        least = _least_change(p, x, i, t, r, broken, hard, soft, hard_weight)
        if least > threshold:
            return False
    hard0 = x.cost[0]
    soft0 = x.cost[1]
    note(x, 0, i)
    apply_move(p, x, i, time_pos, room_pos, hard, soft)
    n = 1
    if group >= 0:
        n = take_along(p, x, i, group, stamp, n, hard_weight)
    longest = n + MAX_CHAIN - 1
    done = 0
    failed = False
    while done < n and not failed:
        if done > 0 or group >= 0:
            change = hard_weight * (x.cost[0] - hard0) + (x.cost[1] - soft0)
            if change <= threshold and x.cost[0] <= hard0:
                break
            e = x.log[done, 0]
            broken = _broken_by(p, x, e, x.time_of[e], x.room_of[e], stamp, longest - n)
        if n + broken > longest:
            failed = True
        else:
            for k in range(broken):
                j = x.clash[k]
                note(x, n, j)
                if _replace(p, x, j, hard_weight):
                    n += 1
        done += 1
    change = hard_weight * (x.cost[0] - hard0) + (x.cost[1] - soft0)
    if not failed and change <= threshold:
        return True
    for k in range(n - 1, -1, -1):
        j = x.log[k, 0]
        apply_move(p, x, j, x.log[k, 1], x.log[k, 2], np.int64(0), np.int64(0))
    x.cost[0] = hard0
    x.cost[1] = soft0
    return False

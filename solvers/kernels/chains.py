"""Chains: move an event, then find a new place for every event that it now breaks.

Entering a move into the tables costs many times what reading one does, so a chain is
first reckoned from tables that hold the old assignment, with the difference that the
first move makes; what cannot be accepted ends there.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .moves import apply_move, move_delta
from .places import find_places, rate_times, room_parts
from .rng import rand_int
from .state import MAX_CHAIN

__all__ = ["MAX_BROKEN", "chain"]

MAX_BROKEN = 3
"""Events that the first move may break where chains from more are not worth it."""

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
def _note(x, n, i):
    x.log[n, 0] = i
    x.log[n, 1] = x.time_pos[i]
    x.log[n, 2] = x.room_pos[i]


@njit(cache=True)
def _leads_away(p, x, i, t, r):
    """Whether an event placed so leaves the group that it belongs to."""
    group = p.group_of[i]
    if group < 0:
        return False
    for k in range(p.pair_ptr[i], p.pair_ptr[i + 1]):
        j = p.pair_other[k]
        if p.group_of[j] == group and p.pair_hard[k]:
            if p.tables[p.pair_table[k], t, x.time_of[j]]:
                return True
    for k in range(p.same_ptr[i], p.same_ptr[i + 1]):
        j = p.same_other[k]
        if p.group_of[j] == group and p.same_hard[k]:
            if p.same_wanted[k] and x.room_of[j] != r:
                return True
    return False


@njit(cache=True)
def _follow(p, x, j, awaited, hard_weight):
    """Move an event to where it breaks least, events marked as awaited not counted."""
    first_t = p.time_ptr[j]
    num_t = p.time_ptr[j + 1] - first_t
    rate_times(p, x, j, -1, 0)
    for k in range(p.pair_ptr[j], p.pair_ptr[j + 1]):
        other = p.pair_other[k]
        if x.marks[other] == awaited:
            table = p.tables[p.pair_table[k]]
            y = x.time_of[other]
            for m in range(num_t):
                violated = np.int64(table[p.time_ids[first_t + m], y])
                x.option_hard[m] -= p.pair_hard[k] * violated
                x.option_soft[m] -= p.pair_soft[k] * violated
    best = _HUGE
    time_to = x.time_pos[j]
    room_to = x.room_pos[j]
    c = rand_int(x.rng, num_t)
    for _ in range(num_t):
        c += 1
        if c >= num_t:
            c = np.int64(0)
        time_value = hard_weight * x.option_hard[c] + x.option_soft[c]
        if time_value >= best:
            continue
        y = p.time_ids[first_t + c]
        for d in range(p.room_ptr[j], p.room_ptr[j + 1]):
            hard, soft = room_parts(p, x, j, y, d, -1, 0, 0, np.int64(-1))
            for k in range(p.same_ptr[j], p.same_ptr[j + 1]):
                other = p.same_other[k]
                if x.marks[other] == awaited:
                    differs = 1 if x.room_of[other] != p.room_ids[d] else 0
                    if p.same_wanted[k] == differs:
                        hard -= p.same_hard[k]
                        soft -= p.same_soft[k]
            value = time_value + hard_weight * hard + soft
            if value < best:
                best = value
                time_to, room_to = first_t + c, d
    if time_to != x.time_pos[j] or room_to != x.room_pos[j]:
        hard, soft, _ = move_delta(p, x, j, time_to, room_to, np.inf, hard_weight)
        apply_move(p, x, j, time_to, room_to, hard, soft)


@njit(cache=True)
def _take_along(p, x, i, stamp, n, hard_weight):
    """Let the group of an event follow it; returns the events noted so far."""
    group = p.group_of[i]
    for k in range(p.group_ptr[group], p.group_ptr[group + 1]):
        if p.group_events[k] != i:
            x.marks[p.group_events[k]] = -stamp
    for k in range(p.group_ptr[group], p.group_ptr[group + 1]):
        j = p.group_events[k]
        if j != i:
            _note(x, n, j)
            n += 1
            x.marks[j] = stamp
            _follow(p, x, j, -stamp, hard_weight)
    return n


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
    as_group = _leads_away(p, x, i, t, r)
    broken = 0
    if not as_group:
        broken = _broken_by(p, x, i, t, r, stamp, most)
        if broken > most:
            return False
        if broken == 0:
            if accepted:
                apply_move(p, x, i, time_pos, room_pos, hard, soft)
            return accepted
    if not accepted:
        hard, soft, _ = move_delta(p, x, i, time_pos, room_pos, np.inf, hard_weight)
    if not as_group:
        least = _least_change(p, x, i, t, r, broken, hard, soft, hard_weight)
        if least > threshold:
            return False
    hard0 = x.cost[0]
    soft0 = x.cost[1]
    _note(x, 0, i)
    apply_move(p, x, i, time_pos, room_pos, hard, soft)
    n = 1
    if as_group:
        n = _take_along(p, x, i, stamp, n, hard_weight)
    longest = n + MAX_CHAIN - 1
    done = 0
    failed = False
    while done < n and not failed:
        if done > 0 or as_group:
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
                _note(x, n, j)
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

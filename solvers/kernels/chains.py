"""Chains: move an event, then find a new place for every event that it now breaks."""

from __future__ import annotations

import numpy as np
from numba import njit

from .moves import apply_move, move_delta
from .rng import rand_int
from .state import MAX_CHAIN

__all__ = ["chain"]

MAX_ROOMS_TRIED = 14
_HUGE = 1e300


@njit(cache=True)
def _add_clash(x, j, stamp, n):
    if x.marks[j] != stamp:
        x.marks[j] = stamp
        x.clash[n] = j
        return n + 1
    return n


@njit(cache=True)
def _broken_by(p, x, i, stamp, most):
    """List the events in hard conflict with an event; stops above ``most``."""
    n = 0
    t = x.time_of[i]
    r = x.room_of[i]
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
    if r < p.num_rooms and x.room_use[r, t] > 1:
        j = x.room_head[r]
        while j >= 0:
            if j != i and p.overlap[t, x.time_of[j]]:
                n = _add_clash(x, j, stamp, n)
                if n > most:
                    return n
            j = x.room_next[j]
    return n


@njit(cache=True)
def _two_best_times(p, x, j, hard_weight):
    """Positions of the two times that tables rate best, from a random first on."""
    first = p.time_ptr[j]
    num = p.time_ptr[j + 1] - first
    fixed_room = p.room_ptr[j + 1] - p.room_ptr[j] == 1 and x.room_of[j] < p.num_rooms
    best = second = _HUGE
    best_pos = second_pos = x.time_pos[j]
    offset = rand_int(x.rng, num)
    for k in range(num):
        c = first + (offset + k) % num
        t = p.time_ids[c]
        value = hard_weight * x.time_hard[c] + x.time_soft[c] + p.time_cost[c]
        if fixed_room:
            own = p.overlap[x.time_of[j], t]
            value += hard_weight * (x.room_use[x.room_of[j], t] - np.int64(own))
        if value < best:
            second, second_pos = best, best_pos
            best, best_pos = value, c
        elif value < second:
            second, second_pos = value, c
    return best_pos, second_pos


@njit(cache=True)
def _replace(p, x, j, hard_weight):
    """Move an event to its best place among good times and some rooms."""
    best_pos, second_pos = _two_best_times(p, x, j, hard_weight)
    first = p.room_ptr[j]
    num = p.room_ptr[j + 1] - first
    tried = min(num, MAX_ROOMS_TRIED)
    best = _HUGE
    time_to = x.time_pos[j]
    room_to = x.room_pos[j]
    best_hard = np.int64(0)
    best_soft = np.int64(0)
    for choice in range(3):
        c = x.time_pos[j]
        if choice == 0:
            c = best_pos
        elif choice == 1:
            c = second_pos
        offset = rand_int(x.rng, num)
        for k in range(tried + 1):
            r = x.room_pos[j]
            if k < tried:
                r = first + (offset + k) % num
            if c == x.time_pos[j] and r == x.room_pos[j]:
                continue
            hard, soft, _ = move_delta(p, x, j, c, r, np.inf, hard_weight)
            value = hard_weight * hard + soft
            if value < best:
                best = value
                time_to, room_to, best_hard, best_soft = c, r, hard, soft
    if best < hard_weight:
        apply_move(p, x, j, time_to, room_to, best_hard, best_soft)
        return True
    return False


@njit(cache=True)
def _note(x, n, i):
    x.log[n, 0] = i
    x.log[n, 1] = x.time_pos[i]
    x.log[n, 2] = x.room_pos[i]


@njit(cache=True)
def chain(p, x, i, time_pos, room_pos, threshold, hard_weight):
    """Try a chain that starts with the given move; undo it unless it is accepted.

    Accepted is a total change of at most ``threshold``.
    """
    x.counters[4] += 1
    stamp = x.counters[4]
    hard0 = x.cost[0]
    soft0 = x.cost[1]
    hard, soft, _ = move_delta(p, x, i, time_pos, room_pos, np.inf, hard_weight)
    _note(x, 0, i)
    x.marks[i] = stamp
    apply_move(p, x, i, time_pos, room_pos, hard, soft)
    n = 1
    done = 0
    failed = False
    while done < n and not failed:
        change = hard_weight * (x.cost[0] - hard0) + (x.cost[1] - soft0)
        if change <= threshold and x.cost[0] <= hard0:
            break
        broken = _broken_by(p, x, x.log[done, 0], stamp, MAX_CHAIN - n)
        if n + broken > MAX_CHAIN:
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

"""Search over placements at one temperature: single moves, swaps and chains.

References
----------
.. [1] Bellio, R., Ceschia, S., Di Gaspero, L., Schaerf, A., Urli, T. (2016).
   Feature-based tuning of simulated annealing applied to the curriculum-based
   course timetabling problem. Computers & Operations Research 65, 83-92.
   doi:10.1016/j.cor.2015.07.002
.. [2] Mueller, T. (2009). ITC2007 solver description: a hybrid approach. Annals of
   Operations Research 172, 429-446. doi:10.1007/s10479-009-0644-y
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .chains import MAX_BROKEN, chain
from .moves import apply_move, move_delta
from .rng import rand_float, rand_int
from .state import MAX_CHAIN

__all__ = ["anneal_events", "keep_best", "pays", "sample_soft_changes", "violated"]

FOCUS_REFRESH = 1000
FEW = 4
"""Moves start from events that pay while these are at most one in so many."""
CHAIN_WORK = 20
ANY, TIME, ROOM = 0, 1, 2


@njit(cache=True)
def violated(p, x, i):
    """Whether an event takes part in a hard violation."""
    r = x.room_of[i]
    amount = x.time_hard[x.time_pos[i]] + x.far_hard[i]
    if p.room_row[i] >= 0:
        amount += x.same_hard[p.room_row[i], r]
    if r < p.num_rooms:
        amount += x.room_use[r, x.time_of[i]] - 1
    if amount > 0:
        return True
    for k in range(p.member_ptr[i], p.member_ptr[i + 1]):
        q = p.member_list[k]
        if p.list_hard[q] and x.list_value[q] > 0:
            return True
    return False


@njit(cache=True)
def keep_best(x):
    """Copy the current assignment if it is a better one not yet copied."""
    if x.counters[5]:
        x.best_time[:] = x.time_pos
        x.best_room[:] = x.room_pos
        x.best_bundle[:] = x.bundle_of
        x.counters[5] = 0


@njit(cache=True)
def note_best(x):
    """Remember the current cost if it is the best; the copy is made when it is left."""
    hard = x.cost[0] + x.cost[2]
    soft = x.cost[1]
    if hard < x.best_cost[0] or (hard == x.best_cost[0] and soft < x.best_cost[1]):
        x.best_cost[0] = hard
        x.best_cost[1] = soft
        x.counters[5] = 1


@njit(inline="always")
def _draw(p, x, i, kind):
    """Positions of a random move of an event: its time, its room, or both."""
    first_t = p.time_ptr[i]
    num_t = p.time_ptr[i + 1] - first_t
    first_r = p.room_ptr[i]
    num_r = p.room_ptr[i + 1] - first_r
    time_pos = x.time_pos[i]
    room_pos = x.room_pos[i]
    dice = rand_int(x.rng, 4)
    if num_t > 1 and kind != ROOM and (dice < 3 or num_r == 1 or kind == TIME):
        time_pos = first_t + rand_int(x.rng, num_t)
    if num_r > 1 and kind != TIME and (dice != 1 or num_t == 1 or kind == ROOM):
        room_pos = first_r + rand_int(x.rng, num_r)
    return time_pos, room_pos


@njit(cache=True)
def pays(p, x, i):
    """Whether an event takes part in soft cost that other options could avoid."""
    time_pos = x.time_pos[i]
    room_pos = x.room_pos[i]
    if p.time_cost[time_pos] + p.room_cost[room_pos] > p.least_cost[i]:
        return True
    if x.time_soft[time_pos] + x.far_soft[i] > 0:
        return True
    row = p.room_row[i]
    if row >= 0 and x.same_soft[row, x.room_of[i]] > 0:
        return True
    for k in range(p.member_ptr[i], p.member_ptr[i + 1]):
        if x.list_cost[p.member_list[k], 1] > 0:
            return True
    return False


@njit(cache=True)
def _find(p, x, found, paying):
    """List the movable events that pay, or those in violations; return how many."""
    n = 0
    for k in range(len(p.movable)):
        i = p.movable[k]
        if pays(p, x, i) if paying else violated(p, x, i):
            found[n] = i
            n += 1
    return n


@njit(cache=True)
def _option(ids, first, last, wanted):
    for k in range(first, last):
        if ids[k] == wanted:
            return np.int64(k)
    return np.int64(-1)


@njit(cache=True)
def _swap(p, x, i, threshold, hard_weight):
    """Exchange the placements of two events, or undo it; return whether it stands."""
    j = p.movable[rand_int(x.rng, len(p.movable))]
    if i == j or (x.time_of[i] == x.time_of[j] and x.room_of[i] == x.room_of[j]):
        return False
    ti = _option(p.time_ids, p.time_ptr[i], p.time_ptr[i + 1], x.time_of[j])
    tj = _option(p.time_ids, p.time_ptr[j], p.time_ptr[j + 1], x.time_of[i])
    if ti < 0 or tj < 0:
        return False
    ri = _option(p.room_ids, p.room_ptr[i], p.room_ptr[i + 1], x.room_of[j])
    rj = _option(p.room_ids, p.room_ptr[j], p.room_ptr[j + 1], x.room_of[i])
    if ri < 0 or rj < 0:
        ri = x.room_pos[i]
        rj = x.room_pos[j]
    old_t = x.time_pos[i]
    old_r = x.room_pos[i]
    hard0 = x.cost[0]
    soft0 = x.cost[1]
    hard, soft, _ = move_delta(p, x, i, ti, ri, np.inf, hard_weight)
    keep_best(x)
    apply_move(p, x, i, ti, ri, hard, soft)
    hard, soft, _ = move_delta(p, x, j, tj, rj, np.inf, hard_weight)
    total = hard_weight * (x.cost[0] + hard - hard0) + (x.cost[1] + soft - soft0)
    if total <= threshold:
        apply_move(p, x, j, tj, rj, hard, soft)
        return True
    apply_move(p, x, i, old_t, old_r, np.int64(0), np.int64(0))
    x.cost[0] = hard0
    x.cost[1] = soft0
    return False


@njit(inline="always")
def _is_worse(hard, soft):
    return hard > 0 or (hard == 0 and soft > 0)


@njit(cache=True, nogil=True)
def anneal_events(p, x, work, temperature, hard_weight, growth, kind, rates, until):
    """Search at one temperature; return the work done and the hard weight reached.

    Parameters
    ----------
    p, x
        ``InstanceArrays`` and ``State``.
    work
        Moves to try; a chain counts as 20.
    temperature
        Metropolis temperature in units of cost; 0 accepts no worse move.
    hard_weight
        Cost of one hard violation.
    growth
        ``(factor, lowest, highest)``: the weight is multiplied by the factor after
        every 1000 moves without a feasible assignment, else divided; factor 1 keeps it.
    kind
        0 any move, 1 times only, 2 rooms only.
    rates
        ``(chain, swap, focus, costly)`` shares of moves that are chains, swaps, or
        start from a violated event; while there is none, from one that pays, if
        those are few.
    until
        1 returns as soon as no hard constraint is violated.
    """
    focus = np.empty(len(p.movable), np.int32)
    num_focus = 0
    paying = np.empty(len(p.movable), np.int32)
    num_paying = 0
    next_paying = np.int64(0)
    was_feasible = x.cost[0] == 0
    done = np.int64(0)
    weight = hard_weight
    next_refresh = np.int64(0)
    most_broken = MAX_CHAIN - 1 if until else MAX_BROKEN
    if len(p.movable) == 0:
        note_best(x)
        keep_best(x)
        return work, weight
    while done < work:
        if done >= next_refresh:
            next_refresh = done + FOCUS_REFRESH
            if x.stop[0]:
                break
            if was_feasible:
                weight = max(growth[1], weight / growth[0])
            else:
                weight = min(growth[2], weight * growth[0])
            was_feasible = x.cost[0] == 0
            num_focus = 0
            if rates[2] > 0 and x.cost[0] > 0:
                num_focus = _find(p, x, focus, False)
            if rates[3] > 0 and done >= next_paying:
                next_paying = done + max(FOCUS_REFRESH, 2 * len(p.movable))
                num_paying = _find(p, x, paying, True)
                if FEW * num_paying > len(p.movable):
                    num_paying = 0
        done += 1
        if num_focus > 0 and rand_float(x.rng) < rates[2]:
            i = focus[rand_int(x.rng, num_focus)]
        elif num_focus == 0 and num_paying > 0 and rand_float(x.rng) < rates[3]:
            i = paying[rand_int(x.rng, num_paying)]
        else:
            i = p.movable[rand_int(x.rng, len(p.movable))]
        threshold = -temperature * math.log(rand_float(x.rng))
        dice = rand_float(x.rng)
        x.counters[0] += 1
        if dice < rates[0] + rates[1] and dice >= rates[0]:
            if _swap(p, x, i, threshold, weight):
                x.counters[1] += 1
        else:
            time_pos, room_pos = _draw(p, x, i, kind)
            if time_pos == x.time_pos[i] and room_pos == x.room_pos[i]:
                continue
            if dice < rates[0]:
                keep_best(x)
                done += CHAIN_WORK - 1
                x.counters[2] += 1
                if not chain(
                    p, x, i, time_pos, room_pos, threshold, weight, most_broken
                ):
                    continue
                x.counters[3] += 1
            else:
                hard, soft, accepted = move_delta(
                    p, x, i, time_pos, room_pos, threshold, weight
                )
                if not accepted:
                    continue
                x.counters[1] += 1
                if _is_worse(hard, soft):
                    keep_best(x)
                apply_move(p, x, i, time_pos, room_pos, hard, soft)
        note_best(x)
        if x.cost[0] == 0:
            was_feasible = True
            if until:
                break
    keep_best(x)
    return done, weight


@njit(cache=True, nogil=True)
def sample_soft_changes(p, x, changes):
    """Fill ``changes`` with soft changes above 0 of random moves; return how many."""
    n = 0
    if len(p.movable) == 0:
        return n
    for _ in range(4 * len(changes)):
        if n == len(changes):
            break
        i = p.movable[rand_int(x.rng, len(p.movable))]
        time_pos, room_pos = _draw(p, x, i, ANY)
        if time_pos == x.time_pos[i] and room_pos == x.room_pos[i]:
            continue
        _, soft, _ = move_delta(p, x, i, time_pos, room_pos, np.inf, 1.0)
        if soft > 0:
            changes[n] = soft
            n += 1
    return n

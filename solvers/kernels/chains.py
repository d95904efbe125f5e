"""Chains: move an event, then find a new place for every event that it now breaks.

Entering a move into the tables costs many times what reading one does, so a chain is
first reckoned from tables that hold the old assignment, with the difference that the
first move makes; what cannot be accepted ends there.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .moves import apply_move, move_delta
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
def _rate_times(p, x, j, i, t):
    """Hard and soft of the times of an event, were another one at time ``t``."""
    first = p.time_ptr[j]
    num = p.time_ptr[j + 1] - first
    for k in range(num):
        x.option_hard[k] = x.time_hard[first + k]
        x.option_soft[k] = x.time_soft[first + k] + p.time_cost[first + k]
    if i < 0 or x.time_of[i] == t:
        return
    old_t = x.time_of[i]
    for k in range(p.pair_ptr[i], p.pair_ptr[i + 1]):
        if p.pair_other[k] == j:
            now = p.tables[p.pair_table[k], t]
            was = p.tables[p.pair_table[k], old_t]
            for c in range(num):
                y = p.time_ids[first + c]
                change = np.int64(now[y]) - np.int64(was[y])
                x.option_hard[c] += p.pair_hard[k] * change
                x.option_soft[c] += p.pair_soft[k] * change
    for k in range(x.shared_ptr[i], x.shared_ptr[i + 1]):
        if x.shared_other[k] == j:
            cost = p.student_weight * x.shared_count[k]
            for c in range(num):
                y = p.time_ids[first + c]
                change = np.int64(p.overlap[t, y]) - np.int64(p.overlap[old_t, y])
                x.option_soft[c] += cost * change
            break


@njit(cache=True)
def _relation_of_rooms(p, i, j):
    """First room relation of two events, -1 without one."""
    if p.room_row[j] >= 0:
        for k in range(p.same_ptr[i], p.same_ptr[i + 1]):
            if p.same_other[k] == j:
                return np.int64(k)
    return np.int64(-1)


@njit(inline="always")
def _room_parts(p, x, j, y, d, i, t, r, relation):
    """Hard and soft of an event in a room at a time, were another at ``(t, r)``."""
    room = p.room_ids[d]
    hard = np.int64(0)
    soft = p.room_cost[d]
    if room < p.num_rooms:
        hard += x.room_use[room, y]
        if room == x.room_of[j]:
            hard -= p.overlap[x.time_of[j], y]
        if i >= 0:
            if room == r:
                hard += p.overlap[t, y]
            if room == x.room_of[i]:
                hard -= p.overlap[x.time_of[i], y]
    row = p.room_row[j]
    if row >= 0:
        hard += x.same_hard[row, room]
        soft += x.same_soft[row, room]
        if relation >= 0 and r != x.room_of[i]:
            change = np.int64(room == r) - np.int64(room == x.room_of[i])
            for k in range(relation, p.same_ptr[i + 1]):
                if p.same_other[k] == j:
                    sign = -change if p.same_wanted[k] else change
                    hard += sign * p.same_hard[k]
                    soft += sign * p.same_soft[k]
    return hard, soft


@njit(cache=True)
def _find_places(p, x, j, i, t, r, hard_weight):
    """Best three other places that tables know of, were another event at ``(t, r)``.

    They are entered into ``x.places``, best first, as rows (time position, room
    position, change of hard, change of soft); one that does not exist has time position
    -1. Ways and whole-list constraints are not in tables. ``i`` is -1 if nothing
    changes beside the event.
    """
    first_t = p.time_ptr[j]
    num_t = p.time_ptr[j + 1] - first_t
    first_r = p.room_ptr[j]
    num_r = p.room_ptr[j + 1] - first_r
    _rate_times(p, x, j, i, t)
    relation = np.int64(-1)
    if i >= 0:
        relation = _relation_of_rooms(p, i, j)
    own_t = x.time_pos[j]
    own_r = x.room_pos[j]
    own_hard, own_soft = _room_parts(p, x, j, x.time_of[j], own_r, i, t, r, relation)
    own_hard += x.option_hard[own_t - first_t]
    own_soft += x.option_soft[own_t - first_t]
    value0 = value1 = value2 = _HUGE
    x.places[:, 0] = -1
    c = rand_int(x.rng, num_t)
    turn = rand_int(x.rng, num_r)
    for _ in range(num_t):
        c += 1
        if c >= num_t:
            c = np.int64(0)
        time_value = hard_weight * x.option_hard[c] + x.option_soft[c]
        if time_value >= value2:
            continue
        y = p.time_ids[first_t + c]
        best = _HUGE
        best_d = np.int64(-1)
        best_hard = best_soft = np.int64(0)
        d = turn
        for _ in range(num_r):
            d += 1
            if d >= num_r:
                d = np.int64(0)
            if first_r + d == own_r and first_t + c == own_t:
                continue
            hard, soft = _room_parts(p, x, j, y, first_r + d, i, t, r, relation)
            value = hard_weight * hard + soft
            if value < best:
                best, best_d, best_hard, best_soft = value, d, hard, soft
                if value <= 0:
                    break
        if best_d < 0:
            continue
        best += time_value
        if best >= value2:
            continue
        place = 2
        if best < value1:
            x.places[2] = x.places[1]
            value2 = value1
            place = 1
            if best < value0:
                x.places[1] = x.places[0]
                value1 = value0
                value0 = best
                place = 0
            else:
                value1 = best
        else:
            value2 = best
        x.places[place, 0] = first_t + c
        x.places[place, 1] = first_r + best_d
        x.places[place, 2] = x.option_hard[c] + best_hard - own_hard
        x.places[place, 3] = x.option_soft[c] + best_soft - own_soft


@njit(cache=True)
def _replace(p, x, j, hard_weight):
    """Move an event to the best other place, unless each breaks more than it mends."""
    _find_places(p, x, j, -1, 0, 0, hard_weight)
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
    _rate_times(p, x, j, -1, 0)
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
            hard, soft = _room_parts(p, x, j, y, d, -1, 0, 0, np.int64(-1))
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
        _find_places(p, x, x.clash[k], i, t, r, hard_weight)
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

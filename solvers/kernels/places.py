"""What the places of an event would cost, were another event moved: from tables alone.

Ways between rooms and whole-list constraints are not in tables, nor is the price of a
room that opens.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .rng import rand_int

__all__ = ["find_places", "rate_times", "room_parts"]

_HUGE = 1e300


@njit(cache=True)
def rate_times(p, x, j, i, t):
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
def room_parts(p, x, j, y, d, i, t, r, relation):
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
def find_places(p, x, j, i, t, r, hard_weight):
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
    rate_times(p, x, j, i, t)
    relation = np.int64(-1)
    if i >= 0:
        relation = _relation_of_rooms(p, i, j)
    own_t = x.time_pos[j]
    own_r = x.room_pos[j]
    own_hard, own_soft = room_parts(p, x, j, x.time_of[j], own_r, i, t, r, relation)
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
            hard, soft = room_parts(p, x, j, y, first_r + d, i, t, r, relation)
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

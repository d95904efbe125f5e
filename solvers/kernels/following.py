"""Groups of events that follow one of them, because constraints hold them together."""

from __future__ import annotations

import numpy as np
from numba import njit

from .moves import apply_move, move_delta
from .places import rate_times, room_parts
from .rng import rand_int

__all__ = ["leads_away", "note", "take_along", "wish_left"]

APART = 3
"""Hard violations that an event accepts to stay with the one it follows."""

_HUGE = 1e300


@njit(cache=True)
def leads_away(p, x, i, t, r):
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
def _mark_group(p, x, group, i, mark):
    for k in range(p.group_ptr[group], p.group_ptr[group + 1]):
        if p.group_events[k] != i:
            x.marks[p.group_events[k]] = mark


@njit(cache=True)
def wish_left(p, x, i, t, r, mark):
    """A random group of those that soft constraints want, if the event leaves it.

    Its other events bear the mark; -1 if it is not left, or the event has none.
    """
    first = p.wish_ptr[i]
    num = p.wish_ptr[i + 1] - first
    if num == 0:
        return -1
    group = p.wish_group[first + rand_int(x.rng, num)]
    _mark_group(p, x, group, i, mark)
    for k in range(p.pair_ptr[i], p.pair_ptr[i + 1]):
        j = p.pair_other[k]
        if p.pair_soft[k] and x.marks[j] == mark:
            table = p.tables[p.pair_table[k]]
            if table[t, x.time_of[j]] > table[x.time_of[i], x.time_of[j]]:
                return group
    if r != x.room_of[i]:
        for k in range(p.same_ptr[i], p.same_ptr[i + 1]):
            j = p.same_other[k]
            if p.same_soft[k] and p.same_wanted[k] and x.marks[j] == mark:
                if x.room_of[j] == x.room_of[i]:
                    return group
    return -1


@njit(cache=True)
def _follow(p, x, j, i, awaited, hard_weight):
    """Move an event to where it breaks least, events marked as awaited not counted.

    What it would have with the event ``i``, which it follows, counts as hard.
    """
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
        elif other == i and p.pair_soft[k]:
            table = p.tables[p.pair_table[k]]
            for m in range(num_t):
                if table[p.time_ids[first_t + m], x.time_of[i]]:
                    x.option_hard[m] += APART
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
                elif other == i and p.same_soft[k] and p.same_wanted[k]:
                    if x.room_of[i] != p.room_ids[d]:
                        hard += APART
            value = time_value + hard_weight * hard + soft
            if value < best:
                best = value
                time_to, room_to = first_t + c, d
    if time_to != x.time_pos[j] or room_to != x.room_pos[j]:
        hard, soft, _ = move_delta(p, x, j, time_to, room_to, np.inf, hard_weight)
        apply_move(p, x, j, time_to, room_to, hard, soft)


@njit(cache=True)
def take_along(p, x, i, group, stamp, n, hard_weight):
    """Let a group of an event follow it; returns the events noted so far."""
    _mark_group(p, x, group, i, -stamp)
    for k in range(p.group_ptr[group], p.group_ptr[group + 1]):
        j = p.group_events[k]
        if j != i:
            note(x, n, j)
            n += 1
            x.marks[j] = stamp
            _follow(p, x, j, i, -stamp, hard_weight)
    return n


@njit(cache=True)
def note(x, n, i):
    """Note where an event is, so that it can be put back."""
    x.log[n, 0] = i
    x.log[n, 1] = x.time_pos[i]
    x.log[n, 2] = x.room_pos[i]

"""One move: give an event another time, another room, or both.

The cost of a move is read from tables; accepting it updates the tables of the event's
partners. Whole-list constraints and ways between rooms are evaluated on demand, and
only if an optimistic bound says that the move can still be accepted.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .lists import list_parts, move_lists

__all__ = ["apply_move", "far_parts", "move_delta"]


@njit(cache=True)
def far_parts(p, x, i, t, r):
    """Violations and cost of ways too long, if the event stood at ``(t, r)``.

    Only ways count here: pairs that overlap are in the tables of times.
    """
    hard = np.int64(0)
    soft = np.int64(0)
    for k in range(p.far_ptr[i], p.far_ptr[i + 1]):
        j = p.far_other[k]
        between = p.gap[t, x.time_of[j]]
        if between >= 0 and p.travel[r, x.room_of[j]] > between:
            hard += p.far_hard[k]
            soft += p.far_soft[k]
    for k in range(x.shared_ptr[i], x.shared_ptr[i + 1]):
        j = x.shared_other[k]
        between = p.gap[t, x.time_of[j]]
        if between >= 0 and p.travel[r, x.room_of[j]] > between:
            soft += p.student_weight * x.shared_count[k]
    return hard, soft


@njit(inline="always")
def _walks(p, x, i):
    far = p.far_ptr[i + 1] > p.far_ptr[i]
    return far or x.shared_ptr[i + 1] > x.shared_ptr[i]


@njit(inline="always")
def _set_end(p, i, first):
    """End of the lists of an event that have the same events as the ``first``."""
    last = first + 1
    number = p.list_set[p.member_list[first]]
    while last < p.member_ptr[i + 1] and p.list_set[p.member_list[last]] == number:
        last += 1
    return last


@njit(cache=True)
def _lists_delta(p, x, i, t, r, hard, soft, threshold, hard_weight):
    """Change by a move, of which ``hard`` and ``soft`` know all but the event's lists.

    ``hard`` and ``soft`` are optimistic: they have what the lists cost now given back.
    Returns the change, and False if it ended early as it cannot be worth ``threshold``.
    """
    old_t = x.time_of[i]
    old_r = x.room_of[i]
    x.time_of[i] = t
    x.room_of[i] = r
    first = p.member_ptr[i]
    bearable = True
    while bearable and first < p.member_ptr[i + 1]:
        last = _set_end(p, i, first)
        move_lists(p, x, first, last, old_t, t, False)
        for k in range(first, last):
            q = p.member_list[k]
            if x.moved[k - first] == x.list_value[q]:
                hard += x.list_cost[q, 0]
                soft += x.list_cost[q, 1]
            else:
                more_hard, more_soft = list_parts(p, q, x.moved[k - first])
                hard += more_hard
                soft += more_soft
        first = last
        bearable = hard_weight * hard + soft <= threshold
    x.time_of[i] = old_t
    x.room_of[i] = old_r
    return hard, soft, bearable


@njit(cache=True)
def _lists_now(p, x, i):
    """Most that the whole-list constraints of an event could give back."""
    hard = np.int64(0)
    soft = np.int64(0)
    for k in range(p.member_ptr[i], p.member_ptr[i + 1]):
        q = p.member_list[k]
        hard += x.list_cost[q, 0]
        soft += x.list_cost[q, 1]
    return hard, soft


@njit(inline="always")
def _table_delta(p, x, i, time_pos, room_pos):
    """Change that tables alone tell."""
    t = p.time_ids[time_pos]
    r = p.room_ids[room_pos]
    old_t = x.time_of[i]
    old_r = x.room_of[i]
    old = x.time_pos[i]
    hard = np.int64(x.time_hard[time_pos]) - x.time_hard[old]
    soft = x.time_soft[time_pos] - x.time_soft[old]
    soft += p.time_cost[time_pos] - p.time_cost[old]
    if r != old_r:
        soft += p.room_cost[room_pos] - p.room_cost[x.room_pos[i]]
        row = p.room_row[i]
        if row >= 0:
            hard += x.same_hard[row, r] - x.same_hard[row, old_r]
            soft += x.same_soft[row, r] - x.same_soft[row, old_r]
        if p.room_open_cost:
            if r < p.num_rooms and x.room_count[r] == 0:
                soft += p.room_open_cost
            if old_r < p.num_rooms and x.room_count[old_r] == 1:
                soft -= p.room_open_cost
    if r < p.num_rooms:
        hard += x.room_use[r, t] - (x.room_use[old_r, old_t] - 1)
        if r == old_r:
            hard -= p.overlap[old_t, t]
    return hard, soft


@njit(cache=True)
def move_delta(p, x, i, time_pos, room_pos, threshold, hard_weight):
    """Change of (hard, soft) by a move, and whether it is worth at most ``threshold``.

    When the third value is False the first two may be partial.
    """
    t = p.time_ids[time_pos]
    r = p.room_ids[room_pos]
    hard, soft = _table_delta(p, x, i, time_pos, room_pos)
    has_lists = p.member_ptr[i + 1] > p.member_ptr[i]
    walks = _walks(p, x, i)
    if has_lists:
        back_hard, back_soft = _lists_now(p, x, i)
        hard -= back_hard
        soft -= back_soft
    if walks:
        hard -= x.far_hard[i]
        soft -= x.far_soft[i]
    if hard_weight * hard + soft > threshold:
        return hard, soft, False
    if walks:
        more_hard, more_soft = far_parts(p, x, i, t, r)
        hard += more_hard
        soft += more_soft
        if hard_weight * hard + soft > threshold:
            return hard, soft, False
    if has_lists:
        return _lists_delta(p, x, i, t, r, hard, soft, threshold, hard_weight)
    return hard, soft, True


@njit(cache=True)
def _update_far(p, x, i, t, r):
    old_t = x.time_of[i]
    old_r = x.room_of[i]
    for k in range(p.far_ptr[i], p.far_ptr[i + 1]):
        j = p.far_other[k]
        change = _way_change(p, x, j, t, r, old_t, old_r)
        if change:
            _add_far(x, i, j, change * p.far_hard[k], change * p.far_soft[k])
    for k in range(x.shared_ptr[i], x.shared_ptr[i + 1]):
        j = x.shared_other[k]
        change = _way_change(p, x, j, t, r, old_t, old_r)
        if change:
            cost = change * p.student_weight * x.shared_count[k]
            _add_far(x, i, j, np.int64(0), cost)


@njit(inline="always")
def _way_change(p, x, j, t, r, old_t, old_r):
    tj = x.time_of[j]
    rj = x.room_of[j]
    now = p.gap[t, tj] >= 0 and p.travel[r, rj] > p.gap[t, tj]
    was = p.gap[old_t, tj] >= 0 and p.travel[old_r, rj] > p.gap[old_t, tj]
    return np.int64(now) - np.int64(was)


@njit(inline="always")
def _add_far(x, i, j, hard, soft):
    x.far_hard[i] += hard
    x.far_soft[i] += soft
    x.far_hard[j] += hard
    x.far_soft[j] += soft


@njit(cache=True)
def link_room(x, i, r):
    """Enter an event into its room's list."""
    head = x.room_head[r]
    x.room_next[i] = head
    x.room_prev[i] = -1
    if head >= 0:
        x.room_prev[head] = i
    x.room_head[r] = i
    x.room_count[r] += 1


@njit(cache=True)
def _unlink_room(x, i, r):
    before = x.room_prev[i]
    after = x.room_next[i]
    if before >= 0:
        x.room_next[before] = after
    else:
        x.room_head[r] = after
    if after >= 0:
        x.room_prev[after] = before
    x.room_count[r] -= 1


@njit(cache=True)
def _update_room_relations(p, x, i, old_r, r):
    for k in range(p.same_ptr[i], p.same_ptr[i + 1]):
        row = p.room_row[p.same_other[k]]
        hard = p.same_hard[k]
        soft = p.same_soft[k]
        if p.same_wanted[k]:
            hard = -hard
            soft = -soft
        x.same_hard[row, old_r] -= hard
        x.same_soft[row, old_r] -= soft
        x.same_hard[row, r] += hard
        x.same_soft[row, r] += soft


@njit(cache=True)
def _update_time_relations(p, x, i, old_t, t):
    for k in range(p.pair_ptr[i], p.pair_ptr[i + 1]):
        j = p.pair_other[k]
        now = p.tables[p.pair_table[k], t]
        was = p.tables[p.pair_table[k], old_t]
        hard = p.pair_hard[k]
        soft = p.pair_soft[k]
        for c in range(p.time_ptr[j], p.time_ptr[j + 1]):
            y = p.time_ids[c]
            change = np.int64(now[y]) - np.int64(was[y])
            if change:
                x.time_hard[c] += hard * change
                x.time_soft[c] += soft * change
    now = p.overlap[t]
    was = p.overlap[old_t]
    for k in range(x.shared_ptr[i], x.shared_ptr[i + 1]):
        j = x.shared_other[k]
        cost = p.student_weight * x.shared_count[k]
        for c in range(p.time_ptr[j], p.time_ptr[j + 1]):
            y = p.time_ids[c]
            x.time_soft[c] += cost * (np.int64(now[y]) - np.int64(was[y]))


@njit(cache=True)
def apply_move(p, x, i, time_pos, room_pos, hard, soft):
    """Carry out a move whose change of (hard, soft) is known."""
    t = p.time_ids[time_pos]
    r = p.room_ids[room_pos]
    old_t = x.time_of[i]
    old_r = x.room_of[i]
    _update_far(p, x, i, t, r)
    use = x.room_use[old_r]
    row = p.overlap[old_t]
    for y in range(len(row)):
        use[y] -= row[y]
    use = x.room_use[r]
    row = p.overlap[t]
    for y in range(len(row)):
        use[y] += row[y]
    if r != old_r:
        _unlink_room(x, i, old_r)
        link_room(x, i, r)
        _update_room_relations(p, x, i, old_r, r)
    x.time_of[i] = t
    x.room_of[i] = r
    x.time_pos[i] = time_pos
    x.room_pos[i] = room_pos
    if t != old_t:
        _update_time_relations(p, x, i, old_t, t)
    first = p.member_ptr[i]
    while first < p.member_ptr[i + 1]:
        last = _set_end(p, i, first)
        move_lists(p, x, first, last, old_t, t, True)
        first = last
    x.cost[0] += hard
    x.cost[1] += soft

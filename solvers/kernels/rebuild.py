"""Build all tables of a state from its positions and bundles, and its cost."""

from __future__ import annotations

import numpy as np
from numba import njit

from .lists import rebuild_list
from .moves import far_parts, link_room

__all__ = ["rebuild", "shared_events"]


@njit(cache=True, nogil=True)
def shared_events(p, bundle_of):
    """Rows (pointers, other event, students) of events that share students."""
    n = len(p.limit)
    begin = np.zeros(n + 1, np.int64)
    for x in range(len(bundle_of)):
        b = bundle_of[x]
        if b >= 0:
            for k in range(p.bundle_ptr[b], p.bundle_ptr[b + 1]):
                begin[p.bundle_events[k] + 1] += 1
    for i in range(n):
        begin[i + 1] += begin[i]
    members = np.empty(begin[n], np.int32)
    fill = begin[:-1].copy()
    for x in range(len(bundle_of)):
        b = bundle_of[x]
        if b >= 0:
            for k in range(p.bundle_ptr[b], p.bundle_ptr[b + 1]):
                e = p.bundle_events[k]
                members[fill[e]] = p.request_student[x]
                fill[e] += 1
    ptr = np.zeros(n + 1, np.int64)
    other = np.empty(max(16, 4 * n), np.int32)
    count = np.empty(max(16, 4 * n), np.int32)
    seen = np.zeros(n, np.int32)
    touched = np.empty(n, np.int32)
    size = 0
    for i in range(n):
        num = 0
        for m in range(begin[i], begin[i + 1]):
            s = members[m]
            for x in range(p.student_ptr[s], p.student_ptr[s + 1]):
                b = bundle_of[x]
                if b < 0:
                    continue
                for k in range(p.bundle_ptr[b], p.bundle_ptr[b + 1]):
                    j = p.bundle_events[k]
                    if j != i:
                        if seen[j] == 0:
                            touched[num] = j
                            num += 1
                        seen[j] += 1
        while size + num > len(other):
            other = np.concatenate((other, np.empty(len(other), np.int32)))
            count = np.concatenate((count, np.empty(len(count), np.int32)))
        for k in range(num):
            j = touched[k]
            other[size] = j
            count[size] = seen[j]
            seen[j] = 0
            size += 1
        ptr[i + 1] = size
    return ptr, other[:size].copy(), count[:size].copy()


@njit(cache=True)
def _clear(p, x):
    x.room_use[:, :] = p.blocked
    x.room_count[:] = 0
    x.room_head[:] = -1
    x.time_hard[:] = 0
    x.time_soft[:] = 0
    x.same_hard[:, :] = 0
    x.same_soft[:, :] = 0
    x.enrolled[:] = 0


@njit(cache=True)
def _fill_times(p, x, i):
    for k in range(p.pair_ptr[i], p.pair_ptr[i + 1]):
        t = x.time_of[p.pair_other[k]]
        table = p.tables[p.pair_table[k]]
        for c in range(p.time_ptr[i], p.time_ptr[i + 1]):
            if table[p.time_ids[c], t]:
                x.time_hard[c] += p.pair_hard[k]
                x.time_soft[c] += p.pair_soft[k]
    for k in range(x.shared_ptr[i], x.shared_ptr[i + 1]):
        row = p.overlap[x.time_of[x.shared_other[k]]]
        cost = p.student_weight * x.shared_count[k]
        for c in range(p.time_ptr[i], p.time_ptr[i + 1]):
            x.time_soft[c] += cost * row[p.time_ids[c]]


@njit(cache=True)
def _fill_rooms(p, x, i):
    row = p.room_row[i]
    if row < 0:
        return
    for k in range(p.same_ptr[i], p.same_ptr[i + 1]):
        rj = x.room_of[p.same_other[k]]
        hard = p.same_hard[k]
        soft = p.same_soft[k]
        if p.same_wanted[k]:
            x.same_hard[row, :] += hard
            x.same_soft[row, :] += soft
            hard = -hard
            soft = -soft
        x.same_hard[row, rj] += hard
        x.same_soft[row, rj] += soft


@njit(cache=True)
def _count_students(p, x):
    for k in range(len(x.bundle_of)):
        b = x.bundle_of[k]
        if b >= 0:
            for m in range(p.bundle_ptr[b], p.bundle_ptr[b + 1]):
                x.enrolled[p.bundle_events[m]] += 1
    above = 0
    for i in range(len(p.limit)):
        above += max(0, x.enrolled[i] - p.limit[i])
    return above


@njit(cache=True, nogil=True)
def rebuild(p, x):
    """Recompute every table and the cost; shared students must be set before."""
    n = len(x.time_pos)
    _clear(p, x)
    for i in range(n):
        x.time_of[i] = p.time_ids[x.time_pos[i]]
        x.room_of[i] = p.room_ids[x.room_pos[i]]
    hard = np.int64(0)
    soft = np.int64(0)
    for i in range(n):
        t = x.time_of[i]
        r = x.room_of[i]
        link_room(x, i, r)
        if r < p.num_rooms:
            hard += x.room_use[r, t]
        x.room_use[r] += p.overlap[t]
        soft += p.time_cost[x.time_pos[i]] + p.room_cost[x.room_pos[i]]
    pair_hard = np.int64(0)
    pair_soft = np.int64(0)
    for i in range(n):
        _fill_times(p, x, i)
        _fill_rooms(p, x, i)
        x.far_hard[i], x.far_soft[i] = far_parts(p, x, i, x.time_of[i], x.room_of[i])
        pair_hard += x.time_hard[x.time_pos[i]] + x.far_hard[i]
        pair_soft += x.time_soft[x.time_pos[i]] + x.far_soft[i]
        row = p.room_row[i]
        if row >= 0:
            pair_hard += x.same_hard[row, x.room_of[i]]
            pair_soft += x.same_soft[row, x.room_of[i]]
    for q in range(len(p.list_code)):
        rebuild_list(p, x, q)
        hard += x.list_cost[q, 0]
        soft += x.list_cost[q, 1]
    for r in range(p.num_rooms):
        if x.room_count[r] > 0:
            soft += p.room_open_cost
    x.cost[0] = hard + pair_hard // 2
    x.cost[1] = soft + pair_soft // 2
    x.cost[2] = _count_students(p, x)

"""Values of whole-list constraints: sums of dates, sums of weeks, or of the term.

Weeks that no time of the list tells apart are evaluated once and counted. The part of
every such week, or of every date of it, is kept in ``x.list_parts``, so that a move
looks only at the dates that it touches. Lists of the same events, as all rules of one
instructor, are evaluated together: their meetings are gathered once.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.model import ConstraintCode, Span

from .list_days import day_value, gather, pick

__all__ = ["list_parts", "move_lists", "rebuild_list"]

MAX_DAYS = int(ConstraintCode.MaxDays)
MIN_WORKING_DAYS = int(ConstraintCode.MinWorkingDays)
ROOM_STABILITY = int(ConstraintCode.RoomStability)
EVEN_WEEK_LOAD = int(ConstraintCode.EvenWeekLoad)
EVEN_DAY_LOAD = int(ConstraintCode.EvenDayLoad)
MAX_WEEK_LOAD = int(ConstraintCode.MaxWeekLoad)

DAY, WEEK, TERM = int(Span.DAY), int(Span.WEEK), int(Span.TERM)


@njit(inline="always")
def list_parts(p, q, value):
    """Hard and soft part of a value; the hard one is 0 exactly when the value is.

    Values by week or date are averaged over the term: one division per constraint,
    rounding up what is hard and down what is soft.
    """
    weeks = 1 if p.list_span[q] == TERM else p.num_weeks
    if p.list_hard[q]:
        return (value + weeks - 1) // weeks, np.int64(0)
    return np.int64(0), p.list_weight[q] * (p.list_penalty[q] * value // weeks)


# Types measured over the term.


@njit(cache=True)
def _used_days(p, x, q):
    used = 0
    for k in range(p.list_ptr[q], p.list_ptr[q + 1]):
        used |= p.days[x.time_of[p.list_events[k]]]
    count = 0
    while used:
        used &= used - 1
        count += 1
    return count


@njit(cache=True)
def _distinct_rooms(p, x, q):
    first = p.list_ptr[q]
    count = 0
    for k in range(first, p.list_ptr[q + 1]):
        room = x.room_of[p.list_events[k]]
        fresh = room < p.num_rooms
        for j in range(first, k):
            if x.room_of[p.list_events[j]] == room:
                fresh = False
                break
        if fresh:
            count += 1
    return count


@njit(cache=True)
def _week_load(x, n, week):
    total = 0
    for k in range(n):
        if (x.members[k, 0] >> week) & 1:
            days = x.members[k, 1]
            while days:
                days &= days - 1
                total += x.members[k, 3] - x.members[k, 2]
    return total


@njit(cache=True)
def _uneven_weeks(p, x, q):
    n = gather(p, x, q)
    total = 0
    for k in range(p.list_week_ptr[q], p.list_week_ptr[q + 1]):
        total += _week_load(x, n, p.list_week[k]) * p.list_week_count[k]
    share = -(-total // p.list_params[q, 0])
    excess = 0
    for k in range(p.list_week_ptr[q], p.list_week_ptr[q + 1]):
        above = _week_load(x, n, p.list_week[k]) - share
        excess += max(0, above) * p.list_week_count[k]
    return excess


@njit(cache=True)
def _term_value(p, x, q):
    code = p.list_code[q]
    if code == MAX_DAYS:
        return max(0, _used_days(p, x, q) - p.list_params[q, 0])
    if code == MIN_WORKING_DAYS:
        return max(0, p.list_params[q, 0] - _used_days(p, x, q))
    if code == ROOM_STABILITY:
        return max(0, _distinct_rooms(p, x, q) - 1)
    if code == EVEN_WEEK_LOAD:
        return _uneven_weeks(p, x, q)
    raise ValueError("no kernel for this constraint type")


# Types measured week by week.


@njit(cache=True)
def _uneven_days(p, x, q, n, week):
    share = -(-_week_load(x, n, week) // p.list_params[q, 0])
    excess = 0
    for day in range(p.num_days):
        load = 0
        for k in range(n):
            if (x.members[k, 0] >> week) & (x.members[k, 1] >> day) & 1:
                load += x.members[k, 3] - x.members[k, 2]
        excess += max(0, load - share)
    return excess


@njit(cache=True)
def _week_value(p, x, q, n, week):
    code = p.list_code[q]
    if code == EVEN_DAY_LOAD:
        return _uneven_days(p, x, q, n, week)
    if code == MAX_WEEK_LOAD:
        return max(0, _week_load(x, n, week) - p.list_params[q, 0])
    raise ValueError("no kernel for this constraint type")


# All types.


@njit(cache=True)
def _list_value(p, x, q):
    """Amount of violation of constraint ``q`` as events stand now; keeps its parts."""
    if p.list_span[q] == TERM:
        return _term_value(p, x, q)
    total = 0
    n = gather(p, x, q)
    for k in range(p.list_week_ptr[q], p.list_week_ptr[q + 1]):
        week = p.list_week[k]
        for day in range(p.num_days):
            part = 0
            if p.list_span[q] != WEEK:
                part = day_value(p, x, q, pick(x, n, week, day))
            elif day == 0:
                part = _week_value(p, x, q, n, week)
            x.list_parts[k, day] = part
            total += part * p.list_week_count[k]
    return total


@njit(cache=True)
def rebuild_list(p, x, q):
    """Evaluate constraint ``q`` as events stand now, and enter what is kept of it."""
    x.list_value[q] = _list_value(p, x, q)
    x.list_cost[q, 0], x.list_cost[q, 1] = list_parts(p, q, x.list_value[q])


@njit(inline="always")
def _replace_part(p, x, q, place, row, day, part, keep):
    """Enter a new part into the value ``x.moved[place]``, and into the parts."""
    x.moved[place] += (part - x.list_parts[row, day]) * p.list_week_count[row]
    if keep:
        x.list_parts[row, day] = part


@njit(cache=True)
def _move_dates(p, x, first, last, old_t, t, keep):
    """Parts of the weeks and dates that a move touches, for all lists of a set."""
    same = t == old_t
    q = p.member_list[first]
    n = gather(p, x, q)
    head = p.list_week_ptr[q]
    for w in range(p.list_week_ptr[q + 1] - head):
        week = p.list_week[head + w]
        touched = np.int64(0)
        if (p.weeks[old_t] >> week) & 1:
            touched |= p.days[old_t]
        if (p.weeks[t] >> week) & 1:
            touched |= p.days[t]
        if not touched:
            continue
        for k in range(first, last):
            q = p.member_list[k]
            if p.list_span[q] == WEEK and not (same and not p.list_by_room[q]):
                part = _week_value(p, x, q, n, week)
                row = p.list_week_ptr[q] + w
                _replace_part(p, x, q, k - first, row, 0, part, keep)
        for day in range(p.num_days):
            if (touched >> day) & 1:
                m = pick(x, n, week, day)
                for k in range(first, last):
                    q = p.member_list[k]
                    if p.list_span[q] == DAY and not (same and not p.list_by_room[q]):
                        part = day_value(p, x, q, m)
                        row = p.list_week_ptr[q] + w
                        _replace_part(p, x, q, k - first, row, day, part, keep)


@njit(cache=True)
def move_lists(p, x, first, last, old_t, t, keep):
    """Values of lists of one set after one of their events moved, into ``x.moved``.

    Parameters
    ----------
    first, last
        Rows of ``p.member_list``: lists of the moved event with the same events.
    old_t, t
        Times before and after; equal where only the room changed.
    keep
        Whether the values, parts and costs that are kept are brought up to date.
    """
    dated = False
    for k in range(first, last):
        q = p.member_list[k]
        x.moved[k - first] = x.list_value[q]
        if t != old_t or p.list_by_room[q]:
            if p.list_span[q] == TERM:
                x.moved[k - first] = _term_value(p, x, q)
            else:
                dated = True
    if dated:
        _move_dates(p, x, first, last, old_t, t, keep)
    for k in range(first, last):
        q = p.member_list[k]
        if keep and x.moved[k - first] != x.list_value[q]:
            x.list_value[q] = x.moved[k - first]
            x.list_cost[q, 0], x.list_cost[q, 1] = list_parts(p, q, x.list_value[q])

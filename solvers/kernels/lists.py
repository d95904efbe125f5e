"""Values of whole-list constraints: sums of dates, sums of weeks, or of the term.

Weeks that no time of the list tells apart are evaluated once and counted. The part of
every such week, or of every date of it, is kept in ``x.list_parts``, so that a move
looks only at the dates that it touches.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.model import ConstraintCode, Span

from .list_days import day_value, gather, load

__all__ = ["graded_hard", "list_value", "moved_value", "weighted_soft"]

MAX_DAYS = int(ConstraintCode.MaxDays)
MIN_WORKING_DAYS = int(ConstraintCode.MinWorkingDays)
ROOM_STABILITY = int(ConstraintCode.RoomStability)
EVEN_WEEK_LOAD = int(ConstraintCode.EvenWeekLoad)
EVEN_DAY_LOAD = int(ConstraintCode.EvenDayLoad)
MAX_WEEK_LOAD = int(ConstraintCode.MaxWeekLoad)

TERM, WEEK = int(Span.TERM), int(Span.WEEK)


@njit(inline="always")
def graded_hard(p, q, value):
    """Hard amount of a value: 0 exactly when the value is 0."""
    if p.list_span[q] == TERM:
        return value
    return (value + p.num_weeks - 1) // p.num_weeks


@njit(inline="always")
def weighted_soft(p, q, value):
    """Soft cost of a value: one division per constraint, rounding down."""
    total = p.list_penalty[q] * value
    if p.list_span[q] != TERM:
        total //= p.num_weeks
    return p.list_weight[q] * total


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
def _week_load(p, x, q, week):
    total = 0
    for k in range(p.list_ptr[q], p.list_ptr[q + 1]):
        t = x.time_of[p.list_events[k]]
        if (p.weeks[t] >> week) & 1:
            days = p.days[t]
            while days:
                days &= days - 1
                total += p.end[t] - p.start[t]
    return total


@njit(cache=True)
def _uneven_weeks(p, x, q):
    total = 0
    for k in range(p.list_week_ptr[q], p.list_week_ptr[q + 1]):
        total += _week_load(p, x, q, p.list_week[k]) * p.list_week_count[k]
    share = -(-total // p.list_params[q, 0])
    excess = 0
    for k in range(p.list_week_ptr[q], p.list_week_ptr[q + 1]):
        above = _week_load(p, x, q, p.list_week[k]) - share
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
def _uneven_days(p, x, q, week):
    share = -(-_week_load(p, x, q, week) // p.list_params[q, 0])
    excess = 0
    for day in range(p.num_days):
        excess += max(0, load(x, gather(p, x, q, week, day)) - share)
    return excess


@njit(cache=True)
def _week_value(p, x, q, week):
    code = p.list_code[q]
    if code == EVEN_DAY_LOAD:
        return _uneven_days(p, x, q, week)
    if code == MAX_WEEK_LOAD:
        return max(0, _week_load(p, x, q, week) - p.list_params[q, 0])
    raise ValueError("no kernel for this constraint type")


# All types.


@njit(cache=True)
def list_value(p, x, q):
    """Amount of violation of constraint ``q`` as events stand now; keeps its parts."""
    if p.list_span[q] == TERM:
        return _term_value(p, x, q)
    total = 0
    for k in range(p.list_week_ptr[q], p.list_week_ptr[q + 1]):
        for day in range(p.num_days):
            part = 0
            if p.list_span[q] != WEEK:
                part = day_value(p, x, q, p.list_week[k], day)
            elif day == 0:
                part = _week_value(p, x, q, p.list_week[k])
            x.list_parts[k, day] = part
            total += part * p.list_week_count[k]
    return total


@njit(cache=True)
def moved_value(p, x, q, old_t, t, keep):
    """Value of constraint ``q`` after one of its events moved from ``old_t`` to ``t``.

    ``x.list_value`` and the parts are those before; ``keep`` brings the parts up to
    date. Where only the room changed the times are equal.
    """
    if p.list_span[q] == TERM:
        return _term_value(p, x, q)
    total = x.list_value[q]
    for k in range(p.list_week_ptr[q], p.list_week_ptr[q + 1]):
        week = p.list_week[k]
        touched = np.int64(0)
        if (p.weeks[old_t] >> week) & 1:
            touched |= p.days[old_t]
        if (p.weeks[t] >> week) & 1:
            touched |= p.days[t]
        if touched and p.list_span[q] == WEEK:
            part = _week_value(p, x, q, week)
            total += (part - x.list_parts[k, 0]) * p.list_week_count[k]
            if keep:
                x.list_parts[k, 0] = part
        elif touched:
            for day in range(p.num_days):
                if (touched >> day) & 1:
                    part = day_value(p, x, q, week, day)
                    total += (part - x.list_parts[k, day]) * p.list_week_count[k]
                    if keep:
                        x.list_parts[k, day] = part
    return total

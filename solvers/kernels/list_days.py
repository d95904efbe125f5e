"""Values of whole-list constraints on one date, one function for each type.

Events of a list lie in ``x.members`` in rows (weeks, days, start, end, room), meetings
of a date in ``x.meetings`` in rows (start, end, room), both by start.
"""

from __future__ import annotations

from numba import njit

from solvers.model import ConstraintCode

__all__ = ["day_value", "gather", "pick"]

MAX_DAY_LOAD = int(ConstraintCode.MaxDayLoad)
MAX_BREAKS = int(ConstraintCode.MaxBreaks)
MAX_BLOCK = int(ConstraintCode.MaxBlock)
GAPS = int(ConstraintCode.Gaps)
LUNCH_BREAK = int(ConstraintCode.LunchBreak)
ISOLATED_MEETINGS = int(ConstraintCode.IsolatedMeetings)
COMPACTNESS = int(ConstraintCode.Compactness)
MEETINGS_PER_DAY = int(ConstraintCode.MeetingsPerDay)
MAX_CONSECUTIVE = int(ConstraintCode.MaxConsecutive)
MAX_CONCURRENT = int(ConstraintCode.MaxConcurrent)
DOUBLE_LECTURES = int(ConstraintCode.DoubleLectures)
BUILDING_CHANGES = int(ConstraintCode.BuildingChanges)


@njit(cache=True)
def gather(p, x, q):
    """Put the events of list ``q`` into ``x.members``, by start; return how many."""
    n = 0
    for k in range(p.list_ptr[q], p.list_ptr[q + 1]):
        i = p.list_events[k]
        t = x.time_of[i]
        start = p.start[t]
        j = n
        while j > 0 and x.members[j - 1, 2] > start:
            for c in range(5):
                x.members[j, c] = x.members[j - 1, c]
            j -= 1
        x.members[j, 0] = p.weeks[t]
        x.members[j, 1] = p.days[t]
        x.members[j, 2] = start
        x.members[j, 3] = p.end[t]
        x.members[j, 4] = x.room_of[i]
        n += 1
    return n


@njit(cache=True)
def pick(x, n, week, day):
    """Put those of the ``n`` members that meet on a date into ``x.meetings``."""
    m = 0
    for k in range(n):
        if (x.members[k, 0] >> week) & (x.members[k, 1] >> day) & 1:
            x.meetings[m, 0] = x.members[k, 2]
            x.meetings[m, 1] = x.members[k, 3]
            x.meetings[m, 2] = x.members[k, 4]
            m += 1
    return m


@njit(cache=True)
def _load(x, n):
    """Slots that the meetings take."""
    total = 0
    for k in range(n):
        total += x.meetings[k, 1] - x.meetings[k, 0]
    return total


@njit(cache=True)
def _breaks(x, n, gap):
    count = 0
    end = x.meetings[0, 1]
    for k in range(1, n):
        if x.meetings[k, 0] > end + gap:
            count += 1
        end = max(end, x.meetings[k, 1])
    return count


@njit(cache=True)
def _long_blocks(x, n, longest, gap):
    count = 0
    start = x.meetings[0, 0]
    end = x.meetings[0, 1]
    members = 1
    for k in range(1, n):
        if x.meetings[k, 0] <= end + gap:
            end = max(end, x.meetings[k, 1])
            members += 1
        else:
            if members > 1 and end - start > longest:
                count += 1
            start = x.meetings[k, 0]
            end = x.meetings[k, 1]
            members = 1
    if members > 1 and end - start > longest:
        count += 1
    return count


@njit(cache=True)
def _consecutive(x, n, most, gap):
    excess = 0
    end = x.meetings[0, 1]
    members = 1
    for k in range(1, n):
        if x.meetings[k, 0] > end + gap:
            members = 0
        members += 1
        if members > most:
            excess += 1
        end = max(end, x.meetings[k, 1])
    return excess


@njit(cache=True)
def _idle(x, n, allowed):
    total = 0
    end = x.meetings[0, 1]
    for k in range(1, n):
        pause = x.meetings[k, 0] - end
        if pause > allowed and pause > 0:
            total += pause
        end = max(end, x.meetings[k, 1])
    return total


@njit(cache=True)
def _no_lunch(x, n, first, last, length):
    free = first
    for k in range(n):
        if min(x.meetings[k, 0], last) - free >= length:
            return 0
        free = max(free, x.meetings[k, 1])
    return 0 if last - free >= length else 1


@njit(inline="always")
def _follow(x, a, b, gap):
    """Whether one of two meetings starts at most ``gap`` slots after the other."""
    forth = x.meetings[b, 0] - x.meetings[a, 1]
    back = x.meetings[a, 0] - x.meetings[b, 1]
    return 0 <= forth <= gap or 0 <= back <= gap


@njit(cache=True)
def _alone(x, n, gap):
    count = 0
    for a in range(n):
        count += 1
        for b in range(n):
            if _follow(x, a, b, gap):
                count -= 1
                break
    return count


@njit(cache=True)
def _ungrouped(x, n, gap):
    if n < 2:
        return 0
    count = 0
    for a in range(n):
        count += 1
        for b in range(n):
            if x.meetings[a, 2] == x.meetings[b, 2] and _follow(x, a, b, gap):
                count -= 1
                break
    return count


@njit(cache=True)
def _changes(p, x, n, gap):
    count = 0
    for a in range(n):
        here = p.building[x.meetings[a, 2]]
        if here < 0:
            continue
        for b in range(a + 1, n):
            there = p.building[x.meetings[b, 2]]
            if there >= 0 and here != there and _follow(x, a, b, gap):
                count += 1
    return count


@njit(cache=True)
def _crowded(x, n, pool):
    count = 0
    for a in range(n):
        running = 0
        for b in range(a):
            if x.meetings[b, 1] > x.meetings[a, 0]:
                running += 1
        if running >= pool:
            count += 1
    return count


@njit(cache=True)
def day_value(p, x, q, n):
    """Amount by which constraint ``q`` is violated by the ``n`` meetings of a date."""
    if n == 0:
        return 0
    code = p.list_code[q]
    a = p.list_params[q, 0]
    b = p.list_params[q, 1]
    if code == MAX_DAY_LOAD:
        return max(0, _load(x, n) - a)
    if code == MAX_BREAKS:
        return max(0, _breaks(x, n, b) - a)
    if code == MAX_BLOCK:
        return _long_blocks(x, n, a, b)
    if code == GAPS:
        return _idle(x, n, a)
    if code == LUNCH_BREAK:
        return _no_lunch(x, n, a, b, p.list_params[q, 2])
    if code == ISOLATED_MEETINGS:
        return 1 if n == 1 else 0
    if code == COMPACTNESS:
        return _alone(x, n, a)
    if code == MEETINGS_PER_DAY:
        return max(0, a - n, n - b)
    if code == MAX_CONSECUTIVE:
        return _consecutive(x, n, a, b)
    if code == MAX_CONCURRENT:
        return _crowded(x, n, a)
    if code == DOUBLE_LECTURES:
        return _ungrouped(x, n, a)
    if code == BUILDING_CHANGES:
        return _changes(p, x, n, a)
    raise ValueError("no kernel for this constraint type")

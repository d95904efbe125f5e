"""Bounds on what fits into one week, whoever's it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from solvers.formats.institution.meetings import Meeting
from solvers.model import Time

__all__ = ["Week", "busiest_week"]


class Week:
    """Meetings of one week that all want the same person or batch.

    Parameters
    ----------
    meetings
        Meetings that take place in the week.
    """

    def __init__(self, meetings: Sequence[Meeting]) -> None:
        self.count = len(meetings)
        self.slots = sum(_shortest(meeting) for meeting in meetings)
        self._by_day: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for times in {id(m.times): m.times for m in meetings}.values():
            for time in times:
                self._by_day[time.days].add((time.end, time.start))

    def free_slots(self, longest_day: int) -> int:
        """Slots that some meeting could take, at most ``longest_day`` of any day."""
        return sum(
            min(longest_day, _covered(intervals)) for intervals in self._by_day.values()
        )

    def most_meetings(self) -> int:
        """Most meetings that can follow each other, whichever they are."""
        return sum(_most_disjoint(intervals) for intervals in self._by_day.values())


def busiest_week(meetings: Sequence[Meeting], num_weeks: int) -> Week:
    """Week in which most slots are needed."""
    masks = [_weeks(meeting.times) for meeting in meetings]
    patterns = {tuple(mask >> week & 1 for mask in masks) for week in range(num_weeks)}
    weeks = [
        Week([m for m, meets in zip(meetings, pattern, strict=True) if meets])
        for pattern in patterns
    ]
    return max(weeks, key=lambda week: (week.slots, week.count))


def _weeks(times: Iterable[Time]) -> int:
    """Weeks in which a meeting takes place on whatever day it is put."""
    mask = -1
    for time in times:
        mask &= time.weeks
    return mask


def _shortest(meeting: Meeting) -> int:
    return min(time.length for time in meeting.times)


def _covered(intervals: Iterable[tuple[int, int]]) -> int:
    covered, free_from = 0, 0
    for start, end in sorted((start, end) for end, start in intervals):
        covered += max(0, end - max(start, free_from))
        free_from = max(free_from, end)
    return covered


def _most_disjoint(intervals: Iterable[tuple[int, int]]) -> int:
    """Greedy by the earliest end, which is optimal."""
    count, free_from = 0, 0
    for end, start in sorted(intervals):
        if start >= free_from:
            count += 1
            free_from = end
    return count

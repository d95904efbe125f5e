"""The week of the sample university: hours from eight to six, five days."""

from __future__ import annotations

from collections.abc import Iterable

from solvers.formats.institution import Day, Holiday, Interval, Lunch, TimeGrid

from .diary import DAYS, HOURS, span

__all__ = [
    "GRID",
    "PASSING_MINUTES",
    "SPORTS",
    "WEEKDAYS",
    "clock_of_hour",
    "closed_bits",
    "minutes_of_hours",
    "open_bits",
]

FIRST_HOUR = 8
PASSING_MINUTES = 10
"""Between two meetings in consecutive hours."""

WEEKDAYS = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI)

SPORTS = Interval(days=(Day.WED,), start="16:00", end="18:00")
"""When nobody is taught."""

GRID = TimeGrid(
    weeks=15,
    days=WEEKDAYS,
    day_start="08:00",
    day_end="18:00",
    start_every_minutes=60,
    lunch=Lunch(start="12:00", end="14:00", minutes=45),
    breaks=(SPORTS,),
    holidays=(Holiday(week=5, day=Day.WED), Holiday(week=10, day=Day.MON)),
)


def minutes_of_hours(hours: int) -> int:
    """Minutes of a meeting that fills some hours but the time to pass."""
    return 60 * hours - PASSING_MINUTES


def clock_of_hour(hour: int) -> str:
    """Time of day at which an hour begins."""
    return f"{FIRST_HOUR + hour:02d}:00"


def closed_bits(intervals: Iterable[Interval]) -> int:
    """Bits of the hours that intervals touch; whole hours are expected."""
    bits = 0
    for interval in intervals:
        first = max(0, int(interval.start[:2]) - FIRST_HOUR)
        last = min(HOURS, int(interval.end[:2]) - FIRST_HOUR)
        for day in interval.days or WEEKDAYS:
            bits |= span(WEEKDAYS.index(day), first, last - first)
    return bits


def open_bits(intervals: Iterable[Interval]) -> int:
    """Bits of the hours outside intervals; none if there are no intervals."""
    inside = closed_bits(intervals)
    return span(0, 0, DAYS * HOURS) & ~inside if inside else 0

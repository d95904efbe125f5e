"""When a term is taught: weeks, days, hours."""

from __future__ import annotations

from .values import Clock, Count, Day, Interval, Name, Part

__all__ = [
    "Holiday",
    "Lunch",
    "Period",
    "Term",
    "TimeGrid",
]


class Term(Part):
    """The term to be planned."""

    academic_year: Name = ""
    semester: Count | None = None
    name: Name = ""


class Period(Part):
    """A cell of the weekly grid."""

    start: Clock
    end: Clock


class Lunch(Part):
    """A window of the day in which some minutes in a row ought to stay free."""

    start: Clock = "12:00"
    end: Clock = "14:00"
    minutes: Count = 45


class Holiday(Part):
    """Dates without teaching: one day of a week, or the whole week."""

    week: Count
    day: Day | None = None


class TimeGrid(Part):
    """When teaching can take place.

    Parameters
    ----------
    weeks
        Number of teaching weeks, 1 to 53. Odd-numbered weeks are A, even-numbered B.
    days
        Teaching days in order; the first is day 0 of the engine.
    day_start, day_end
        The teaching day.
    slot_minutes
        Atomic unit; every time of day is a multiple of it.
    periods
        Where meetings start; a duration can be given in periods. Without periods a
        meeting starts every ``start_every_minutes`` from ``day_start``.
    lunch
        Soft; a lunch hour that nobody may teach in is a break.
    breaks
        When nobody meets.
    pause_minutes
        A pause up to this long is no gap in anyone's day.
    holidays
        Dates that fall out.
    """

    weeks: Count
    days: tuple[Day, ...] = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI)
    day_start: Clock = "08:00"
    day_end: Clock = "18:00"
    slot_minutes: Count = 5
    periods: tuple[Period, ...] = ()
    start_every_minutes: Count = 60
    pause_minutes: Count = 20
    lunch: Lunch | None = None
    breaks: tuple[Interval, ...] = ()
    holidays: tuple[Holiday, ...] = ()

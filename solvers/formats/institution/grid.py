"""The time grid compiled: clock times and names of days into the engine's times."""

from __future__ import annotations

from collections.abc import Iterable

from solvers.model import Time

from .schema import Component, TimeGrid
from .values import Day, Interval, WeekPattern, clock, minutes_of

__all__ = ["Grid"]


class Grid:
    """Slots, days and weeks of a term.

    Parameters
    ----------
    source
        A time grid that passed its checks.
    """

    def __init__(self, source: TimeGrid) -> None:
        self._source = source
        self.slot_minutes = source.slot_minutes
        self.slots_per_day = 24 * 60 // source.slot_minutes
        self.days = {day: index for index, day in enumerate(source.days)}
        self.num_weeks = source.weeks
        self.first_slot = self.slot(source.day_start)
        self.last_slot = self.slot(source.day_end)
        self.all_weeks = (1 << source.weeks) - 1
        self.teaching_weeks = [self._weeks_taught(day) for day in source.days]
        self.closed = self.of_intervals(source.breaks)
        self._starts = self._all_starts()

    def slot(self, time: str) -> int:
        """Slot at which a time of day lies."""
        return minutes_of(time) // self.slot_minutes

    def slots(self, minutes: float) -> int:
        """Whole slots of a duration in minutes."""
        return int(minutes // self.slot_minutes)

    def clock(self, slot: int) -> str:
        """Time of day of a slot."""
        return clock(slot * self.slot_minutes)

    def day(self, mask: int) -> Day:
        """First day of a mask of days."""
        return self._source.days[(mask & -mask).bit_length() - 1]

    def weeks_of(self, pattern: WeekPattern) -> int:
        """Mask of weeks of a pattern, holidays included."""
        odd = sum(1 << week for week in range(0, self.num_weeks, 2))
        match pattern:
            case "all":
                return self.all_weeks
            case "A":
                return odd
            case "B":
                return self.all_weeks ^ odd
            case weeks:
                return sum(1 << (week - 1) for week in set(weeks))

    def of_intervals(self, intervals: Iterable[Interval]) -> tuple[Time, ...]:
        """Times that intervals cover."""
        return tuple(self.of_interval(interval) for interval in intervals)

    def of_interval(self, interval: Interval) -> Time:
        """Time that an interval covers."""
        days = interval.days or self._source.days
        mask = sum(1 << self.days[day] for day in set(days))
        start = self.slot(interval.start)
        length = self.slot(interval.end) - start
        return Time(self.weeks_of(interval.weeks), mask, start, length)

    def times(self, component: Component, weeks: WeekPattern) -> tuple[Time, ...]:
        """Times at which a meeting of a component may take place, by day and start."""
        return self._on_all_days(weeks, self._stretches(component))

    def times_from(
        self, component: Component, weeks: WeekPattern, start: str
    ) -> tuple[Time, ...]:
        """Times from one start on, even where meetings do not usually start."""
        slot = self.slot(start)
        found = [s for s in self._stretches(component) if s[0] == slot]
        if not found and component.duration_minutes is not None:
            found = [(slot, self.slots(component.duration_minutes))]
        return self._on_all_days(weeks, found)

    def _weeks_taught(self, day: Day) -> int:
        mask = self.all_weeks
        for holiday in self._source.holidays:
            if holiday.day is None or holiday.day == day:
                mask &= ~(1 << (holiday.week - 1))
        return mask

    def _all_starts(self) -> list[int]:
        if self._source.periods:
            return [self.slot(period.start) for period in self._source.periods]
        step = self.slots(self._source.start_every_minutes)
        return list(range(self.first_slot, self.last_slot, step))

    def _stretches(self, component: Component) -> list[tuple[int, int]]:
        """Start and length of each way to place a meeting in a day."""
        if component.duration_minutes is not None:
            length = self.slots(component.duration_minutes)
            return [(start, length) for start in self._starts]
        count = component.duration_periods or 1
        periods = self._source.periods
        pairs = zip(periods, periods[count - 1 :], strict=False)
        ends = ((self.slot(a.start), self.slot(b.end)) for a, b in pairs)
        return [(start, end - start) for start, end in ends]

    def _on_all_days(
        self, weeks: WeekPattern, stretches: list[tuple[int, int]]
    ) -> tuple[Time, ...]:
        wanted = self.weeks_of(weeks)
        candidates = (
            Time(wanted & taught, 1 << day, start, length)
            for day, taught in enumerate(self.teaching_weeks)
            if wanted & taught
            for start, length in stretches
            if self.first_slot <= start and start + length <= self.last_slot
        )
        return tuple(t for t in candidates if not any(map(t.overlaps, self.closed)))

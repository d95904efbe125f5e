"""Explanations as data: what in a timetable violates a constraint, and how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

__all__ = ["DAY_NAMES", "Cause", "join_weeks"]

DAY_NAMES = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of a violated constraint.

    Parameters
    ----------
    events
        Event indices that cause it together.
    amount
        Its share of the constraint's value in each of the weeks.
    text
        What is wrong, in words, without names of events and dates.
    weeks
        Weeks, 0-based; empty where it is not about single weeks.
    day
        Day of the week, 0-based; None where it is not about one.
    """

    events: tuple[int, ...]
    amount: int
    text: str
    weeks: tuple[int, ...] = ()
    day: int | None = None

    @property
    def total(self) -> int:
        """Its share of the constraint's value in all of the weeks."""
        return self.amount * max(1, len(self.weeks))

    @property
    def when(self) -> str:
        """Day and weeks in words, e.g. ``Tuesday, weeks 1-4, 6``; may be empty."""
        parts = [] if self.day is None else [_day_name(self.day)]
        if self.weeks:
            parts.append(f"week{'s' if len(self.weeks) > 1 else ''} {self._ranges()}")
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.when}: {self.text}" if self.when else self.text

    def _ranges(self) -> str:
        runs: list[list[int]] = []
        for week in self.weeks:
            if runs and week == runs[-1][-1] + 1:
                runs[-1].append(week)
            else:
                runs.append([week])
        return ", ".join(
            f"{run[0] + 1}-{run[-1] + 1}" if len(run) > 1 else f"{run[0] + 1}"
            for run in runs
        )


def join_weeks(causes: Iterable[Cause]) -> list[Cause]:
    """Join causes that differ in nothing but their weeks."""
    joined: dict[Cause, list[int]] = {}
    for cause in causes:
        joined.setdefault(replace(cause, weeks=()), []).extend(cause.weeks)
    return [replace(cause, weeks=tuple(weeks)) for cause, weeks in joined.items()]


def _day_name(day: int) -> str:
    return DAY_NAMES[day] if day < len(DAY_NAMES) else f"day {day + 1}"

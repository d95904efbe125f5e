"""Words of the institution format: identifiers, times of day, days, weeks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints

__all__ = [
    "Clock",
    "Count",
    "Day",
    "Hours",
    "Identifier",
    "Interval",
    "Name",
    "Part",
    "Thing",
    "WeekPattern",
    "clock",
    "minutes_of",
]

_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

Identifier: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=120, pattern=_PRINTABLE)
]
"""Unique among its kind; any printable text."""

Name: TypeAlias = Annotated[str, StringConstraints(max_length=300, pattern=_PRINTABLE)]
"""What a person reads."""

Clock: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")
]
"""Time of day, ``HH:MM``."""

Count: TypeAlias = StrictInt
"""A whole number; its range is checked together with everything else."""

Hours: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A number of hours."""

WeekPattern: TypeAlias = Literal["all", "A", "B"] | tuple[StrictInt, ...]
"""Weeks of the term: all, odd-numbered (A), even-numbered (B), or a list, from 1."""


class Day(StrEnum):
    """A day of the week."""

    MON = "Mon"
    TUE = "Tue"
    WED = "Wed"
    THU = "Thu"
    FRI = "Fri"
    SAT = "Sat"
    SUN = "Sun"


class Part(BaseModel):
    """Base of every object of the document: immutable, no unknown members."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Thing(Part):
    """Base of what other systems know too.

    Parameters
    ----------
    id
        Name within the document.
    external_id
        Key in the system that the document was made from; carried along, never read.
    """

    id: Identifier
    external_id: Identifier | None = None


class Interval(Part):
    """A stretch of the day on some days of some weeks.

    Parameters
    ----------
    days
        Days; empty means every day of the grid.
    start, end
        Times of day.
    weeks
        Weeks of the term.
    """

    days: tuple[Day, ...] = ()
    start: Clock = "00:00"
    end: Clock = "24:00"
    weeks: WeekPattern = Field(default="all")


def minutes_of(time: str) -> int:
    """Minutes since midnight of a time of day."""
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def clock(minutes: int) -> str:
    """Time of day of minutes since midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

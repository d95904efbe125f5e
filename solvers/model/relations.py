"""Tables of what two times have to do with each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import NO_DATE
from .codes import ConstraintCode
from .time import Time

__all__ = ["TimeTable", "first_bit"]

Table = NDArray[np.bool_]


def first_bit(masks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the index of the lowest set bit of every mask."""
    lowest = masks & -masks
    return np.round(np.log2(lowest.astype(np.float64))).astype(np.int64)


class TimeTable:
    """Distinct times as columns, and relations over all pairs of them.

    Parameters
    ----------
    times
        The distinct times, at least one.
    """

    def __init__(self, times: list[Time]) -> None:
        self.weeks = np.array([t.weeks for t in times], np.int64)
        self.days = np.array([t.days for t in times], np.int64)
        self.start = np.array([t.start for t in times], np.int64)
        self.end = np.array([t.end for t in times], np.int64)
        shares = (self._both(self.days) != 0) & (self._both(self.weeks) != 0)
        self.between = self._between()
        self.shares = shares
        self.overlap = shares & (self.between < 0)

    def _both(self, masks: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bitwise_and(masks[:, None], masks[None, :])

    def _between(self) -> NDArray[np.int64]:
        """Slots between two times of day, negative where they overlap."""
        later = self.start[None, :] - self.end[:, None]
        return np.asarray(np.maximum(later, later.T), np.int64)

    def gap(self) -> NDArray[np.int16]:
        """Slots between times of a common date, as ``InstanceArrays.gap``."""
        gap = np.where(self.shares, np.maximum(self.between, -1), NO_DATE)
        return gap.astype(np.int16)

    def violated(self, code: int, param: int) -> Table:
        """Table of a pairwise time type: row listed before column.

        ``SameAttendees`` gives its part without travel.
        """
        return np.asarray(self._violated(code, param), bool)

    def _violated(self, code: int, param: int) -> Any:
        match code:
            case ConstraintCode.SameStart:
                return self.start[:, None] != self.start[None, :]
            case ConstraintCode.SameTime:
                return ~(self._contained() | self._contained().T)
            case ConstraintCode.DifferentTime:
                return self.between < 0
            case ConstraintCode.SameDays:
                return self._neither_subset(self.days)
            case ConstraintCode.DifferentDays:
                return self._both(self.days) != 0
            case ConstraintCode.SameWeeks:
                return self._neither_subset(self.weeks)
            case ConstraintCode.DifferentWeeks:
                return self._both(self.weeks) != 0
            case ConstraintCode.Overlap:
                return ~self.overlap
            case ConstraintCode.NotOverlap | ConstraintCode.SameAttendees:
                return self.overlap
            case ConstraintCode.Precedence:
                return ~self._precedes()
            case ConstraintCode.WorkDay:
                first = np.minimum(self.start[:, None], self.start[None, :])
                last = np.maximum(self.end[:, None], self.end[None, :])
                return self.shares & (last - first > param)
            case ConstraintCode.MinGap:
                return self.shares & (self.between < param)
            case _:
                raise ValueError(f"{code} is no relation of times")

    def _contained(self) -> Any:
        return (self.start[:, None] <= self.start[None, :]) & (
            self.end[None, :] <= self.end[:, None]
        )

    def _neither_subset(self, masks: NDArray[np.int64]) -> Any:
        union = masks[:, None] | masks[None, :]
        return (union != masks[:, None]) & (union != masks[None, :])

    def _precedes(self) -> Any:
        week, day = first_bit(self.weeks), first_bit(self.days)
        same_week = week[:, None] == week[None, :]
        same_day = day[:, None] == day[None, :]
        same_date = same_week & same_day & (self.end[:, None] <= self.start[None, :])
        earlier_day = same_week & (day[:, None] < day[None, :])
        return (week[:, None] < week[None, :]) | earlier_day | same_date

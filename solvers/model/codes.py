"""Integer codes of the constraint types, shared by arrays, kernels and registry."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["PAIRWISE_CODES", "ROOM_CODES", "ConstraintCode", "Span", "span_of"]


class ConstraintCode(IntEnum):
    """Code of a constraint type; the member name is the type's public name.

    The first nineteen are the ITC-2019 distribution types, up to ``MinGap`` pairwise,
    from ``MaxDays`` over the whole list. The rest are Horarium's own whole-list types.
    """

    SameStart = 0
    SameTime = 1
    DifferentTime = 2
    SameDays = 3
    DifferentDays = 4
    SameWeeks = 5
    DifferentWeeks = 6
    Overlap = 7
    NotOverlap = 8
    SameRoom = 9
    DifferentRoom = 10
    SameAttendees = 11
    Precedence = 12
    WorkDay = 13
    MinGap = 14
    MaxDays = 15
    MaxDayLoad = 16
    MaxBreaks = 17
    MaxBlock = 18
    Gaps = 19
    LunchBreak = 20
    EvenDayLoad = 21
    IsolatedMeetings = 22
    RoomStability = 23
    MinWorkingDays = 24
    Compactness = 25
    MeetingsPerDay = 26
    MaxConsecutive = 27
    MaxConcurrent = 28
    DoubleLectures = 29
    BuildingChanges = 30
    MaxWeekLoad = 31
    EvenWeekLoad = 32


class Span(IntEnum):
    """What a whole-list type measures at a time; its value is the sum of these."""

    DAY = 0
    WEEK = 1
    TERM = 2


_C = ConstraintCode

PAIRWISE_CODES = frozenset(code for code in ConstraintCode if code <= _C.MinGap)

ROOM_CODES = frozenset({_C.RoomStability, _C.DoubleLectures, _C.BuildingChanges})
"""Whole-list types that look at rooms; all others depend on times alone."""

_WEEK_CODES = frozenset({_C.EvenDayLoad, _C.MaxWeekLoad})
_TERM_CODES = frozenset(
    {_C.MaxDays, _C.MinWorkingDays, _C.RoomStability, _C.EvenWeekLoad}
)


def span_of(code: ConstraintCode) -> Span:
    """Return what a whole-list type measures at a time: a date unless listed here."""
    if code in _TERM_CODES:
        return Span.TERM
    return Span.WEEK if code in _WEEK_CODES else Span.DAY

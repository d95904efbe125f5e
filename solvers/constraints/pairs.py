"""The fifteen pairwise distribution types of ITC-2019."""

from __future__ import annotations

from solvers.model import ConstraintCode, Time

from .context import Context, Placement
from .kinds import PairwiseType
from .parameters import Parameter

__all__ = ["PAIRWISE_TYPES", "attendees_conflict"]


def _subset(a: int, b: int) -> bool:
    return (a | b) in (a, b)


def _first(mask: int) -> int:
    return (mask & -mask).bit_length()


def attendees_conflict(a: Placement, b: Placement, context: Context) -> bool:
    """Whether nobody can attend both: they overlap or the way is too long."""
    if not a.time.shares_date(b.time):
        return False
    travel = context.travel_slots(a.room, b.room)
    return a.time.end + travel > b.time.start and b.time.end + travel > a.time.start


def _contained(a: Time, b: Time) -> bool:
    return a.start <= b.start and b.end <= a.end


def _precedes(a: Time, b: Time) -> bool:
    if _first(a.weeks) != _first(b.weeks):
        return _first(a.weeks) < _first(b.weeks)
    if _first(a.days) != _first(b.days):
        return _first(a.days) < _first(b.days)
    return a.end <= b.start


def _too_close(a: Time, b: Time, gap: int) -> bool:
    return a.shares_date(b) and a.end + gap > b.start and b.end + gap > a.start


def _long_day(a: Time, b: Time, slots: int) -> bool:
    return a.shares_date(b) and max(a.end, b.end) - min(a.start, b.start) > slots


_C = ConstraintCode

PAIRWISE_TYPES = (
    PairwiseType(
        code=_C.SameStart,
        sentence="Events start at the same time of day.",
        violated=lambda a, b, p, c: a.time.start != b.time.start,
        broken="they start at different times of day",
    ),
    PairwiseType(
        code=_C.SameTime,
        sentence="Of two events the shorter lies within the longer's time of day.",
        violated=lambda a, b, p, c: (
            not (_contained(a.time, b.time) or _contained(b.time, a.time))
        ),
        broken="neither lies within the other's time of day",
    ),
    PairwiseType(
        code=_C.DifferentTime,
        sentence="Events do not overlap in the time of day, on whatever days.",
        violated=lambda a, b, p, c: (
            a.time.end > b.time.start and b.time.end > a.time.start
        ),
        broken="they overlap in the time of day",
    ),
    PairwiseType(
        code=_C.SameDays,
        sentence="The days of one event are among the days of the other.",
        violated=lambda a, b, p, c: not _subset(a.time.days, b.time.days),
        broken="each meets on a day on which the other does not",
    ),
    PairwiseType(
        code=_C.DifferentDays,
        sentence="Events share no day of the week.",
        violated=lambda a, b, p, c: bool(a.time.days & b.time.days),
        broken="they share a day of the week",
    ),
    PairwiseType(
        code=_C.SameWeeks,
        sentence="The weeks of one event are among the weeks of the other.",
        violated=lambda a, b, p, c: not _subset(a.time.weeks, b.time.weeks),
        broken="each meets in a week in which the other does not",
    ),
    PairwiseType(
        code=_C.DifferentWeeks,
        sentence="Events share no week.",
        violated=lambda a, b, p, c: bool(a.time.weeks & b.time.weeks),
        broken="they share a week",
    ),
    PairwiseType(
        code=_C.Overlap,
        sentence="Events overlap in time.",
        violated=lambda a, b, p, c: not a.time.overlaps(b.time),
        broken="they do not overlap",
    ),
    PairwiseType(
        code=_C.NotOverlap,
        sentence="Events do not overlap in time.",
        violated=lambda a, b, p, c: a.time.overlaps(b.time),
        broken="they overlap",
    ),
    PairwiseType(
        code=_C.SameRoom,
        sentence="Events are in the same room.",
        violated=lambda a, b, p, c: a.room != b.room,
        broken="they are in different rooms",
    ),
    PairwiseType(
        code=_C.DifferentRoom,
        sentence="Events are in different rooms.",
        violated=lambda a, b, p, c: a.room == b.room,
        broken="they are in the same room",
    ),
    PairwiseType(
        code=_C.SameAttendees,
        sentence="One person can attend all events, the way between rooms included.",
        violated=lambda a, b, p, c: attendees_conflict(a, b, c),
        broken="nobody can attend both: they overlap or the way is too long",
    ),
    PairwiseType(
        code=_C.Precedence,
        sentence="The first meeting of an event ends before that of any later listed.",
        violated=lambda a, b, p, c: not _precedes(a.time, b.time),
        broken="the first does not end before the second begins",
    ),
    PairwiseType(
        code=_C.WorkDay,
        sentence="On a common day at most S slots pass from first start to last end.",
        violated=lambda a, b, p, c: _long_day(a.time, b.time, p[0]),
        broken="they lie too far apart on a common day",
        params=(Parameter("S", "slots"),),
    ),
    PairwiseType(
        code=_C.MinGap,
        sentence="On a common day at least G slots lie between two events.",
        violated=lambda a, b, p, c: _too_close(a.time, b.time, p[0]),
        broken="they lie too close on a common day",
        params=(Parameter("G", "slots"),),
    ),
)

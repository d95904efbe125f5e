"""How much the events take of a day, of a week, and how evenly."""

from __future__ import annotations

from collections.abc import Sequence

from solvers.model import ConstraintCode

from .context import Context, Meetings, Params, Placement, dates
from .kinds import Days, DayType, TermType, WeekType
from .parameters import Parameter

__all__ = [
    "EVEN_DAY_LOAD",
    "EVEN_WEEK_LOAD",
    "MAX_DAY_LOAD",
    "MAX_WEEK_LOAD",
    "MEETINGS_PER_DAY",
]


def _load(meetings: Meetings) -> int:
    return sum(meeting.time.length for meeting in meetings)


def _week_load(days: Days) -> int:
    return sum(map(_load, days.values()))


def _share(total: int, parts: int) -> int:
    """Even share of a total, rounded up."""
    return -(-total // parts)


# MaxDayLoad


def _max_day_load(meetings: Meetings, params: Params, _: Context) -> int:
    return max(0, _load(meetings) - params[0])


MAX_DAY_LOAD = DayType(
    code=ConstraintCode.MaxDayLoad,
    sentence="The events take at most S slots on any day.",
    params=(Parameter("S", "slots"),),
    on_day=_max_day_load,
    reason=lambda m, p, c: (
        f"meetings take {c.duration(_load(m))}, at most {c.duration(p[0])} are allowed"
    ),
)


# MeetingsPerDay


def _meetings_per_day(meetings: Meetings, params: Params, _: Context) -> int:
    fewest, most = params
    return max(0, fewest - len(meetings), len(meetings) - most)


MEETINGS_PER_DAY = DayType(
    code=ConstraintCode.MeetingsPerDay,
    sentence="A day with a meeting has at least N and at most M of them.",
    params=(Parameter("N", "meetings"), Parameter("M", "meetings", 1)),
    mismatch=lambda p: "N must not exceed M" if p[0] > p[1] else "",
    on_day=_meetings_per_day,
    reason=lambda m, p, c: f"{len(m)} meetings, not {p[0]} to {p[1]}",
)


# MaxWeekLoad


def _max_week_load(days: Days, params: Params, _: Context) -> int:
    return max(0, _week_load(days) - params[0])


MAX_WEEK_LOAD = WeekType(
    code=ConstraintCode.MaxWeekLoad,
    sentence="The events take at most S slots in any week.",
    params=(Parameter("S", "slots"),),
    in_week=_max_week_load,
    reason=lambda d, p, c: (
        f"meetings take {c.duration(_week_load(d))}, "
        f"at most {c.duration(p[0])} are allowed"
    ),
)


# EvenDayLoad


def _even_day_load(days: Days, params: Params, _: Context) -> int:
    share = _share(_week_load(days), params[0])
    return sum(max(0, _load(meetings) - share) for meetings in days.values())


def _uneven_days(days: Days, params: Params, context: Context) -> str:
    share = _share(_week_load(days), params[0])
    heaviest = max(map(_load, days.values()))
    return (
        f"the heaviest day has {context.duration(heaviest)}, "
        f"an even share is {context.duration(share)}"
    )


EVEN_DAY_LOAD = WeekType(
    code=ConstraintCode.EvenDayLoad,
    sentence="No day carries more than an even share of the week's load over D days.",
    params=(Parameter("D", "days", 1),),
    in_week=_even_day_load,
    reason=_uneven_days,
)


# EvenWeekLoad


def _week_loads(placements: Sequence[Placement], context: Context) -> list[int]:
    loads = [0] * context.num_weeks
    for week, _, meetings in dates(placements, context):
        loads[week] += _load(meetings)
    return loads


def _even_week_load(
    placements: Sequence[Placement], params: Params, context: Context
) -> int:
    loads = _week_loads(placements, context)
    share = _share(sum(loads), params[0])
    return sum(max(0, load - share) for load in loads)


def _uneven_weeks(
    placements: Sequence[Placement], params: Params, context: Context
) -> str:
    loads = _week_loads(placements, context)
    share = _share(sum(loads), params[0])
    return (
        f"the heaviest week has {context.duration(max(loads))}, "
        f"an even share is {context.duration(share)}"
    )


EVEN_WEEK_LOAD = TermType(
    code=ConstraintCode.EvenWeekLoad,
    sentence="No week carries more than an even share of the term's load over W weeks.",
    params=(Parameter("W", "weeks", 1),),
    over_term=_even_week_load,
    reason=_uneven_weeks,
)

"""Pauses of a day: idle time, lunch, and meetings that stand alone."""

from __future__ import annotations

from solvers.model import ConstraintCode

from .context import Context, Meetings, Params, Placement, blocks, pauses
from .kinds import DayType
from .parameters import Parameter

__all__ = ["COMPACTNESS", "GAPS", "ISOLATED_MEETINGS", "LUNCH_BREAK", "follows"]


def follows(before: Placement, after: Placement, pause: int) -> bool:
    """Whether a meeting starts at most ``pause`` slots after another one's end."""
    return 0 <= after.time.start - before.time.end <= pause


# Gaps


def _gaps(meetings: Meetings, params: Params, _: Context) -> int:
    idle = (end - start for start, end in pauses(meetings))
    return sum(slots for slots in idle if slots > params[0])


def _idle_spans(meetings: Meetings, params: Params, context: Context) -> str:
    spans = ", ".join(
        f"{context.clock(start)} to {context.clock(end)}"
        for start, end in pauses(meetings)
        if end - start > params[0]
    )
    return f"idle {spans}"


GAPS = DayType(
    code=ConstraintCode.Gaps,
    sentence="Between the first and last meeting of a day no pause exceeds G slots.",
    params=(Parameter("G", "slots"),),
    on_day=_gaps,
    reason=_idle_spans,
)


# LunchBreak


def _lunch_break(meetings: Meetings, params: Params, _: Context) -> int:
    first, last, length = params
    free_from = first
    for start, end, _count in blocks((m.time for m in meetings), 0):
        if min(start, last) - free_from >= length:
            return 0
        free_from = max(free_from, end)
    return int(last - free_from < length)


LUNCH_BREAK = DayType(
    code=ConstraintCode.LunchBreak,
    sentence="Every day with a meeting leaves L slots in a row free between S and E.",
    params=(
        Parameter("S", "slot of the day"),
        Parameter("E", "slot of the day"),
        Parameter("L", "slots", 1),
    ),
    mismatch=lambda p: "S to E must hold L slots" if p[1] - p[0] < p[2] else "",
    on_day=_lunch_break,
    reason=lambda m, p, c: (
        f"no {c.duration(p[2])} in a row are free "
        f"between {c.clock(p[0])} and {c.clock(p[1])}"
    ),
)


# IsolatedMeetings

ISOLATED_MEETINGS = DayType(
    code=ConstraintCode.IsolatedMeetings,
    sentence="No day has one single meeting.",
    on_day=lambda m, p, c: int(len(m) == 1),
    reason=lambda m, p, c: "one single meeting",
)


# Compactness


def _alone(meetings: Meetings, pause: int) -> list[Placement]:
    return [
        one
        for one in meetings
        if not any(
            follows(one, other, pause) or follows(other, one, pause)
            for other in meetings
        )
    ]


def _compactness(meetings: Meetings, params: Params, _: Context) -> int:
    return len(_alone(meetings, params[0]))


def _stand_alone(meetings: Meetings, params: Params, context: Context) -> str:
    starts = ", ".join(context.clock(m.time.start) for m in _alone(meetings, params[0]))
    return f"no meeting right before or after {starts}"


COMPACTNESS = DayType(
    code=ConstraintCode.Compactness,
    sentence="Every meeting has another one at most P slots before or after it.",
    params=(Parameter("P", "slots"),),
    on_day=_compactness,
    reason=_stand_alone,
)

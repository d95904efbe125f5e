"""Meetings in a row: how long, how many, and how often interrupted.

Meetings with a pause of at most S slots between them are one block, and so are meetings
that overlap.
"""

from __future__ import annotations

from solvers.model import ConstraintCode

from .context import Context, Meetings, Params, blocks
from .kinds import DayType
from .parameters import Parameter

__all__ = ["MAX_BLOCK", "MAX_BREAKS", "MAX_CONSECUTIVE"]

_PAUSE = Parameter("S", "slots")


def _blocks(meetings: Meetings, pause: int) -> list[tuple[int, int, int]]:
    return blocks((meeting.time for meeting in meetings), pause)


# MaxBreaks


def _max_breaks(meetings: Meetings, params: Params, _: Context) -> int:
    breaks, pause = params
    return max(0, len(_blocks(meetings, pause)) - breaks - 1)


MAX_BREAKS = DayType(
    code=ConstraintCode.MaxBreaks,
    sentence="No day has more than R breaks, a break being a pause over S slots.",
    params=(Parameter("R", "breaks"), _PAUSE),
    on_day=_max_breaks,
    reason=lambda m, p, c: f"{len(_blocks(m, p[1])) - 1} breaks, at most {p[0]} may be",
)


# MaxBlock


def _start_together(meetings: Meetings, start: int, end: int) -> bool:
    return all(m.time.start == start for m in meetings if start <= m.time.start < end)


def _long_blocks(
    meetings: Meetings, params: Params, context: Context
) -> list[tuple[int, int]]:
    longest, pause = params
    return [
        (start, end)
        for start, end, count in _blocks(meetings, pause)
        if count >= 2
        and end - start > longest
        and not (context.same_start_exempt and _start_together(meetings, start, end))
    ]


def _max_block(meetings: Meetings, params: Params, context: Context) -> int:
    return len(_long_blocks(meetings, params, context))


def _blocks_too_long(meetings: Meetings, params: Params, context: Context) -> str:
    spans = ", ".join(
        f"{context.clock(start)} to {context.clock(end)}"
        for start, end in _long_blocks(meetings, params, context)
    )
    return f"without a break {spans}, longer than {context.duration(params[0])}"


MAX_BLOCK = DayType(
    code=ConstraintCode.MaxBlock,
    sentence="No block of several events, pauses of at most S slots, exceeds M slots.",
    params=(Parameter("M", "slots"), _PAUSE),
    on_day=_max_block,
    reason=_blocks_too_long,
)


# MaxConsecutive


def _max_consecutive(meetings: Meetings, params: Params, _: Context) -> int:
    most, pause = params
    return sum(max(0, count - most) for *_, count in _blocks(meetings, pause))


MAX_CONSECUTIVE = DayType(
    code=ConstraintCode.MaxConsecutive,
    sentence="At most M meetings follow each other with pauses of at most S slots.",
    params=(Parameter("M", "meetings", 1), _PAUSE),
    on_day=_max_consecutive,
    reason=lambda m, p, c: (
        f"{max(count for *_, count in _blocks(m, p[1]))} meetings in a row, "
        f"at most {p[0]} are allowed"
    ),
)

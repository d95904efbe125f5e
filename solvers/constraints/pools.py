"""Things of which there are only so many: equipment, licenses, invigilators."""

from __future__ import annotations

from solvers.model import ConstraintCode

from .context import Context, Meetings, Params, Placement
from .kinds import DayType
from .parameters import Parameter

__all__ = ["MAX_CONCURRENT"]


def _without(meetings: Meetings, pool: int) -> list[Placement]:
    """Meetings that start while ``pool`` others, listed before them, are running."""
    return [
        one
        for index, one in enumerate(meetings)
        if sum(m.time.end > one.time.start for m in meetings[:index]) >= pool
    ]


def _max_concurrent(meetings: Meetings, params: Params, _: Context) -> int:
    return len(_without(meetings, params[0]))


def _too_many(meetings: Meetings, params: Params, context: Context) -> str:
    starts = {m.time.start for m in _without(meetings, params[0])}
    moments = ", ".join(context.clock(start) for start in sorted(starts))
    return f"more than {params[0]} meetings at once at {moments}"


MAX_CONCURRENT = DayType(
    code=ConstraintCode.MaxConcurrent,
    sentence="At no moment do more than K of the events meet.",
    params=(Parameter("K", "events", 1),),
    on_day=_max_concurrent,
    reason=_too_many,
)

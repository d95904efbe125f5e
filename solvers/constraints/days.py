"""On how many days of the week the events meet."""

from __future__ import annotations

from collections.abc import Sequence

from solvers.model import ConstraintCode

from .context import Context, Params, Placement
from .kinds import TermType
from .parameters import Parameter

__all__ = ["MAX_DAYS", "MIN_WORKING_DAYS"]


def _used_days(placements: Sequence[Placement]) -> int:
    used = 0
    for placement in placements:
        used |= placement.time.days
    return used.bit_count()


def _max_days(placements: Sequence[Placement], params: Params, _: Context) -> int:
    return max(0, _used_days(placements) - params[0])


def _min_days(placements: Sequence[Placement], params: Params, _: Context) -> int:
    return max(0, params[0] - _used_days(placements))


MAX_DAYS = TermType(
    code=ConstraintCode.MaxDays,
    sentence="The events use at most D days of the week.",
    params=(Parameter("D", "days", 1),),
    over_term=_max_days,
    reason=lambda all_, p, c: f"{_used_days(all_)} days are used, at most {p[0]} may",
)

MIN_WORKING_DAYS = TermType(
    code=ConstraintCode.MinWorkingDays,
    sentence="The events are spread over at least D days of the week.",
    params=(Parameter("D", "days", 1),),
    over_term=_min_days,
    reason=lambda all_, p, c: f"{_used_days(all_)} days are used, at least {p[0]} must",
)

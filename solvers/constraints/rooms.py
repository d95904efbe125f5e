"""In which rooms and buildings the events meet one after another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from solvers.model import ConstraintCode

from .context import Context, Meetings, Params, Placement
from .kinds import DayType, TermType
from .parameters import Parameter
from .pauses import follows

__all__ = ["BUILDING_CHANGES", "DOUBLE_LECTURES", "ROOM_STABILITY"]

_PAUSE = Parameter("P", "slots")


# RoomStability


def _num_rooms(placements: Sequence[Placement]) -> int:
    return len({placement.room for placement in placements} - {None})


ROOM_STABILITY = TermType(
    code=ConstraintCode.RoomStability,
    sentence="The events stay in one room.",
    over_term=lambda all_, p, c: max(0, _num_rooms(all_) - 1),
    reason=lambda all_, p, c: f"{_num_rooms(all_)} rooms are used",
)


# DoubleLectures


def _single(meetings: Meetings, pause: int) -> list[Placement]:
    """Meetings that are not grouped with another one in the same room."""
    grouped = {
        index
        for (i, a), (j, b) in permutations(enumerate(meetings), 2)
        if a.room == b.room and follows(a, b, pause)
        for index in (i, j)
    }
    return [m for index, m in enumerate(meetings) if index not in grouped]


def _double_lectures(meetings: Meetings, params: Params, _: Context) -> int:
    return len(_single(meetings, params[0])) if len(meetings) > 1 else 0


def _ungrouped(meetings: Meetings, params: Params, context: Context) -> str:
    starts = ", ".join(
        context.clock(m.time.start) for m in _single(meetings, params[0])
    )
    return f"not grouped with another meeting in the same room: {starts}"


DOUBLE_LECTURES = DayType(
    code=ConstraintCode.DoubleLectures,
    sentence=(
        "On a day with several meetings each has another one in its room "
        "at most P slots before or after it."
    ),
    params=(_PAUSE,),
    on_day=_double_lectures,
    reason=_ungrouped,
)


# BuildingChanges


def _changes(
    meetings: Meetings, pause: int, context: Context
) -> list[tuple[Placement, Placement]]:
    return [
        (a, b)
        for a, b in permutations(meetings, 2)
        if follows(a, b, pause)
        and context.building(a.room)
        and context.building(b.room)
        and context.building(a.room) != context.building(b.room)
    ]


def _building_changes(meetings: Meetings, params: Params, context: Context) -> int:
    return len(_changes(meetings, params[0], context))


def _ways(meetings: Meetings, params: Params, context: Context) -> str:
    ways = ", ".join(
        f"{context.building(a.room)} to {context.building(b.room)} "
        f"at {context.clock(b.time.start)}"
        for a, b in _changes(meetings, params[0], context)
    )
    return f"change of building: {ways}"


BUILDING_CHANGES = DayType(
    code=ConstraintCode.BuildingChanges,
    sentence="Meetings at most P slots after each other are in one building.",
    params=(_PAUSE,),
    on_day=_building_changes,
    reason=_ways,
)

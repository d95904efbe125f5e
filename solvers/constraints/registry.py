"""All constraint types by name. A new type is registered here, by one line."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import days, loads, pauses, pools, rooms, runs
from .kinds import ConstraintType, ListType
from .pairs import PAIRWISE_TYPES

__all__ = ["CONSTRAINT_TYPES"]

LIST_TYPES: tuple[ListType, ...] = (
    days.MAX_DAYS,
    loads.MAX_DAY_LOAD,
    runs.MAX_BREAKS,
    runs.MAX_BLOCK,
    pauses.GAPS,
    pauses.LUNCH_BREAK,
    loads.EVEN_DAY_LOAD,
    pauses.ISOLATED_MEETINGS,
    rooms.ROOM_STABILITY,
    days.MIN_WORKING_DAYS,
    pauses.COMPACTNESS,
    loads.MEETINGS_PER_DAY,
    runs.MAX_CONSECUTIVE,
    pools.MAX_CONCURRENT,
    rooms.DOUBLE_LECTURES,
    rooms.BUILDING_CHANGES,
    loads.MAX_WEEK_LOAD,
    loads.EVEN_WEEK_LOAD,
)
"""Types over whole lists: the four of ITC-2019, then those of other formats."""

CONSTRAINT_TYPES: Mapping[str, ConstraintType] = MappingProxyType(
    {kind.name: kind for kind in (*PAIRWISE_TYPES, *LIST_TYPES)}
)

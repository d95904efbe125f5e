"""Crossover by blocks: a child takes part of one parent and the rest of the other.

References
----------
.. [1] Moscato, P. (1989). On evolution, search, optimization, genetic algorithms and
   martial arts: towards memetic algorithms. Caltech C3P Report 826.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from solvers.communities import Communities
from solvers.model import InstanceArrays, Timetable

__all__ = ["Block", "cross", "draw_block"]


class Block(StrEnum):
    """What a child takes whole from its second parent."""

    COMMUNITY = "community"
    ROOM = "room"
    DAY = "day"


def draw_block(
    arrays: InstanceArrays,
    communities: Communities,
    donor: Timetable,
    block: Block,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Choose events that the donor hands down.

    Returns
    -------
    NDArray
        ``(num_events,)`` bool mask.
    """
    if block is Block.COMMUNITY:
        return np.asarray(communities.label == rng.integers(communities.num))
    if block is Block.ROOM:
        rooms = arrays.room_ids[arrays.room_ptr[:-1] + np.maximum(donor.room_option, 0)]
        chosen = rng.permutation(arrays.num_rooms)[: max(1, arrays.num_rooms // 10)]
        return np.isin(rooms, chosen)
    times = arrays.time_ids[arrays.time_ptr[:-1] + donor.time_option]
    day = int(rng.integers(arrays.num_days))
    return np.asarray(arrays.days[times] >> day & 1, bool)


def cross(first: Timetable, second: Timetable, mask: NDArray[np.bool_]) -> Timetable:
    """Child with the second parent's placements where masked, else the first's.

    The sectioning is the first parent's: students cannot be cut along a block.
    """
    return Timetable(
        np.where(mask, second.time_option, first.time_option),
        np.where(mask, second.room_option, first.room_option),
        first.enrollments,
    )

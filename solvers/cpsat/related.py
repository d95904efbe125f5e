"""Who has to do with whom: walks over constraints and shared rooms."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

import numpy as np

from .assignment import Assignment, IntArray
from .lists import list_events
from .problem import Problem
from .surroundings import rows_of

__all__ = ["breadth_first", "related_events", "room_rivals"]

MOST_NEIGHBORS = 12


def related_events(problem: Problem, event: int) -> IntArray:
    """Events that share a constraint with the given one, ascending."""
    arrays = problem.arrays
    parts = [
        arrays.pair_other[rows_of(arrays.pair_ptr, event)],
        arrays.same_other[rows_of(arrays.same_ptr, event)],
    ]
    for number in arrays.member_list[rows_of(arrays.member_ptr, event)].tolist():
        parts.append(list_events(arrays, number).astype(np.int32))
    found = np.unique(np.concatenate(parts)).astype(np.int64)
    others: IntArray = found[found != event]
    return others


def room_rivals(problem: Problem, assignment: Assignment, event: int) -> IntArray:
    """Events that now stand in a room that the event may take."""
    arrays = problem.arrays
    rooms = arrays.room_ids[rows_of(arrays.room_ptr, event)]
    rooms = rooms[rooms < arrays.num_rooms]
    stands = np.isin(assignment.rooms, rooms) & (assignment.room_pos >= 0)
    stands[event] = False
    return np.flatnonzero(stands)


def breadth_first(
    seeds: Iterable[int],
    size: int,
    neighbors: Callable[[int], IntArray],
    rng: np.random.Generator,
) -> list[int]:
    """Walk from the seeds until ``size`` events are met, in a random order."""
    found = list(dict.fromkeys(seeds))[:size]
    queue = deque(found)
    seen = set(found)
    while queue and len(found) < size:
        near = neighbors(queue.popleft())
        for event in rng.permutation(near)[:MOST_NEIGHBORS].tolist():
            if event not in seen and len(found) < size:
                seen.add(event)
                found.append(event)
                queue.append(event)
    return found

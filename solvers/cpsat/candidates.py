"""The placements that a free event may take in a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .assignment import Assignment, IntArray
from .surroundings import Surroundings, rows_of

__all__ = ["Candidates", "pair_candidates", "room_candidates", "time_candidates"]


ROOMS_AT_ONE_TIME = 6
"""Rooms offered at one time before further times are."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Placements of one event, one Boolean each.

    Parameters
    ----------
    event
        Event index.
    time_pos, room_pos
        ``(num,)`` int64, positions in the option lists; ``room_pos`` -1 where the room
        is left open.
    times, rooms
        ``(num,)`` int64, time and room indices; "no room" where it is left open.
    hard, soft
        ``(num,)`` int64, hard violations and soft cost against everything fixed, own
        option costs included.
    current
        Position of the current placement, -1 if there is none.
    """

    event: int
    time_pos: IntArray
    room_pos: IntArray
    times: IntArray
    rooms: IntArray
    hard: IntArray
    soft: IntArray
    current: int

    def __len__(self) -> int:
        return len(self.times)

    def take(self, kept: IntArray) -> Candidates:
        """Only the given positions."""
        where = np.flatnonzero(kept == self.current)
        return Candidates(
            self.event,
            self.time_pos[kept],
            self.room_pos[kept],
            self.times[kept],
            self.rooms[kept],
            self.hard[kept],
            self.soft[kept],
            int(where[0]) if len(where) else -1,
        )

    def strict(self) -> Candidates:
        """Only placements without hard violations."""
        return self.take(np.flatnonzero(self.hard == 0))

    def best(self, most: int, rng: np.random.Generator) -> Candidates:
        """Keep the best placements and the current one.

        Ranks are blurred, lest every call offers the same corner of the options.
        """
        if len(self) <= most:
            return self
        spread = max(1.0, float(np.median(self.soft) - self.soft.min()))
        blurred = self.soft + rng.random(len(self)) * spread
        order = np.lexsort((blurred, self._crowd(blurred), self.hard))[:most]
        if self.current >= 0 and self.current not in order:
            order = np.append(order, self.current)
        return self.take(np.sort(order))

    def _crowd(self, cost: NDArray[np.float64]) -> IntArray:
        """Whether so many better rooms at the same time exist that more are no help."""
        order = np.lexsort((cost, self.hard, self.times))
        first = np.searchsorted(self.times[order], self.times[order])
        crowd = np.empty(len(self), np.int64)
        crowd[order] = (np.arange(len(self)) - first) // ROOMS_AT_ONE_TIME
        return crowd


def pair_candidates(
    assignment: Assignment, surroundings: Surroundings, event: int
) -> Candidates:
    """Every (time, room) of an event, rated."""
    arrays = assignment.arrays
    time_rows = rows_of(arrays.time_ptr, event)
    room_rows = rows_of(arrays.room_ptr, event)
    return _rated(
        assignment,
        surroundings,
        event,
        np.arange(time_rows.start, time_rows.stop),
        np.arange(room_rows.start, room_rows.stop),
    )


def room_candidates(
    assignment: Assignment, surroundings: Surroundings, event: int
) -> Candidates:
    """Every room of an event at its current time, rated."""
    room_rows = rows_of(assignment.arrays.room_ptr, event)
    return _rated(
        assignment,
        surroundings,
        event,
        assignment.time_pos[event : event + 1],
        np.arange(room_rows.start, room_rows.stop),
    )


def time_candidates(
    assignment: Assignment, surroundings: Surroundings, event: int
) -> Candidates:
    """Every time of an event, rated in its best room; the room is left open."""
    pairs = pair_candidates(assignment, surroundings, event)
    arrays = assignment.arrays
    times = arrays.time_ptr[event + 1] - arrays.time_ptr[event]
    shape = (int(times), -1)
    hard = pairs.hard.reshape(shape)
    cheapest = np.where(hard == hard.min(axis=1, keepdims=True), 0, 2**40)
    rows = rows_of(arrays.time_ptr, event)
    current = assignment.time_pos[event] - rows.start
    return Candidates(
        event,
        np.arange(rows.start, rows.stop),
        np.full(times, -1, np.int64),
        arrays.time_ids[rows].astype(np.int64),
        np.full(times, arrays.num_rooms, np.int64),
        hard.min(axis=1),
        (pairs.soft.reshape(shape) + cheapest).min(axis=1),
        int(max(-1, current)),
    )


def _rated(
    assignment: Assignment,
    surroundings: Surroundings,
    event: int,
    time_pos: IntArray,
    room_pos: IntArray,
) -> Candidates:
    arrays = assignment.arrays
    times = arrays.time_ids[time_pos].astype(np.int64)
    rooms = arrays.room_ids[room_pos].astype(np.int64)
    hard, soft = surroundings.rate(event, times, rooms)
    soft += arrays.time_cost[time_pos][:, None] + arrays.room_cost[room_pos][None, :]
    all_times, all_rooms = (
        side.ravel() for side in np.meshgrid(time_pos, room_pos, indexing="ij")
    )
    at = (all_times == assignment.time_pos[event]) & (
        all_rooms == assignment.room_pos[event]
    )
    return Candidates(
        event,
        all_times,
        all_rooms,
        np.repeat(times, len(rooms)),
        np.tile(rooms, len(times)),
        hard.ravel(),
        soft.ravel(),
        int(np.flatnonzero(at)[0]) if at.any() else -1,
    )

"""Rooms that are closed, or taken by events that have no other room."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .domains import Domains, Grid
from .rules import Change

__all__ = ["Occupancy"]


class Occupancy:
    """Which rooms are open to an event at which times.

    An event with one room left takes it at every moment that all of its times share,
    whichever of them it gets: there the room is closed to everybody else.

    Parameters
    ----------
    grid
        The instance's times and rooms.
    domains
        What is left to the events; read, not changed.
    """

    def __init__(self, grid: Grid, domains: Domains) -> None:
        self._grid = grid
        self._domains = domains
        self._taken = np.zeros(grid.closed.shape, np.int32)
        self._nothing = np.zeros(grid.closed.shape[1], np.int32)
        self._takes: dict[int, tuple[int, int]] = {}
        self._always: dict[int, NDArray[np.int32]] = {}
        self._version = np.zeros(len(grid.closed), np.int64)
        self._seen: dict[tuple[int, int, int], tuple[int, int]] = {}

    def closings(self) -> Iterator[Change]:
        """Yield the events that lose options to closed rooms alone."""
        yield from self._lost(range(len(self._domains.times)))

    def conflicts(self) -> Iterator[Change]:
        """Yield the events that lose options to rooms taken by others, too."""
        events = range(len(self._domains.times))
        for event in events:
            self._update(event)
        yield from self._lost(events)

    def _update(self, event: int) -> None:
        """Note what an event takes for sure now."""
        rooms = self._domains.rooms_of(event)
        takes = None
        if len(rooms) == 1 and rooms[0] != self._grid.no_room:
            takes = self._domains.times[event], int(rooms[0])
        if self._domains.is_empty(event):
            takes = None
        before = self._takes.get(event)
        if takes == before:
            return
        if before is not None:
            self._add(before, -1)
            del self._takes[event]
        if takes is not None:
            self._add(takes, 1)
            self._takes[event] = takes

    def _add(self, takes: tuple[int, int], sign: int) -> None:
        times, room = takes
        self._taken[room] += sign * self._moments(times)
        self._version[room] += 1

    def _moments(self, number: int) -> NDArray[np.int32]:
        """``(num_times,)`` 1 where a time overlaps every time of a set."""
        if number not in self._always:
            times = self._domains.time_sets[number]
            overlap = self._grid.table.overlap[:, times].all(axis=1)
            self._always[number] = overlap.astype(np.int32)
        return self._always[number]

    def _lost(self, events: range) -> Iterator[Change]:
        for event in events:
            if self._domains.is_empty(event):
                continue
            state = self._domains.times[event], self._domains.rooms[event]
            if event in self._takes:
                left = self._open(state, self._moments(state[0]))
            else:
                left = self._shared(state)
            if left != state:
                yield event, *left

    def _shared(self, state: tuple[int, int]) -> tuple[int, int]:
        """Look up what is open to any event of these sets."""
        version = self._version[self._domains.room_sets[state[1]]].sum()
        key = (*state, int(version))
        if key not in self._seen:
            self._seen[key] = self._open(state, self._nothing)
        return self._seen[key]

    def _open(self, state: tuple[int, int], own: NDArray[np.int32]) -> tuple[int, int]:
        times, rooms = (
            self._domains.time_sets[state[0]],
            self._domains.room_sets[state[1]],
        )
        at = np.ix_(rooms, times)
        free = ~self._grid.closed[at] & (self._taken[at] <= own[times])
        return (
            self._domains.time_sets.without(state[0], np.asarray(free.any(axis=0))),
            self._domains.room_sets.without(state[1], np.asarray(free.any(axis=1))),
        )

"""Shrink all domains until nothing more can be taken away."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from solvers.model import Instance

from .domains import Domains, Grid
from .rooms import Occupancy
from .rules import Change, Revisers

__all__ = ["Propagation", "Removal"]


@dataclass(frozen=True, slots=True)
class Removal:
    """Options that an event lost at once.

    Parameters
    ----------
    event
        Event index.
    times, rooms
        Numbers of distinct times and rooms lost.
    reason
        ``RoomUnavailable``, ``RoomTaken``, or the type of a constraint.
    constraint
        Index of the constraint, None for rooms.
    """

    event: int
    times: int
    rooms: int
    reason: str
    constraint: int | None = None


class Propagation:
    """One run to the fixpoint.

    Parameters
    ----------
    instance
        The problem; every event needs at least one time.

    Attributes
    ----------
    domains
        What is left.
    removals
        What was taken away, in order.
    rounds
        Looks at all rooms.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self.grid = Grid(instance)
        self.domains = Domains(instance, self.grid)
        self.removals: list[Removal] = []
        self.rounds = 0
        self._revisers = Revisers(instance, self.grid, self.domains)
        self._occupancy = Occupancy(self.grid, self.domains)
        self._required = [i for i, c in enumerate(instance.constraints) if c.required]
        self._of_event: defaultdict[int, list[int]] = defaultdict(list)
        for index in self._required:
            for event in instance.constraints[index].events:
                self._of_event[event].append(index)
        self._queue: deque[int] = deque(self._required)
        self._waiting = set(self._required)

    def run(self) -> None:
        """Run to the fixpoint."""
        self._take(self._occupancy.closings, "RoomUnavailable")
        self._revise()
        while self._take(self._occupancy.conflicts, "RoomTaken"):
            self.rounds += 1
            self._revise()

    def wiped_out(self) -> list[int]:
        """Events to which nothing is left."""
        events = range(self._instance.num_events)
        return [event for event in events if self.domains.is_empty(event)]

    def counts(self) -> Counter[str]:
        """Number of times and rooms removed, by reason."""
        total: Counter[str] = Counter()
        for removal in self.removals:
            total[removal.reason] += removal.times + removal.rooms
        return total

    def _revise(self) -> None:
        while self._queue:
            index = self._queue.popleft()
            self._waiting.discard(index)
            constraint = self._instance.constraints[index]
            self._take(
                lambda c=constraint: self._revisers.revise(c),  # type: ignore[misc]
                constraint.type,
                index,
            )

    def _take(
        self,
        look: Callable[[], Iterable[Change]],
        reason: str,
        constraint: int | None = None,
    ) -> bool:
        """Apply changes as they come; whether there were any."""
        changed = False
        for event, times, rooms in look():
            self._note(event, times, rooms, reason, constraint)
            self.domains.times[event] = times
            self.domains.rooms[event] = rooms
            self._wake(event)
            changed = True
        return changed

    def _note(
        self, event: int, times: int, rooms: int, reason: str, constraint: int | None
    ) -> None:
        domains = self.domains
        sizes = domains.time_sets.size, domains.room_sets.size
        lost_times = sizes[0](domains.times[event]) - sizes[0](times)
        lost_rooms = sizes[1](domains.rooms[event]) - sizes[1](rooms)
        self.removals.append(Removal(event, lost_times, lost_rooms, reason, constraint))

    def _wake(self, event: int) -> None:
        for index in self._of_event[event]:
            if index not in self._waiting:
                self._waiting.add(index)
                self._queue.append(index)

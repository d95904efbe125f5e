"""An island of a variant: a plain class that searches one epoch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from solvers.model import Cost, Timetable, Weights

from .engine import Scenario

__all__ = [
    "IslandHandle",
    "IslandMaker",
    "IslandReport",
    "IslandRun",
    "IslandTask",
    "IslandsHere",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class IslandTask:
    """What an island searches for.

    Parameters
    ----------
    weights
        Weight by criterion.
    seed, index
        Seed of the island and its position in the archipelago.
    resume
        Where to begin; None is the shared start.
    num_emigrants
        Copies that leave after every epoch, >= 1.
    """

    weights: Weights
    seed: int
    index: int = 0
    resume: Timetable | None = None
    num_emigrants: int = 2


@dataclass(frozen=True, slots=True)
class IslandReport:
    """One epoch's yield; ``timetable`` only comes when the best has improved.

    ``work`` counts the island's moves since its beginning.
    """

    cost: Cost
    timetable: Timetable | None
    work: int = 0
    emigrants: list[Any] = field(default_factory=list)


class IslandHandle(Protocol):
    """An island here (:class:`IslandRun`) or in an actor of its own."""

    def step(
        self, migrants: Sequence[Any], seconds: float, fraction: float
    ) -> IslandReport:
        """Take migrants in, search one epoch, send emigrants out."""

    def stop(self) -> None:
        """Let a running epoch end soon; called from another thread."""


class IslandMaker(Protocol):
    """Makes the islands of an archipelago, and more of them where there is room."""

    def make(
        self, tasks: Sequence[IslandTask], scenario: Scenario
    ) -> Sequence[IslandHandle]:
        """Make the first islands, one for each task."""

    def room(self, num_islands: int) -> int:
        """Islands that may be added now to ``num_islands`` that live."""

    def more(self, tasks: Sequence[IslandTask]) -> Sequence[IslandHandle]:
        """Make further islands, one for each task, or none if they do not begin."""


class IslandRun:
    """An island in this process."""

    def __init__(self, task: IslandTask, scenario: Scenario) -> None:
        self._task = task
        self._island = scenario.island(task.seed, task.index, task.resume)
        self._reported: Cost | None = None

    def step(
        self, migrants: Sequence[Any], seconds: float, fraction: float
    ) -> IslandReport:
        """Take migrants in, search one epoch, send emigrants out."""
        if migrants:
            self._island.receive(migrants)
        self._island.advance(seconds, fraction)
        cost, timetable = self._island.best()
        is_news = self._reported is None or cost < self._reported
        if is_news:
            self._reported = cost
        emigrants = self._island.emigrants(self._task.num_emigrants)
        news = timetable if is_news else None
        return IslandReport(cost, news, self._island.work, emigrants)

    def stop(self) -> None:
        """Let a running epoch end soon."""
        self._island.stop()


class IslandsHere:
    """Islands in this process, as many as there were at first."""

    def make(
        self, tasks: Sequence[IslandTask], scenario: Scenario
    ) -> Sequence[IslandHandle]:
        """Make islands."""
        return [IslandRun(task, scenario) for task in tasks]

    def room(self, num_islands: int) -> int:
        """No further ones: they would take the time of those that are there."""
        return 0

    def more(self, tasks: Sequence[IslandTask]) -> Sequence[IslandHandle]:
        """Make none."""
        return []

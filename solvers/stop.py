"""When to stop: criteria that can be combined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from solvers.model import Cost

__all__ = [
    "AnyOf",
    "Cancelled",
    "MaxRuntime",
    "MaxWork",
    "Progress",
    "StoppingCriterion",
    "TargetCost",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a criterion may look at.

    Parameters
    ----------
    elapsed_seconds
        Since the start of the solve, >= 0.
    work
        Moves tried so far by all islands, >= 0.
    best
        Best cost so far, None before there is any.
    """

    elapsed_seconds: float
    work: int
    best: Cost | None


class StoppingCriterion(Protocol):
    """Says whether a solve should stop, and how much of its budget is used."""

    def __call__(self, progress: Progress) -> bool:
        """Return whether to stop now."""

    def fraction(self, progress: Progress) -> float:
        """Share of the budget that is used, in [0, 1]; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class MaxRuntime:
    """Stop after some seconds, > 0."""

    seconds: float

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(f"seconds must be > 0, got {self.seconds}")

    def __call__(self, progress: Progress) -> bool:
        """Return whether the time is over."""
        return progress.elapsed_seconds >= self.seconds

    def fraction(self, progress: Progress) -> float:
        """Share of the seconds used."""
        return min(1.0, progress.elapsed_seconds / self.seconds)


@dataclass(frozen=True, slots=True)
class MaxWork:
    """Stop after some moves, > 0; with it a run repeats itself exactly."""

    moves: int

    def __post_init__(self) -> None:
        if self.moves <= 0:
            raise ValueError(f"moves must be > 0, got {self.moves}")

    def __call__(self, progress: Progress) -> bool:
        """Return whether the moves are used up."""
        return progress.work >= self.moves

    def fraction(self, progress: Progress) -> float:
        """Share of the moves used."""
        return min(1.0, progress.work / self.moves)


@dataclass(frozen=True, slots=True)
class TargetCost:
    """Stop when a timetable at least this good is found."""

    cost: Cost

    def __call__(self, progress: Progress) -> bool:
        """Return whether the target is reached."""
        return progress.best is not None and progress.best <= self.cost

    def fraction(self, progress: Progress) -> float:
        """Return 0: nothing is known of the way left."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Stop when a callable says so, e.g. ``threading.Event().is_set``."""

    asked: Callable[[], bool]

    def __call__(self, progress: Progress) -> bool:
        """Return whether stop was asked."""
        return self.asked()

    def fraction(self, progress: Progress) -> float:
        """Return 0: nothing is known of the way left."""
        return 0.0


class AnyOf:
    """Stop as soon as one of several criteria says so."""

    def __init__(self, *criteria: StoppingCriterion) -> None:
        self._criteria = criteria

    def __call__(self, progress: Progress) -> bool:
        """Return whether any criterion is met."""
        return any(criterion(progress) for criterion in self._criteria)

    def fraction(self, progress: Progress) -> float:
        """Largest share used of any budget."""
        return max((c.fraction(progress) for c in self._criteria), default=0.0)


class Clock:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = perf_counter()

    def __call__(self) -> float:
        """Return the seconds since this clock was made."""
        return perf_counter() - self._start

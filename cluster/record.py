"""What a job's coordination knows of one variant. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from solvers.model import Cost, Timetable

from .messages import Entry, LaunchVariant, VariantEnded, VariantReported
from .progress import VariantProgress

__all__ = ["VariantRecord", "VariantState"]


class VariantState(StrEnum):
    """Where a variant stands."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(slots=True)
class VariantRecord:
    """One variant.

    ``seconds`` is the present launch's part of the search, which begins at
    ``first_fraction`` of this attempt's, which begins at ``position`` of the whole;
    ``version`` counts improvements of ``best``, whose
    cost is ``best_cost``: a report may tell of a better one that has not come yet.
    """

    number: int
    priority: str
    state: VariantState = VariantState.WAITING
    launch: int = -1
    seconds: float = 0.0
    launched_at: float = 0.0
    first_heard_at: float | None = None
    heard_at: float = 0.0
    stop_asked_at: float | None = None
    ended_at: float | None = None
    position: float = 0.0
    first_fraction: float = 0.0
    fraction: float = 0.0
    stage: str = ""
    cost: Cost | None = None
    best: Timetable | None = None
    best_cost: Cost | None = None
    version: int = 0
    offered: int = 0
    stages: tuple[Any, ...] = ()
    warnings: list[str] = field(default_factory=list)
    failed: bool = False

    @property
    def is_running(self) -> bool:
        """Whether a launch is on."""
        return self.state is VariantState.RUNNING

    def progress(self) -> VariantProgress:
        """How far it is."""
        return VariantProgress(
            self.number, self.priority, self.fraction, self.stage, self.cost
        )

    @property
    def whole_fraction(self) -> float:
        """How far the search is, earlier attempts included, in [0, 1]."""
        return self.position + (1 - self.position) * self.fraction

    def hear_fraction(self, fraction: float) -> None:
        """Take in the fraction of a launch; what earlier ones reached stands."""
        whole = self.first_fraction + (1 - self.first_fraction) * fraction
        self.fraction = max(self.fraction, min(1.0, whole))

    def begin(self, now: float, seconds: float) -> LaunchVariant:
        """Begin the next launch where the last one was."""
        self.state = VariantState.RUNNING
        self.launch += 1
        self.launched_at = self.heard_at = now
        self.first_heard_at = None
        self.first_fraction = self.fraction
        self.seconds = seconds
        return LaunchVariant(
            self.number, self.launch, seconds, self.best, self.whole_fraction
        )

    def hear(self, word: VariantReported, now: float) -> bool:
        """Take in a report; returns whether the cost improved."""
        self.heard_at = now
        if self.first_heard_at is None:
            self.first_heard_at = now
        self.stage = word.stage or self.stage
        self.hear_fraction(word.fraction)
        if word.cost is None:
            return False
        if word.timetable is not None and _is_less(word.cost, self.best_cost):
            self.best, self.best_cost = word.timetable, word.cost
            self.version += 1
        improved = _is_less(word.cost, self.cost)
        if improved:
            self.cost = word.cost
        return improved

    def take(self, word: VariantEnded, now: float) -> None:
        """Take in the result, unless an earlier report was better."""
        self.stage = "verification"
        self.stages = word.stages
        if self.best_cost is None or word.cost <= self.best_cost:
            self.cost = self.best_cost = word.cost
            self.best = word.timetable
        self.end(now)

    def end(self, now: float, warning: str = "") -> None:
        """End, with what a person should know of it."""
        self.state, self.ended_at, self.fraction = VariantState.ENDED, now, 1.0
        if warning:
            self.warnings.append(warning)

    def entry(self, now: float, began: float) -> Entry:
        """What the variant brings to the conclusion."""
        return Entry(
            number=self.number,
            timetable=self.best,
            cost=self.best_cost,
            stages=self.stages,
            seconds=(now if self.ended_at is None else self.ended_at) - began,
            warnings=tuple(dict.fromkeys(self.warnings)),
        )


def _is_less(cost: Cost | None, other: Cost | None) -> bool:
    """Whether a known cost beats another, or an unknown one."""
    return cost is not None and (other is None or cost < other)

"""What a solve returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from solvers.model import Cost, Timetable
from solvers.verification import Verification

__all__ = ["Result", "SolveStatus", "StageReport"]


class SolveStatus(StrEnum):
    """How a solve ended."""

    FEASIBLE = "feasible"
    """Every hard constraint is kept."""
    OPTIMAL = "optimal"
    """Feasible at cost 0, which nothing can beat."""
    PARTIAL = "partial"
    """Complete, but hard constraints are broken; the violations say which."""
    CANCELLED = "cancelled"
    """Stop was asked before the budget was used; the best so far is returned."""


@dataclass(frozen=True, slots=True)
class StageReport:
    """One stage of a solve.

    Parameters
    ----------
    name
        ``communities``, ``cpsat``, ``genetic``, ``refinement`` or ``verification``.
    ran
        False if the stage was skipped; then ``warning`` says why.
    status
        What happened, in a few words.
    seconds
        Spent in it.
    cost_before, cost_after
        Costs; None where the stage makes no timetable.
    details
        Counts and figures of the stage, plain values.
    warning
        What a person should know; empty if nothing.
    """

    name: str
    ran: bool
    status: str
    seconds: float
    cost_before: Cost | None = None
    cost_after: Cost | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    warning: str = ""

    @property
    def gained(self) -> int | None:
        """Soft cost gained, None unless feasible before and after."""
        before, after = self.cost_before, self.cost_after
        if before is None or after is None or before.hard or after.hard:
            return None
        return before.soft - after.soft

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "ran": self.ran,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "cost_before": _plain(self.cost_before),
            "cost_after": _plain(self.cost_after),
            "gained": self.gained,
            "details": dict(self.details),
            "warning": self.warning,
        }


def _plain(cost: Cost | None) -> dict[str, int] | None:
    return None if cost is None else {"hard": cost.hard, "soft": cost.soft}


@dataclass(frozen=True, slots=True)
class Result:
    """The best timetable of a solve, verified, with how it came about.

    Parameters
    ----------
    status
        How the solve ended.
    best
        The timetable; complete.
    verification
        What the independent verifier found; its ``cost`` is the reported cost.
    stages
        Reports in order.
    seconds
        Wall seconds of the solve.
    seed
        Seed given.
    manifest
        Version, seed, weights, limits, machine: all that is needed to repeat the run.
    """

    status: SolveStatus
    best: Timetable
    verification: Verification
    stages: tuple[StageReport, ...]
    seconds: float
    seed: int
    manifest: Mapping[str, Any]

    @property
    def cost(self) -> int:
        """Verified cost."""
        return self.verification.cost

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings of all stages."""
        return tuple(stage.warning for stage in self.stages if stage.warning)

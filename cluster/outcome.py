"""The result of one variant, as it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from solvers.model import Timetable

if TYPE_CHECKING:
    from solvers.verification import Verification

__all__ = ["VariantOutcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantOutcome:
    """One variant's timetable with the verifier's word on it.

    Parameters
    ----------
    number
        1 to 5.
    priority, label
        Name of the weight profile for programs (``student_compact``) and for people.
    focus
        Criterion that the profile cares for most; empty when it has none.
    weights
        Weight by criterion, as the search used them.
    timetable
        The timetable.
    verification
        The independent verifier's score of ``timetable`` under ``weights``.
    stages
        Reports of the stages that ran, shared stages first.
    seconds
        Wall seconds from the job's preparation to this variant's end.
    seed
        Seed of the variant's search.
    adopted_from
        Number of the variant whose timetable was taken over, None for its own.
    warnings
        What a person should know, e.g. a lost process.
    """

    number: int
    priority: str
    label: str
    focus: str
    weights: Mapping[str, int]
    timetable: Timetable
    verification: Verification
    stages: tuple[Any, ...]
    seconds: float
    seed: int
    adopted_from: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, int]:
        """Hard violations and cost: what variants are ranked by, lower is better."""
        return (self.verification.total_hard, self.verification.cost)

    def replace(self, **changes: Any) -> VariantOutcome:
        """Copy with the given fields changed."""
        return replace(self, **changes)

"""What the verifier finds: violations, raw criteria, and the weighted cost."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Verification", "Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One hard rule broken, or one soft rule that costs.

    Parameters
    ----------
    type
        Constraint type, or ``Unassigned``, ``RoomConflict``, ``RoomUnavailable``,
        ``ClassLimit``, ``Enrollment``.
    events
        Event indices concerned.
    hard
        Whether it makes the timetable infeasible.
    amount
        Hard: count of violations. Soft: raw amount under ``criterion``.
    criterion
        Criterion it counts under; empty when hard.
    label
        What it is about for a person.
    """

    type: str
    events: tuple[int, ...]
    hard: bool
    amount: int
    criterion: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What the verifier found.

    Parameters
    ----------
    hard_violations
        Count by type, only types that are broken.
    criteria
        Raw value by criterion, weights not applied.
    cost
        Weighted sum of the criteria.
    violations
        Every violated hard and costly soft constraint; single time, room and preference
        penalties are only in ``criteria``.
    """

    hard_violations: dict[str, int]
    criteria: dict[str, int]
    cost: int
    violations: tuple[Violation, ...]

    @property
    def feasible(self) -> bool:
        """Whether no hard constraint is broken."""
        return not self.hard_violations

    @property
    def total_hard(self) -> int:
        """Number of hard violations of all types."""
        return sum(self.hard_violations.values())

    @property
    def unassigned(self) -> tuple[int, ...]:
        """Events without a time, or without a room that they need."""
        return tuple(
            event
            for violation in self.violations
            if violation.type == "Unassigned"
            for event in violation.events
        )

    @property
    def valid(self) -> bool:
        """Whether unassigned events are all that is wrong."""
        return set(self.hard_violations) <= {"Unassigned"}

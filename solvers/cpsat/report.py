"""What the CP-SAT stage says about its work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from solvers.model import Cost, Timetable

__all__ = [
    "CommunityReport",
    "CommunityStatus",
    "ConstructReport",
    "ConstructStatus",
    "LnsOutcome",
    "LnsStatus",
]


class CommunityStatus(StrEnum):
    """How one community was placed, before the borders were repaired."""

    FEASIBLE = "feasible"
    """Every hard constraint with the placed events holds."""
    RELAXED = "relaxed"
    """The strict model was not solved in time; as few violations as found."""
    INFEASIBLE = "infeasible"
    """No placement agrees with the communities placed before; fewest violations."""
    LEAST_CONFLICT = "least_conflict"
    """No model was solved (time ran out or stop was asked); placed one by one."""


class ConstructStatus(StrEnum):
    """What the start as a whole is."""

    FEASIBLE = "feasible"
    """No hard constraint on events is violated."""
    PARTIAL = "partial"
    """Complete, but some hard constraints are violated: see ``clashing``."""
    INFEASIBLE = "infeasible"
    """Proved: no timetable keeps every hard constraint. Complete nevertheless."""


@dataclass(frozen=True, slots=True)
class CommunityReport:
    """One community's part in the start.

    Parameters
    ----------
    community
        Label; a large community is solved in several parts, each with its own report.
    num_events
        Events placed in this part.
    status
        How.
    violations
        Hard violations left among the part's events and with those placed before.
    seconds
        Spent on it.
    """

    community: int
    num_events: int
    status: CommunityStatus
    violations: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ConstructReport:
    """A start and how it came about.

    Parameters
    ----------
    timetable
        Always complete: every event has a time and, if it needs one, a room. Nobody is
        enrolled.
    status
        Whether hard constraints on events hold.
    placed
        Events in no hard violation.
    clashing
        Indices of the events that are in some hard violation, ascending.
    hard_violations
        Number of hard violations (pairs, blocked rooms, whole-list constraints).
    communities
        One report per solved part, in the order of solving.
    repair_rounds
        Large neighborhoods solved across the borders.
    seconds
        In total.
    stopped
        Whether ``should_stop`` or the limit ended the work early.
    """

    timetable: Timetable
    status: ConstructStatus
    placed: int
    clashing: tuple[int, ...]
    hard_violations: int
    communities: tuple[CommunityReport, ...]
    repair_rounds: int
    seconds: float
    stopped: bool


class LnsStatus(StrEnum):
    """How a large-neighborhood call ended."""

    IMPROVED = "improved"
    """Accepted and better."""
    EQUAL = "equal"
    """Accepted at equal cost, the placements differ."""
    UNCHANGED = "unchanged"
    """Nothing better was found, or the exact score was worse: input returned."""
    STOPPED = "stopped"
    """Stop was asked before anything was found: input returned."""


@dataclass(frozen=True, slots=True)
class LnsOutcome:
    """Result of one large-neighborhood call; never worse than its input.

    Parameters
    ----------
    timetable
        The accepted timetable, or the input.
    status
        What happened.
    before, after
        Exact scores; ``after <= before`` always.
    optimal
        Whether the model was solved to optimality: the neighborhood may grow.
    free
        Number of events that were free.
    seconds
        In total.
    """

    timetable: Timetable
    status: LnsStatus
    before: Cost
    after: Cost
    optimal: bool
    free: int
    seconds: float

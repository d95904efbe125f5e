"""Parameters of the CP-SAT stage."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CpsatParams"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CpsatParams:
    """What the CP-SAT stage may use.

    Parameters
    ----------
    max_candidates
        Most (time, room) candidates of one free event in a large neighborhood, besides
        its current one, >= 1.
    max_part
        Most events solved together while constructing, >= 1; larger communities are
        split.
    max_deterministic_time
        Deterministic mode if given: the solver calls of one ``construct`` or
        ``improve`` may use this much deterministic time together (OR-tools' measure,
        about seconds), and clocks decide nothing.
    deterministic_rounds
        In deterministic mode, most repair rounds of the start, >= 0.
    exact_candidates
        Start without violations not found: prove or solve exactly if the instance has
        at most this many (time, room) candidates in all, >= 0.
    """

    max_candidates: int = 60
    max_part: int = 220
    max_deterministic_time: float | None = None
    deterministic_rounds: int = 20
    exact_candidates: int = 12_000

    def __post_init__(self) -> None:
        if self.max_candidates < 1:
            raise ValueError("max_candidates must be >= 1.")
        if self.max_part < 1:
            raise ValueError("max_part must be >= 1.")
        if self.deterministic_rounds < 0 or self.exact_candidates < 0:
            raise ValueError("rounds and exact_candidates must be >= 0.")
        if self.max_deterministic_time is not None and self.max_deterministic_time <= 0:
            raise ValueError("max_deterministic_time must be > 0.")

    @property
    def deterministic(self) -> bool:
        """Whether clocks decide nothing."""
        return self.max_deterministic_time is not None

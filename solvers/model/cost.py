"""The search's view of quality: hard violations first, then weighted soft cost."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Cost"]


class Cost(NamedTuple):
    """Lexicographic cost; lower is better.

    Parameters
    ----------
    hard
        Graded amount of hard violation, >= 0; 0 exactly when the timetable is feasible.
    soft
        Weighted sum of raw criteria, >= 0; equals the verifier's ``cost``.
    """

    hard: int
    soft: int

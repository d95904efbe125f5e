"""Kinds of search over one assignment, as a learner sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["SearchOperator"]


@dataclass(frozen=True, slots=True)
class SearchOperator:
    """A kind of search over one assignment.

    Parameters
    ----------
    name
        What it is called in reports.
    possible
        Whether it can move anything in this instance.
    search
        Searches moves (> 0) at a temperature (>= 0) with a cost of a hard violation
        (> 0); the assignment changes in place, its best-so-far is kept.
    """

    name: str
    possible: bool
    search: Callable[[int, float, float], object]

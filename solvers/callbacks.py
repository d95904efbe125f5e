"""Hooks into a solve; the base class does nothing."""

from __future__ import annotations

from solvers.model import Cost

__all__ = ["SolverCallbacks"]


class SolverCallbacks:
    """Override what is of interest. Calls come from one thread, in order."""

    def on_stage(self, stage: str, fraction: float) -> None:
        """Take note that a stage begins at ``fraction`` of the whole, in [0, 1]."""

    def on_incumbent(self, cost: Cost, stage: str) -> None:
        """Take note of a timetable better than all before."""

    def on_progress(self, fraction: float, stage: str, cost: Cost | None) -> None:
        """Take note of progress, several times a second while searching."""

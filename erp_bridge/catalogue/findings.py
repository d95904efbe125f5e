"""What the mapping has to say about rows, gathered as it goes."""

from __future__ import annotations

from solvers.exceptions import Issue

__all__ = ["Findings"]


class Findings:
    """Warnings about rows, in the order in which they were found."""

    def __init__(self) -> None:
        self._issues: list[Issue] = []

    def warn(self, code: str, pointer: str, detail: str) -> None:
        """Add a warning; ``pointer`` is table and row, e.g. ``/rooms/R101``."""
        self._issues.append(Issue(code, detail, pointer, "warning"))

    @property
    def issues(self) -> tuple[Issue, ...]:
        """All warnings."""
        return tuple(self._issues)

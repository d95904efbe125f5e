"""What a job wants of its term beyond the scope; it travels in its options. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from typing import Any

from .snapshot import Week

__all__ = ["TERM", "TermWishes"]

TERM = "term"
"""Member of a job's options that holds the wishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWishes:
    """What of a term is planned, and in which week.

    Parameters
    ----------
    semester_type
        ``ODD``, ``EVEN`` or ``SUMMER``: all semesters of the half-year, whatever number
        they have; the scope's semester is then a mere label.
    week
        Layout of the grid, in place of what the tables say.
    """

    semester_type: str | None = None
    week: Week | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> TermWishes:
        """Read them out of a job's options."""
        stored = options.get(TERM, {})
        week = stored.get("week")
        return cls(
            semester_type=stored.get("semester_type"),
            week=None if week is None else _week_of(week),
        )

    def to_options(self) -> dict[str, Any]:
        """Return the options that carry them; JSON-ready."""
        stored: dict[str, Any] = {}
        if self.semester_type is not None:
            stored["semester_type"] = self.semester_type
        if self.week is not None:
            stored["week"] = {
                name: value.isoformat("minutes") if isinstance(value, time) else value
                for name, value in _members(self.week)
            }
        return {TERM: stored}


def _members(week: Week) -> list[tuple[str, Any]]:
    return [(field.name, getattr(week, field.name)) for field in fields(week)]


def _week_of(stored: Mapping[str, Any]) -> Week:
    members: dict[str, Any] = {
        name: time.fromisoformat(value) if isinstance(value, str) else value
        for name, value in stored.items()
    }
    return Week(**members)

"""Gathering every finding about a document before it is refused."""

from __future__ import annotations

from solvers.exceptions import InputError, Issue
from solvers.formats.limits import MAX_ISSUES

__all__ = ["Findings"]


class Findings:
    """Findings so far, and which items they spoil."""

    def __init__(self) -> None:
        self._issues: list[Issue] = []
        self._spoiled: set[str] = set()

    def add(self, code: str, pointer: str, detail: str) -> None:
        """Note a finding at a JSON pointer; what it belongs to counts as spoiled."""
        self._issues.append(Issue(code, detail, pointer))
        parts = pointer.split("/")
        self._spoiled.update("/".join(parts[:depth]) for depth in (2, 3))

    def is_sound(self, pointer: str) -> bool:
        """Whether nothing was found at a member or list item such as ``/rooms/3``."""
        return pointer not in self._spoiled

    def finish(self) -> None:
        """Refuse the document if there is any finding.

        Raises
        ------
        InputError
            With all findings; beyond a thousand their number only.
        """
        if not self._issues:
            return
        shown = self._issues[:MAX_ISSUES]
        more = len(self._issues) - len(shown)
        if more:
            shown.append(Issue("more_issues", f"{more} more findings are not shown"))
        raise InputError(shown)

"""What a solution file says: a timetable, and what of it no timetable can hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from solvers.exceptions import InputError, Issue
from solvers.model import Timetable

__all__ = ["SolutionFile"]


@dataclass(frozen=True, slots=True)
class SolutionFile:
    """A solution as read.

    Parameters
    ----------
    timetable
        Every legal placement; an event that is placed illegally stays unassigned.
    illegal
        Placements outside the events' own times and rooms, or of events too many.
    misplaced
        Number of events that are unassigned because of an illegal placement.
    """

    timetable: Timetable
    illegal: tuple[Issue, ...] = ()
    misplaced: int = 0

    def strict(self) -> Timetable:
        """Timetable of a file without illegal placements.

        Raises
        ------
        InputError
            With every illegal placement.
        """
        if self.illegal:
            raise InputError(self.illegal)
        return self.timetable

    def hard_violations(self, verified: dict[str, int]) -> dict[str, int]:
        """Verified hard violations by type, illegal placements under their own.

        ``illegal_time`` counts as ``IllegalTime`` and so on; the events concerned no
        longer count as ``Unassigned``.
        """
        found = Counter(verified)
        found["Unassigned"] -= self.misplaced
        found.update(_type_name(issue.code) for issue in self.illegal)
        return {kind: count for kind, count in found.items() if count > 0}


def _type_name(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("_"))

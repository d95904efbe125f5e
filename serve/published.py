"""Use cases of looking: one's own published timetable, a department's, clashes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from erp_bridge.conflicts import KINDS, find_conflicts
from erp_bridge.publications import Audience, TimetableRecord

from .exceptions import Forbidden, NotFound
from .security import Principal, Role
from .translation import translated
from .workflows import canonical

__all__ = ["PublishedService", "Term"]


class Timetables(Protocol):
    """Stored and live timetables: ``erp_bridge.publications`` by shape."""

    def get(self, timetable_id: str, tenant: str) -> TimetableRecord | None:
        """One timetable."""

    def entries(self, timetable_id: str, tenant: str) -> Sequence[Mapping[str, Any]]:
        """All entries."""

    def live_entries(
        self, tenant: str, audience: Audience
    ) -> Sequence[Mapping[str, Any]]:
        """Entries of live timetables for some people."""


class People(Protocol):
    """Who somebody is in the ERP's tables; None where these do not know."""

    def faculty_code(self, tenant: str, name: str) -> str | None:
        """Code by which entries know a person of the faculty."""

    def student(self, tenant: str, name: str) -> tuple[str, str | None] | None:
        """Enrollment number of a student, and the code of the batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Which term somebody asks for; None means all that are published."""

    academic_year: str | None = None
    semester: int | None = None


class PublishedService:
    """Timetables for those who follow them.

    Parameters
    ----------
    timetables
        Storage.
    people
        Asked where the token does not say who somebody is in the term.
    """

    def __init__(self, timetables: Timetables, people: People) -> None:
        self._timetables = timetables
        self._people = people

    def of_faculty(self, principal: Principal, term: Term) -> dict[str, Any]:
        """Return what the caller teaches.

        Raises
        ------
        Forbidden
            If the caller teaches nothing by role and token.
        """
        who = principal.faculty_id
        if who is None and principal.role is Role.FACULTY:
            with translated():
                code = self._people.faculty_code(principal.tenant, principal.subject)
            who = code or principal.subject
        if who is None or principal.role is Role.STUDENT:
            raise Forbidden("The token does not say who of the faculty this is.")
        audience = Audience(instructor=who, **asdict(term))
        return {"faculty_id": who, **self._view(principal, audience)}

    def of_student(self, principal: Principal, term: Term) -> dict[str, Any]:
        """Return what the caller attends.

        Whoever is enrolled by name in what is live sees those sections; others see what
        the batches and groups of their token attend, or their batch in the ERP.

        Raises
        ------
        Forbidden
            If the caller is no student.
        """
        if principal.role is not Role.STUDENT:
            raise Forbidden("Only students have a student's timetable.")
        who, batches = self._student(principal)
        view = self._view(principal, Audience(student=who, **asdict(term)))
        if not view["entries"] and batches:
            view = self._view(principal, Audience(groups=batches, **asdict(term)))
        return {"student_id": who, "batches": list(batches), **view}

    def of_department(
        self, principal: Principal, department: str, term: Term
    ) -> dict[str, Any]:
        """Return what a department teaches; everybody of the institution may look."""
        audience = Audience(department=department, **asdict(term))
        return {"department_id": department, **self._view(principal, audience)}

    def conflicts(self, principal: Principal, timetable_id: str) -> dict[str, Any]:
        """Return all clashes of a stored timetable.

        Raises
        ------
        NotFound, Forbidden
            If there is none, or it is not for this caller.
        """
        principal.require_role_of_planner()
        with translated():
            found = self._timetables.get(canonical(timetable_id), principal.tenant)
            if found is None:
                raise NotFound("There is no such timetable.")
            if not principal.sees(found.scope.department_id):
                raise Forbidden("The token's departments do not cover this timetable.")
            entries = self._timetables.entries(found.timetable_id, found.tenant)
        conflicts = find_conflicts(entries)
        counted = Counter(conflict["kind"] for conflict in conflicts)
        return {
            "timetable_id": found.timetable_id,
            "job_id": found.job_id,
            "variant_number": found.variant_number,
            "is_live": found.is_live,
            "entries": len(entries),
            "unplaced": sum(entry["day"] is None for entry in entries),
            "total": len(conflicts),
            "counts": {kind: counted[kind] for kind in KINDS},
            "conflicts": conflicts,
        }

    def _student(self, principal: Principal) -> tuple[str, tuple[str, ...]]:
        """Who the student is, and of which batches: by token, else by the ERP."""
        who = principal.student_id or principal.subject
        if principal.student_id and principal.batches:
            return who, principal.batches
        with translated():
            number, batch = self._people.student(principal.tenant, who) or (who, None)
        return number, principal.batches or ((batch,) if batch else ())

    def _view(self, principal: Principal, audience: Audience) -> dict[str, Any]:
        with translated():
            entries = self._timetables.live_entries(principal.tenant, audience)
        published = {e["timetable_id"]: e["published_at"] for e in entries}
        return {
            "timetables": [
                {"timetable_id": timetable_id, "published_at": at}
                for timetable_id, at in published.items()
            ],
            "entries": [
                {name: value for name, value in entry.items() if name != "published_at"}
                for entry in entries
            ],
        }

"""Published timetables of persons and departments, and clashes of any timetable."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query

from serve.dependencies import Caller, Face
from serve.published import Term
from serve.workflow_schemas import (
    ConflictsView,
    DepartmentTimetable,
    FacultyTimetable,
    StudentTimetable,
)

from .spelling import BothSpellings

__all__ = ["router"]

router = BothSpellings(tags=["timetables"])


_PLAIN = r"^[^\x00-\x1f]*$"
DepartmentId = Annotated[str, Path(max_length=200, pattern=_PLAIN)]


def _term(
    academic_year: Annotated[str | None, Query(max_length=200, pattern=_PLAIN)] = None,
    semester: Annotated[int | None, Query(ge=1, le=20)] = None,
) -> Term:
    return Term(academic_year=academic_year, semester=semester)


AskedTerm = Annotated[Term, Depends(_term)]


@router.get("/api/timetable/faculty/me/")
def of_faculty(caller: Caller, services: Face, term: AskedTerm) -> FacultyTimetable:
    """What the caller teaches, as published; by the claim `faculty_id`, else `sub`."""
    return FacultyTimetable(**services.published.of_faculty(caller, term))


@router.get("/api/timetable/student/me/")
def of_student(caller: Caller, services: Face, term: AskedTerm) -> StudentTimetable:
    """What the caller attends, as published.

    By the claims `student_id` (else `sub`) and `batches`.
    """
    return StudentTimetable(**services.published.of_student(caller, term))


@router.get("/api/timetable/department/{department_id}/")
def of_department(
    department_id: DepartmentId, caller: Caller, services: Face, term: AskedTerm
) -> DepartmentTimetable:
    """What a department teaches, as published, for everybody of the institution."""
    found = services.published.of_department(caller, department_id, term)
    return DepartmentTimetable(**found)


@router.get("/api/conflicts/{timetable_id}")
def conflicts(timetable_id: str, caller: Caller, services: Face) -> ConflictsView:
    """All clashes of a stored timetable, found from its entries alone."""
    return ConflictsView(**services.published.conflicts(caller, timetable_id))

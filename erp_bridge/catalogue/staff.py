"""People who teach, and who teaches which section. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from solvers.formats.institution import Faculty, Interval

from .findings import Findings
from .grid import day_named
from .lists import as_list
from .selection import Taken
from .snapshot import Person, Snapshot

__all__ = ["faculty_of", "teachers_of"]

_PARTS_OF_DAY = {
    "morning": Interval(end="12:00"),
    "forenoon": Interval(end="12:00"),
    "afternoon": Interval(start="12:00", end="17:00"),
    "evening": Interval(start="17:00"),
}
_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)$")


def teachers_of(
    taken: Taken, people: Mapping[UUID, Person], findings: Findings
) -> list[UUID]:
    """Return the active people of an offering, the primary one first."""
    offering = taken.offering
    named = [offering.primary_faculty_id, *_co_faculty(taken, findings)]
    found = []
    for key in dict.fromkeys(named):
        person = people.get(key) if key is not None else None
        if person is not None and person.is_active:
            found.append(person.faculty_id)
        elif key is not None:
            detail = (
                f"{taken.course.course_code} is taught by {key}, who is not active."
            )
            pointer = f"/course_offerings/{offering.offering_id}"
            findings.warn("teacher_not_used", pointer, detail)
    if not found:
        pointer = f"/course_offerings/{offering.offering_id}"
        detail = f"Nobody teaches {taken.course.course_code}."
        findings.warn("nobody_teaches", pointer, detail)
    return found


def _co_faculty(taken: Taken, findings: Findings) -> list[UUID]:
    found = []
    for text in as_list(taken.offering.co_faculty_ids):
        try:
            found.append(UUID(text))
        except ValueError:
            pointer = f"/course_offerings/{taken.offering.offering_id}"
            detail = f"{text!r} among the co-faculty is no id."
            findings.warn("teacher_not_used", pointer, detail)
    return found


def faculty_of(
    snapshot: Snapshot,
    codes: Mapping[UUID, str],
    departments: Mapping[UUID, str],
    hours: Mapping[UUID, float],
    findings: Findings,
) -> tuple[Faculty, ...]:
    """Describe everybody who teaches.

    Parameters
    ----------
    snapshot
        The term.
    codes, departments
        Ids in the document by key.
    hours
        Weekly hours of everybody who teaches.
    findings
        Hears of loads above the limit and of wishes that make no sense.
    """
    return tuple(
        Faculty(
            id=codes[row.faculty_id],
            external_id=str(row.faculty_id),
            name=f"{row.first_name} {row.last_name}".strip(),
            department=departments.get(row.dept_id),
            max_hours_per_week=_weekly_limit(row, hours[row.faculty_id], findings),
            max_consecutive_hours=row.max_consecutive_hours or None,
            preferred=_preferred(row, findings),
            avoided=_avoided(row, findings),
        )
        for row in snapshot.faculty
        if row.faculty_id in hours
    )


def _weekly_limit(row: Person, hours: float, findings: Findings) -> float | None:
    """Limit of a person, None where the ERP itself has given out more.

    No timetable can mend that: the hours are the same in all of them.
    """
    if hours <= row.max_hours_per_week:
        return float(row.max_hours_per_week)
    detail = f"{hours:g} hours a week are more than {row.max_hours_per_week}."
    findings.warn("teacher_overloaded", f"/faculty/{row.faculty_code}", detail)
    return None


def _preferred(row: Person, findings: Findings) -> tuple[Interval, ...]:
    wish = (row.preferred_time_slot or "").strip().lower()
    if not wish or wish in ("any", "none"):
        return ()
    if wish in _PARTS_OF_DAY:
        return (_PARTS_OF_DAY[wish],)
    if (span := _SPAN.match(wish)) is not None:
        first, second, third, fourth = span.groups()
        return (Interval(start=f"{first}:{second}", end=f"{third}:{fourth}"),)
    detail = f"preferred_time_slot {row.preferred_time_slot!r} is not understood."
    findings.warn("wish_not_used", f"/faculty/{row.faculty_code}", detail)
    return ()


def _avoided(row: Person, findings: Findings) -> tuple[Interval, ...]:
    if not row.research_day:
        return ()
    if (day := day_named(row.research_day)) is not None:
        return (Interval(days=(day,)),)
    detail = f"research_day {row.research_day!r} is no day."
    findings.warn("wish_not_used", f"/faculty/{row.faculty_code}", detail)
    return ()

"""Students: batches, groups, and seats in what they choose."""

from __future__ import annotations

from collections import Counter, defaultdict

from solvers.formats.institution.findings import Findings
from solvers.formats.institution.index import Index
from solvers.formats.institution.meetings import limit_of
from solvers.formats.institution.schema import Institution, Student

__all__ = ["check_students"]

_Part = tuple[str, str]


def check_students(institution: Institution, index: Index, findings: Findings) -> None:
    """Find students of unknown batches or courses, and courses without seats."""
    attended = _attended(index)
    demand: Counter[str] = Counter()
    for position, student in enumerate(institution.students):
        at = f"/students/{position}"
        _check_batch(index, student, at, findings)
        own = attended[student.batch or ""]
        for j, course in enumerate(student.courses):
            _check_course(index, own, course, f"{at}/courses/{j}", findings)
        if len(set(student.courses)) < len(student.courses):
            findings.add("duplicate_id", f"{at}/courses", "a course is named twice")
        demand.update(c for c in student.courses if index.is_chosen(c, own))
    _check_seats(institution, index, demand, findings)


def _attended(index: Index) -> dict[str, set[_Part]]:
    """Parts of courses that a batch, or any of its groups, attends as a whole."""
    parts: dict[str, set[_Part]] = defaultdict(set)
    for audience, batch in index.batch_of.items():
        parts[batch].update(map(index.taught_in, index.attended_by((audience,))))
    return parts


def _check_batch(index: Index, student: Student, at: str, findings: Findings) -> None:
    if student.batch is not None and student.batch not in index.batches:
        detail = f"batch {student.batch!r} does not exist"
        findings.add("unknown_batch", f"{at}/batch", detail)
    elif student.group is not None and (
        index.batch_of.get(student.group) != student.batch
        or student.group == student.batch
    ):
        detail = f"{student.group!r} is no group of batch {student.batch!r}"
        findings.add("unknown_group", f"{at}/group", detail)


def _check_course(
    index: Index,
    own: set[_Part],
    course: str,
    at: str,
    findings: Findings,
) -> None:
    if course not in index.courses:
        findings.add("unknown_course", at, f"course {course!r} does not exist")
    elif not index.is_chosen(course, own) and course not in {c for c, _ in own}:
        detail = f"course {course!r} has no section that this student can take"
        findings.add("no_section", at, detail)


def _check_seats(
    institution: Institution, index: Index, demand: Counter[str], findings: Findings
) -> None:
    seats: Counter[tuple[str, str]] = Counter()
    unlimited: set[tuple[str, str]] = set()
    for section in institution.sections:
        component = index.component_of(section)
        if section.batches or component is None:
            continue
        key: tuple[str, str] = (section.course, section.component)
        limit = limit_of(section, component)
        seats[key] += limit or 0
        if limit is None:
            unlimited.add(key)
    for key, count in seats.items():
        wanted = demand[key[0]]
        if key not in unlimited and wanted > count:
            course, kind = key
            detail = f"{wanted} students want {count} seats in the {kind} of {course!r}"
            at = f"/courses/{index.courses.get(course, 0)}"
            findings.add("too_few_seats", at, detail)

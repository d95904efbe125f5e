"""Which offerings of a term are planned, and who takes them. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from uuid import UUID

from erp_bridge.records import Scope

from .findings import Findings
from .snapshot import Course, Offering, Snapshot, Student

__all__ = ["Taken", "batch_sizes", "is_active", "select_offerings"]

_PLANNED = frozenset({"SCHEDULED", "ONGOING"})


@dataclass(frozen=True, slots=True)
class Taken:
    """An offering that is planned, its course, and the students who take it."""

    offering: Offering
    course: Course
    students: tuple[Student, ...]

    @property
    def size(self) -> int:
        """Students expected: those enrolled, or as many as the ERP counts."""
        return len(self.students) or self.offering.total_enrolled


def is_active(student: Student) -> bool:
    """Whether a student is active; the ERP leaves it open for many."""
    return student.is_active is not False


def batch_sizes(snapshot: Snapshot) -> Counter[UUID]:
    """Active students of every batch, or its stated size if it lists none."""
    sizes = Counter(
        s.batch_id for s in snapshot.students if s.batch_id and is_active(s)
    )
    for batch in snapshot.batches:
        if not sizes[batch.batch_id]:
            sizes[batch.batch_id] = batch.total_students
    return sizes


def select_offerings(
    snapshot: Snapshot, scope: Scope, findings: Findings
) -> list[Taken]:
    """Choose the offerings of a scope; what cannot be planned becomes a finding."""
    courses = {course.course_id: course for course in snapshot.courses}
    students = _students_by_offering(snapshot, findings)
    is_in_scope = _Filter(snapshot, scope)
    chosen = []
    for offering in snapshot.offerings:
        course = courses.get(offering.course_id)
        takers = tuple(students[offering.offering_id])
        if not is_in_scope(course, takers):
            continue
        problem = _problem(offering, course, takers)
        if problem or course is None:
            pointer = f"/course_offerings/{offering.offering_id}"
            name = course.course_code if course else "an unknown course"
            findings.warn("offering_not_planned", pointer, f"{name}: {problem}.")
        else:
            chosen.append(Taken(offering, course, takers))
    return sorted(chosen, key=lambda t: (t.course.course_code, t.offering.offering_id))


def _students_by_offering(
    snapshot: Snapshot, findings: Findings
) -> dict[UUID, list[Student]]:
    students = {student.student_id: student for student in snapshot.students}
    by_offering: dict[UUID, list[Student]] = defaultdict(list)
    unused = 0
    for enrollment in snapshot.enrollments:
        student = students.get(enrollment.student_id)
        enrolled = enrollment.enrollment_status.upper() == "ENROLLED"
        if student and is_active(student) and enrolled and enrollment.is_active:
            by_offering[enrollment.offering_id].append(student)
        else:
            unused += 1
    if unused:
        detail = f"{unused} enrollments are not active or of students who are not."
        findings.warn("enrollments_not_used", "/course_enrollments", detail)
    for takers in by_offering.values():
        takers.sort(key=lambda student: (student.enrollment_number, student.student_id))
    return by_offering


def _problem(
    offering: Offering, course: Course | None, students: tuple[Student, ...]
) -> str:
    if course is None or not course.is_active:
        return "the course is not active"
    if not offering.is_active:
        return "the offering is not active"
    if offering.offering_status.upper() not in _PLANNED:
        return f"the offering is {offering.offering_status.lower()}"
    return "" if students or offering.total_enrolled > 0 else "nobody is enrolled"


class _Filter:
    """Whether an offering belongs to a department or a batch.

    A department's offerings are those of its courses and those that its batches take;
    a batch's are those that any of its students takes.
    """

    def __init__(self, snapshot: Snapshot, scope: Scope) -> None:
        self._department = self._batches = None
        if scope.department_id is not None:
            self._department = next(
                d.dept_id
                for d in snapshot.departments
                if scope.department_id in (d.dept_code, str(d.dept_id))
            )
            self._batches = {
                b.batch_id for b in snapshot.batches if b.dept_id == self._department
            }
        if scope.batch_id is not None:
            self._department = None
            self._batches = {
                b.batch_id
                for b in snapshot.batches
                if scope.batch_id in (b.batch_code, str(b.batch_id))
            }

    def __call__(self, course: Course | None, students: tuple[Student, ...]) -> bool:
        if self._batches is None:
            return True
        if course is not None and course.dept_id == self._department:
            return True
        return any(student.batch_id in self._batches for student in students)

"""A snapshot of the ERP's rows as an institution document. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from erp_bridge.records import Scope
from solvers.exceptions import InputError, Issue
from solvers.formats.institution import (
    Building,
    Course,
    Department,
    Institution,
    Limits,
    Room,
    Section,
    Term,
    TimeGrid,
)

from .audience import batches_of, students_of
from .codes import Codes
from .components import components_of
from .findings import Findings
from .grid import grid_of, period_minutes
from .rooms import rooms_of
from .sections import Plan, course_names, groups_of_batches, sections_of, whole_batches
from .selection import batch_sizes, is_active, select_offerings
from .snapshot import Snapshot
from .staff import faculty_of, teachers_of

__all__ = ["institution_of"]


def institution_of(
    snapshot: Snapshot, scope: Scope
) -> tuple[Institution, tuple[Issue, ...]]:
    """Map a term.

    Parameters
    ----------
    snapshot
        The rows of the term.
    scope
        Department and batch to be planned; both were looked up.

    Returns
    -------
    tuple
        The document, and a warning about everything that could not be used.

    Raises
    ------
    InputError
        If nothing can be planned; the warnings say why.
    """
    return _Mapping(snapshot, scope).run()


class _Mapping:
    def __init__(self, snapshot: Snapshot, scope: Scope) -> None:
        self._snapshot = snapshot
        self._scope = scope
        self._findings = Findings()
        self._codes = Codes.of(snapshot, self._findings)
        self._sizes = batch_sizes(snapshot)

    def run(self) -> tuple[Institution, tuple[Issue, ...]]:
        codes, findings = self._codes, self._findings
        grid = grid_of(self._snapshot, findings)
        rooms = rooms_of(
            self._snapshot, codes.rooms, codes.departments, codes.buildings, findings
        )
        plans = self._plans(grid, rooms)
        if not plans:
            detail = "Nothing can be planned."
            raise InputError([Issue("empty_term", detail), *findings.issues])
        groups = groups_of_batches(plans, rooms)
        numbers: Counter[str] = Counter()
        sections = [
            s for plan in plans for s in sections_of(plan, rooms, groups, numbers)
        ]
        institution = Institution(
            schema_version=1,
            name=self._snapshot.organization.org_name,
            term=self._term(),
            time_grid=grid,
            departments=self._departments(),
            buildings=self._buildings(),
            rooms=rooms,
            faculty=faculty_of(
                self._snapshot,
                codes.faculty,
                codes.departments,
                self._hours(sections, plans, grid),
                findings,
            ),
            batches=batches_of(self._snapshot, self._codes, self._sizes, plans, groups),
            courses=self._courses(plans),
            sections=tuple(sections),
            students=students_of(self._snapshot, codes, plans, groups, findings),
            limits=self._limits(grid),
        )
        self._tell_unused(institution)
        return institution, findings.issues

    def _term(self) -> Term:
        scope = self._scope
        return Term(academic_year=scope.academic_year or "", semester=scope.semester)

    def _plans(self, grid: TimeGrid, rooms: Sequence[Room]) -> list[Plan]:
        people = {person.faculty_id: person for person in self._snapshot.faculty}
        taken = select_offerings(self._snapshot, self._scope, self._findings)
        plans, names = [], course_names(taken, self._sizes)
        components = {
            item.course.course_id: components_of(
                item.course, rooms, len(grid.days), self._findings
            )
            for item in taken
        }
        for item in taken:
            teachers = teachers_of(item, people, self._findings)
            whole = whole_batches(item, self._sizes)
            plans.append(
                Plan(
                    taken=item,
                    course_id=names[item.offering.offering_id],
                    department=self._codes.departments.get(item.course.dept_id),
                    components=components[item.course.course_id],
                    batches={self._codes.batches[b]: self._sizes[b] for b in whole},
                    teachers=tuple(self._codes.faculty[key] for key in teachers),
                )
            )
        return plans

    def _departments(self) -> tuple[Department, ...]:
        return tuple(
            Department(
                id=self._codes.departments[d.dept_id],
                external_id=str(d.dept_id),
                name=d.dept_name,
            )
            for d in self._snapshot.departments
        )

    def _buildings(self) -> tuple[Building, ...]:
        return tuple(
            Building(id=self._codes.buildings[b.building_id], name=b.building_name)
            for b in self._snapshot.buildings
        )

    def _courses(self, plans: Sequence[Plan]) -> tuple[Course, ...]:
        courses = {}
        for plan in plans:
            row = plan.taken.course
            courses[plan.course_id] = Course(
                id=plan.course_id,
                external_id=str(row.course_id),
                code=row.course_code,
                name=row.course_name,
                department=plan.department,
                semester=plan.taken.offering.semester_number,
                credits=float(row.credits),
                components=plan.components,
            )
        return tuple(courses.values())

    def _hours(
        self, sections: Sequence[Section], plans: Sequence[Plan], grid: TimeGrid
    ) -> dict[UUID, float]:
        """Weekly hours of everybody who teaches."""
        key_of = {code: key for key, code in self._codes.faculty.items()}
        length = period_minutes(grid) / 60
        periods = {
            (plan.course_id, c.kind): c.meetings_per_week * (c.duration_periods or 1)
            for plan in plans
            for c in plan.components
        }
        hours: dict[UUID, float] = defaultdict(float)
        for section in sections:
            for code in section.faculty:
                taught = periods[section.course, section.component]
                hours[key_of[code]] += taught * length
        return hours

    def _limits(self, grid: TimeGrid) -> Limits:
        configuration = self._snapshot.configuration
        if configuration is None:
            return Limits()
        length = period_minutes(grid) / 60
        longest = configuration.faculty_max_continuous
        most = configuration.max_classes_per_day
        return Limits(
            faculty_max_consecutive_hours=longest * length if longest > 0 else None,
            batch_max_hours_per_day=most * length if most > 0 else None,
        )

    def _tell_unused(self, institution: Institution) -> None:
        """Count the active rows of a whole term that nothing in it refers to."""
        if self._scope.department_id or self._scope.batch_id:
            return
        term = self._snapshot
        people = sum(f.is_active for f in term.faculty) - len(institution.faculty)
        self._count("faculty", people, "teach nothing")
        batches = sum(b.is_active for b in term.batches) - len(institution.batches)
        self._count("batches", batches, "take nothing")
        enrolled = {e.student_id for e in term.enrollments}
        idle = sum(is_active(s) and s.student_id not in enrolled for s in term.students)
        self._count("students", idle, "are enrolled in nothing")

    def _count(self, table: str, count: int, what: str) -> None:
        if count > 0:
            detail = f"{count} active rows of {table} {what} in this term."
            self._findings.warn("rows_not_used", f"/{table}", detail)

"""A part of an institution: one department, one batch, or what they share."""

from __future__ import annotations

from collections.abc import Iterator

from solvers.exceptions import InputError, Issue

from .index import Index
from .meetings import size_of
from .schema import Batch, Institution, Section, Student

__all__ = ["scope_of"]


def scope_of(
    institution: Institution, *, department: str | None = None, batch: str | None = None
) -> Institution:
    """Institution with the sections of a department's courses, of a batch, or of both.

    Rooms and the grid stay whole. Other batches leave sections that they share with the
    scope, whose expected size stays; their students stay as far as they chose sections
    of the scope.

    Parameters
    ----------
    institution
        An institution that passed its checks.
    department
        Whose courses; None takes all.
    batch
        Who attends or chooses the sections; None takes everybody.

    Raises
    ------
    InputError
        ``unknown_department``, ``unknown_batch``, or ``empty_term`` if no section is
        left.
    """
    return _Scope(institution, department, batch).cut()


class _Scope:
    def __init__(
        self, institution: Institution, department: str | None, batch: str | None
    ) -> None:
        self._institution = institution
        self._index = Index(institution)
        self._department = department
        self._batch = batch
        for kind, name, known in (
            ("department", department, self._index.departments),
            ("batch", batch, self._index.batches),
        ):
            if name is not None and name not in known:
                detail = f"{kind} {name!r} does not exist"
                raise InputError(Issue(f"unknown_{kind}", detail))

    def cut(self) -> Institution:
        wanted = self._chosen_courses()
        kept = [s for s in self._institution.sections if self._keeps(s, wanted)]
        if not kept:
            raise InputError(Issue("empty_term", "no section lies in this scope"))
        courses = {section.course for section in kept}
        teachers = {person for section in kept for person in section.faculty}
        batches = tuple(self._batches(kept))
        inside = {b.id for b in batches}
        known = inside | {group.id for b in batches for group in b.groups}
        source = self._institution
        return source.model_copy(
            update={
                "courses": tuple(c for c in source.courses if c.id in courses),
                "faculty": tuple(f for f in source.faculty if f.id in teachers),
                "batches": batches,
                "sections": tuple(self._narrowed(section, known) for section in kept),
                "students": tuple(self._students(kept, inside)),
            }
        )

    def _chosen_courses(self) -> set[str]:
        """Courses of which the batch's students choose sections."""
        students = self._institution.students
        return {c for s in students if self._is_inside(s.batch) for c in s.courses}

    def _is_inside(self, batch: str | None) -> bool:
        return self._batch is None or batch == self._batch

    def _keeps(self, section: Section, chosen: set[str]) -> bool:
        course = self._institution.courses[self._index.courses[section.course]]
        if self._department is not None and course.department != self._department:
            return False
        if section.batches:
            return any(
                self._is_inside(self._index.batch_of[audience])
                for audience in section.batches
            )
        return self._batch is None or section.course in chosen

    def _batches(self, kept: list[Section]) -> Iterator[Batch]:
        attending = {self._index.batch_of[a] for s in kept for a in s.batches}
        for batch in self._institution.batches:
            if self._is_inside(batch.id) and batch.id in attending:
                yield batch

    def _narrowed(self, section: Section, known: set[str]) -> Section:
        inside = tuple(audience for audience in section.batches if audience in known)
        if inside == section.batches:
            return section
        component = self._index.component_of(section)
        assert component is not None
        size = size_of(section, component, self._index)
        return section.model_copy(update={"batches": inside, "size": size})

    def _students(self, kept: list[Section], inside: set[str]) -> Iterator[Student]:
        offered = {section.course for section in kept if not section.batches}
        for student in self._institution.students:
            if not self._is_inside(student.batch):
                continue
            courses = tuple(c for c in student.courses if c in offered)
            if student.batch in inside:
                yield student.model_copy(update={"courses": courses})
            elif courses:
                changes = {"batch": None, "group": None, "courses": courses}
                yield student.model_copy(update=changes)

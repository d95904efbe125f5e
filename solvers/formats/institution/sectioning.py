"""Courses, configurations and subparts of the engine, and what students request.

A section that a batch attends as a whole is a course of its own, with one choice, which
all students of the batch request. Sections that students choose form one course, with
a subpart for every weekly meeting of every component.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from solvers import model

from .index import Index, Leaf
from .schema import Course, Institution

__all__ = ["Catalog", "catalog_of", "requests_of"]


@dataclass(slots=True)
class Catalog:
    """Courses of the engine as they grow.

    Parameters
    ----------
    courses, configurations, subparts
        As in ``Instance``.
    subpart_of
        Subpart of each event, by event index.
    of_section
        Course index by position of a section that batches attend.
    of_course
        Course index by id of a course whose sections students choose.
    """

    courses: list[model.Course] = field(default_factory=list)
    configurations: list[model.Configuration] = field(default_factory=list)
    subparts: list[model.Subpart] = field(default_factory=list)
    subpart_of: dict[int, int] = field(default_factory=dict)
    of_section: dict[int, int] = field(default_factory=dict)
    of_course: dict[str, int] = field(default_factory=dict)

    def add(
        self, name: str, course: Course, subparts: Sequence[tuple[int, ...]]
    ) -> int:
        """Add a course of one configuration; return its index."""
        index = len(self.courses)
        first = len(self.subparts)
        for number, events in enumerate(subparts, start=1):
            for event in events:
                self.subpart_of[event] = len(self.subparts)
            self.subparts.append(model.Subpart(f"{name}.{number}", index, events))
        own = tuple(range(first, len(self.subparts)))
        self.configurations.append(model.Configuration(name, index, own))
        self.courses.append(
            model.Course(
                name,
                (index,),
                code=course.code or course.id,
                name=course.name,
                department=course.department or "",
            )
        )
        return index


def catalog_of(
    institution: Institution, index: Index, events_of: Sequence[Sequence[int]]
) -> Catalog:
    """Group events into courses.

    Parameters
    ----------
    institution, index
        The institution and its positions by id.
    events_of
        Event indices of every section, by position, in the order of meetings.
    """
    catalog = Catalog()
    chosen: dict[str, list[int]] = defaultdict(list)
    for position, section in enumerate(institution.sections):
        course = institution.courses[index.courses[section.course]]
        if section.batches:
            subparts: list[tuple[int, ...]] = [(e,) for e in events_of[position]]
            name = f"{course.id}#{section.id}"
            catalog.of_section[position] = catalog.add(name, course, subparts)
        else:
            chosen[section.course].append(position)
    for course_id, sections in chosen.items():
        course = institution.courses[index.courses[course_id]]
        parts = _subparts(institution, sections, events_of)
        catalog.of_course[course_id] = catalog.add(course.id, course, parts)
    return catalog


def _subparts(
    institution: Institution,
    sections: Sequence[int],
    events_of: Sequence[Sequence[int]],
) -> list[tuple[int, ...]]:
    by_component: dict[str, list[int]] = defaultdict(list)
    for position in sections:
        by_component[institution.sections[position].component].append(position)
    return [
        meeting
        for own in by_component.values()
        for meeting in zip(*(events_of[position] for position in own), strict=True)
    ]


def requests_of(
    institution: Institution, index: Index, catalog: Catalog
) -> tuple[model.Student, ...]:
    """What every student requests: the sections of the batch, and chosen courses."""
    own: dict[str, list[int]] = {
        leaf.id: [catalog.of_section[s] for s in index.sections_of(leaf)]
        for leaf in index.leaves
    }
    attended = {
        leaf.id: {index.taught_in(s) for s in index.sections_of(leaf)}
        for leaf in index.leaves
    }
    students = []
    for person, leaf in zip(
        institution.students, _leaf_of_students(institution, index), strict=True
    ):
        courses = list(own[leaf.id]) if leaf else []
        bound = attended[leaf.id] if leaf else set()
        courses += (
            catalog.of_course[course]
            for course in person.courses
            if index.is_chosen(course, bound)
        )
        students.append(model.Student(person.id, tuple(courses)))
    return tuple(students)


def _leaf_of_students(institution: Institution, index: Index) -> list[Leaf | None]:
    """Leaf of each student; those without a group are dealt out evenly."""
    leaves: dict[str, list[Leaf]] = defaultdict(list)
    by_id: dict[str, Leaf] = {}
    for leaf in index.leaves:
        leaves[institution.batches[leaf.batch].id].append(leaf)
        by_id[leaf.id] = leaf
    filled = Counter(s.group for s in institution.students if s.group is not None)
    found: list[Leaf | None] = []
    for student in institution.students:
        if student.batch is None:
            found.append(None)
        elif student.group is not None:
            found.append(by_id[student.group])
        else:
            leaf = min(leaves[student.batch], key=lambda x: filled[x.id] - x.size)
            filled[leaf.id] += 1
            found.append(leaf)
    return found

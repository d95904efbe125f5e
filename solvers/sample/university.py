"""A sample university: departments, people, a term, and a timetable planted in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, islice

import numpy as np

from solvers.formats.institution import (
    Batch,
    Building,
    Course,
    Department,
    Faculty,
    Institution,
    Limits,
    Pin,
    Room,
    Section,
    Student,
    Term,
    Travel,
    event_id,
)

from .campus import Campus, build_campus
from .curriculum import Draft, core_courses, elective_courses, electives_of
from .diary import ALL_WEEKS, WEEK_A, Diary
from .names import Field, fields
from .people import (
    BATCH_HOURS_PER_DAY,
    HOURS_PER_DAY,
    HOURS_PER_WEEK,
    Cohort,
    Teacher,
    cohorts,
    teacher,
)
from .planting import Planted, Planter
from .size import Size
from .week import GRID, WEEKDAYS, clock_of_hour

__all__ = ["Sample", "make_sample", "sample_institution"]

_CAMPUS = 8
_TEACHERS_PER_BATCH = 2.3
_CHOICES = {5: 1, 7: 2}
_ABROAD = 0.3


def sample_institution(scale: float = 1.0, seed: int = 0) -> Institution:
    """Make a sample university.

    It has a feasible timetable for certain: one is planted while it is made.

    Parameters
    ----------
    scale
        Size, > 0. Scale 1 has 8 departments, 40 batches and 3,000 students; scale 22
        has 127 departments, some 9,000 weekly meetings and 40,000 students.
    seed
        Seed of all randomness, >= 0.

    Returns
    -------
    Institution
        The same for the same scale and seed.
    """
    return make_sample(scale, seed).institution


def make_sample(scale: float, seed: int) -> Sample:
    """Make a sample university together with what was planted in it."""
    return _Maker(scale, seed).make()


@dataclass(frozen=True, slots=True)
class Sample:
    """An institution with the places of its meetings and the choices of its students.

    Parameters
    ----------
    institution
        The term.
    places
        Day, start and room id of each meeting, by event id.
    taken
        Section by student id and course id, of what students choose.
    """

    institution: Institution
    places: dict[str, tuple[int, str, str | None]]
    taken: dict[tuple[str, str], str]


@dataclass(slots=True)
class _Parts:
    """What the campuses add to the institution."""

    departments: list[Department] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    travel: list[Travel] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    faculty: list[Faculty] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    students: list[Student] = field(default_factory=list)


class _Maker:
    def __init__(self, scale: float, seed: int) -> None:
        self._size = Size.of(scale)
        self._rng = np.random.default_rng(seed)
        self._names = count()
        self._parts = _Parts()
        self._places: dict[str, tuple[int, str, str | None]] = {}
        self._taken: dict[tuple[str, str], str] = {}

    def make(self) -> Sample:
        sizes = self._size.batches
        subjects = list(islice(fields(), len(sizes)))
        for number, first in enumerate(range(0, len(sizes), _CAMPUS)):
            here = slice(first, first + _CAMPUS)
            self._add_campus(number, subjects[here], sizes[here])
        institution = Institution(
            schema_version=1,
            name="Meridian University",
            term=Term(academic_year="2024-25", semester=3, name="Autumn term"),
            time_grid=GRID,
            limits=Limits(
                faculty_max_hours_per_day=HOURS_PER_DAY,
                faculty_max_hours_per_week=HOURS_PER_WEEK,
                faculty_max_consecutive_hours=4,
                batch_max_hours_per_day=BATCH_HOURS_PER_DAY,
            ),
            departments=tuple(self._parts.departments),
            buildings=tuple(self._parts.buildings),
            travel=tuple(self._parts.travel),
            rooms=tuple(self._parts.rooms),
            faculty=tuple(self._parts.faculty),
            batches=tuple(self._parts.batches),
            courses=tuple(self._parts.courses),
            sections=tuple(self._parts.sections),
            students=tuple(self._parts.students),
        )
        return Sample(institution, self._places, self._taken)

    def _add_campus(
        self, number: int, subjects: Sequence[Field], sizes: Sequence[int]
    ) -> None:
        alone = len(self._size.batches) <= _CAMPUS
        campus = build_campus(number, subjects, sum(sizes), alone, self._rng)
        own = [
            cohorts(subject, size, self._rng)
            for subject, size in zip(subjects, sizes, strict=True)
        ]
        students = self._students(subjects, own)
        demand = Counter(c for student in students for c in student.courses)
        parts = self._parts
        parts.departments += campus.departments
        parts.buildings += campus.buildings
        parts.travel += campus.travel
        parts.rooms += campus.rooms
        parts.students += students
        offers = [
            self._offers(*pair, demand) for pair in zip(subjects, own, strict=True)
        ]
        for subject, batches, drafts in zip(subjects, own, offers, strict=True):
            parts.batches += (cohort.batch for cohort in batches)
            self._plant(campus, subject, len(batches), drafts)
        self._choose_sections(students)

    def _students(
        self, subjects: Sequence[Field], own: Sequence[Sequence[Cohort]]
    ) -> list[Student]:
        electives = [[c.id for c in elective_courses(subject)] for subject in subjects]
        students = []
        for department, batches in enumerate(own):
            for cohort in batches:
                for number in range(cohort.batch.size):
                    chosen = self._electives(electives, department, cohort.semester)
                    half = int(number >= cohort.batch.groups[0].size)
                    students.append(
                        Student(
                            id=f"{cohort.batch.id}-{number + 1:03d}",
                            batch=cohort.batch.id,
                            group=cohort.batch.groups[half].id,
                            courses=tuple(chosen),
                        )
                    )
        return students

    def _electives(
        self, electives: Sequence[Sequence[str]], department: int, semester: int
    ) -> list[str]:
        """Courses a student picks; now and then one of another department."""
        wanted = _CHOICES.get(semester, 0)
        if not wanted:
            return []
        own = electives[department]
        picked = [own[i] for i in self._rng.choice(len(own), wanted, replace=False)]
        if wanted > 1 and len(electives) > 1 and self._rng.random() < _ABROAD:
            step = int(self._rng.integers(1, len(electives)))
            other = electives[(department + step) % len(electives)]
            picked[-1] = other[int(self._rng.integers(len(other)))]
        return sorted(picked)

    def _offers(
        self, subject: Field, batches: Sequence[Cohort], demand: Counter[str]
    ) -> list[Draft]:
        courses, drafts = core_courses(subject, batches)
        hopefuls: list[Diary] = [
            diary
            for cohort in batches
            if cohort.semester in _CHOICES
            for diary in cohort.diaries
        ]
        for course in elective_courses(subject):
            if demand[course.id]:
                courses.append(course)
                drafts += electives_of(course, demand[course.id], hopefuls)
        self._parts.courses += courses
        return drafts

    def _plant(
        self, campus: Campus, subject: Field, num_batches: int, drafts: Sequence[Draft]
    ) -> None:
        staff: list[Teacher] = []

        def hire(department: str, rng: np.random.Generator | None = None) -> Teacher:
            return teacher(department, len(staff) + 1, next(self._names), rng)

        for _ in range(round(_TEACHERS_PER_BATCH * num_batches)):
            staff.append(hire(subject.code, self._rng))
        planted = Planter(campus, hire, self._rng).plant(drafts, staff)
        self._parts.faculty += (member.person for member in staff)
        by_id = {item.draft.id: item for item in planted}
        for draft in drafts:
            self._parts.sections.append(self._section(campus, by_id[draft.id]))

    def _section(self, campus: Campus, planted: Planted) -> Section:
        draft = planted.draft
        for number, place in enumerate(planted.places, start=1):
            room = campus.rooms[place.room].id if place.room >= 0 else None
            where = (place.day, clock_of_hour(place.hour), room)
            self._places[event_id(draft.id, number)] = where
        first = planted.places[0]
        pin = Pin(day=WEEKDAYS[first.day], start=clock_of_hour(first.hour))
        fortnightly = draft.weeks != ALL_WEEKS
        return Section(
            id=draft.id,
            course=draft.course.id,
            component=draft.component.kind,
            faculty=tuple(t.person.id for t in planted.teachers),
            batches=draft.batches,
            weeks=("A" if draft.weeks == WEEK_A else "B") if fortnightly else None,
            pins=(pin,) if draft.pinned else (),
        )

    def _choose_sections(self, students: Sequence[Student]) -> None:
        """Deal students out to the sections of what they chose."""
        offered: dict[str, list[str]] = defaultdict(list)
        for section in self._parts.sections:
            if not section.batches:
                offered[section.course].append(section.id)
        turn: Counter[str] = Counter()
        for student in students:
            for course in student.courses:
                sections = offered[course]
                self._taken[student.id, course] = sections[turn[course] % len(sections)]
                turn[course] += 1

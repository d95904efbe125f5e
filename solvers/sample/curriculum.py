"""What departments teach: courses, and sections that still want people and places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from solvers.formats.institution import Component, Course

from .diary import ALL_WEEKS, WEEK_A, WEEK_B, Diary
from .names import Field, course_titles
from .people import Cohort
from .week import minutes_of_hours

__all__ = ["ELECTIVE_SIZE", "Draft", "core_courses", "elective_courses", "electives_of"]

ELECTIVE_SIZE = 40
_NUM_ELECTIVES = 5
_CORE = {3: 5, 5: 5, 7: 4}
_LABS = {3: (1, 2, 3), 5: (0, 1), 7: (0,)}
_SPARE = 1.15


@dataclass(frozen=True, slots=True)
class Draft:
    """A section before anyone knows who teaches it, when and where.

    Parameters
    ----------
    id, course, component
        As in the section.
    batches
        Who attends it; empty if students choose it.
    audience
        Hours of those who attend it.
    hopefuls
        Hours of those who may choose it.
    hours, meetings
        Of one meeting, and how many a week.
    weeks
        Bits of ``diary``.
    size
        Students.
    teachers
        How many teach it together.
    pinned
        Whether its time is a decision already taken.
    """

    id: str
    course: Course
    component: Component
    hours: int
    size: int
    batches: tuple[str, ...] = ()
    audience: tuple[Diary, ...] = ()
    hopefuls: tuple[Diary, ...] = ()
    weeks: int = ALL_WEEKS
    teachers: int = 1
    pinned: bool = False
    hardness: int = field(default=0)


def core_courses(
    subject: Field, batches: Sequence[Cohort]
) -> tuple[list[Course], list[Draft]]:
    """Courses that whole batches attend, by semester."""
    by_semester: dict[int, list[Cohort]] = defaultdict(list)
    for cohort in batches:
        by_semester[cohort.semester].append(cohort)
    titles = iter(course_titles(subject))
    courses: list[Course] = []
    drafts: list[Draft] = []
    for semester, number in _CORE.items():
        own = by_semester.get(semester, [])
        for position, title in zip(range(number), titles, strict=False):
            if own:
                course = _core_course(subject, semester, position, title)
                courses.append(course)
                drafts += _core_drafts(course, semester, position, own)
    return courses, drafts


def _core_course(subject: Field, semester: int, position: int, title: str) -> Course:
    parts = [
        Component(
            kind="lecture",
            meetings_per_week=2,
            duration_minutes=minutes_of_hours(1),
            features=("projector",),
            online=semester == 7 and position == 3,
        )
    ]
    if semester == 3 and position == 0:
        one_hour = minutes_of_hours(1)
        parts.append(Component(kind="tutorial", duration_minutes=one_hour))
    if position in _LABS[semester]:
        hours = _lab_hours(semester, position)
        parts.append(
            Component(
                kind="lab",
                duration_minutes=minutes_of_hours(hours),
                features=("laboratory",),
                equipment={subject.equipment: 36},
            )
        )
    name = f"{subject.code}{semester}{position + 1:02d}"
    return Course(
        id=name,
        code=name,
        name=title,
        department=subject.code,
        semester=semester,
        credits=3.0,
        components=tuple(parts),
    )


def _lab_hours(semester: int, position: int) -> int:
    return 3 if semester == 3 and position == 1 else 2


def _core_drafts(
    course: Course, semester: int, position: int, cohorts: Sequence[Cohort]
) -> Iterator[Draft]:
    for component in course.components:
        if component.kind == "lab":
            for cohort in cohorts:
                yield from _labs(course, component, semester, position, cohort)
            continue
        joint = component.kind == "lecture" and semester == 3 and position == 0
        step = 2 if joint else 1
        for first in range(0, len(cohorts), step):
            together = cohorts[first : first + step]
            letters = "".join(c.letter for c in together)
            yield Draft(
                f"{course.id}-{component.kind[:3].upper()}-{letters}",
                course,
                component,
                hours=1,
                size=sum(c.batch.size for c in together),
                batches=tuple(c.batch.id for c in together),
                audience=tuple(d for c in together for d in c.diaries),
                pinned=joint,
                hardness=2 * len(together),
            )


def _labs(
    course: Course, component: Component, semester: int, position: int, cohort: Cohort
) -> Iterator[Draft]:
    """One section for each group; the fifth semester's second one every other week."""
    fortnightly = semester == 5 and position == 1
    hours = _lab_hours(semester, position)
    for number, group in enumerate(cohort.batch.groups):
        weeks = (WEEK_A, WEEK_B)[number] if fortnightly else ALL_WEEKS
        yield Draft(
            f"{course.id}-LAB-{group.name}",
            course,
            component,
            hours=hours,
            size=group.size,
            batches=(group.id,),
            audience=(cohort.diaries[number],),
            weeks=weeks,
            teachers=2 if hours == 3 else 1,
            hardness=10 + hours,
        )


def elective_courses(subject: Field) -> list[Course]:
    """Courses whose sections students choose."""
    titles = course_titles(subject)[sum(_CORE.values()) :]
    courses = []
    for position, title in enumerate(titles[:_NUM_ELECTIVES]):
        once = position % 2 == 1
        name = f"{subject.code}9{position + 1:02d}"
        component = Component(
            kind="seminar",
            meetings_per_week=1 if once else 2,
            duration_minutes=minutes_of_hours(2 if once else 1),
            section_size=ELECTIVE_SIZE,
        )
        courses.append(
            Course(
                id=name,
                code=name,
                name=title,
                department=subject.code,
                credits=2.0,
                components=(component,),
            )
        )
    return courses


def electives_of(
    course: Course, demand: int, hopefuls: Sequence[Diary]
) -> Iterator[Draft]:
    """Sections of an elective, with some seats to spare."""
    (component,) = course.components
    for number in range(1, ceil(_SPARE * demand / ELECTIVE_SIZE) + 1):
        yield Draft(
            f"{course.id}-SEM-{number}",
            course,
            component,
            hours=2 if component.meetings_per_week == 1 else 1,
            size=ELECTIVE_SIZE,
            hopefuls=tuple(hopefuls),
        )

"""What is taught: courses, sections, and who takes them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool

from .resources import Equipment
from .values import (
    Clock,
    Count,
    Day,
    Hours,
    Identifier,
    Name,
    Part,
    Thing,
    WeekPattern,
)

__all__ = [
    "Component",
    "ComponentKind",
    "Course",
    "Pin",
    "Section",
    "Student",
]

ComponentKind = Literal["lecture", "tutorial", "lab", "seminar", "project"]


class Component(Part):
    """A part of a course that is taught in sections of its own.

    Parameters
    ----------
    kind
        Unique within the course.
    meetings_per_week
        How often each section meets.
    duration_minutes, duration_periods
        Length of one meeting; exactly one of the two.
    weeks
        In which weeks of the term it meets.
    features, equipment
        What the room must have.
    section_size
        Most students of a section that students choose themselves.
    online
        Whether it needs no room.
    same_day
        Whether two meetings of a section may fall on one day.
    """

    kind: ComponentKind
    meetings_per_week: Count = 1
    duration_minutes: Count | None = None
    duration_periods: Count | None = None
    weeks: WeekPattern = Field(default="all")
    features: tuple[Name, ...] = ()
    equipment: Equipment = Field(default_factory=dict)
    section_size: Count | None = None
    online: StrictBool = False
    same_day: StrictBool = False


class Course(Thing):
    """A course."""

    code: Name = ""
    name: Name = ""
    department: Identifier | None = None
    semester: Count | None = None
    credits: Hours | None = None
    components: tuple[Component, ...]


class Pin(Part):
    """A decision already taken for one weekly meeting, counted from 1."""

    meeting: Count = 1
    day: Day | None = None
    start: Clock | None = None
    room: Identifier | None = None


class Section(Thing):
    """A teaching group of a course's component.

    Parameters
    ----------
    course, component
        What is taught.
    faculty
        Who teaches it, all of them together; may be empty.
    batches
        Batches and groups that attend it as a whole. Without any, students choose.
    size
        Expected students; otherwise the sizes of its batches, or its limit.
    limit
        Most students, where students choose; otherwise the component's section size.
    parent
        Section that its students must take too, e.g. the lecture of a tutorial.
    online
        Whether it needs no room; None follows the component.
    weeks
        In which weeks it meets; None follows the component.
    rooms
        The only rooms it may use; empty leaves all that hold it.
    pins
        Meetings whose time or room is fixed.
    """

    course: Identifier
    component: ComponentKind = "lecture"
    faculty: tuple[Identifier, ...] = ()
    batches: tuple[Identifier, ...] = ()
    size: Count | None = None
    limit: Count | None = None
    parent: Identifier | None = None
    online: StrictBool | None = None
    weeks: WeekPattern | None = None
    rooms: tuple[Identifier, ...] = ()
    pins: tuple[Pin, ...] = ()


class Student(Thing):
    """A student.

    Parameters
    ----------
    batch, group
        Whose sections the student attends.
    courses
        Courses whose sections the student chooses, e.g. electives; courses that the
        batch attends need not be named.
    """

    batch: Identifier | None = None
    group: Identifier | None = None
    courses: tuple[Identifier, ...] = ()

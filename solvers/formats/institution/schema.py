"""The institution document: one term of one university, as JSON carries it.

Types say what a member is; ranges and everything that concerns several members are
checked by ``read_institution``, so that a caller hears of all findings at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from .resources import (
    Batch,
    Building,
    Department,
    Faculty,
    Group,
    Room,
    Travel,
)
from .teaching import Component, ComponentKind, Course, Pin, Section, Student
from .terms import Holiday, Lunch, Period, Term, TimeGrid
from .values import Count, Hours, Name, Part

__all__ = [
    "SCHEMA_VERSION",
    "Batch",
    "Building",
    "Component",
    "ComponentKind",
    "Course",
    "Department",
    "Faculty",
    "Group",
    "Holiday",
    "Institution",
    "Limits",
    "Lunch",
    "Period",
    "Pin",
    "Room",
    "Section",
    "Student",
    "Term",
    "TimeGrid",
    "Travel",
]

SCHEMA_VERSION = 1


class Limits(Part):
    """Limits of all who have none of their own."""

    faculty_max_hours_per_day: Hours | None = None
    faculty_max_hours_per_week: Hours | None = None
    faculty_max_consecutive_hours: Hours | None = None
    batch_max_hours_per_day: Hours | None = None


class Institution(Part):
    """One term of one university.

    ``weights`` holds an integer per criterion; what it does not name keeps its default.
    """

    schema_version: Literal[1]
    name: Name = ""
    term: Term = Term()
    time_grid: TimeGrid
    departments: tuple[Department, ...] = ()
    buildings: tuple[Building, ...] = ()
    travel: tuple[Travel, ...] = ()
    rooms: tuple[Room, ...] = ()
    faculty: tuple[Faculty, ...] = ()
    batches: tuple[Batch, ...] = ()
    courses: tuple[Course, ...] = ()
    sections: tuple[Section, ...] = ()
    students: tuple[Student, ...] = ()
    weights: Mapping[str, Count] = Field(default_factory=dict)
    limits: Limits = Limits()

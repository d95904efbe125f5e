"""One term of one organization as the ERP's rows have it; frozen, no SQL.

Fields are named as the ERP's columns are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

__all__ = [
    "Batch",
    "Building",
    "Configuration",
    "Course",
    "Department",
    "Enrollment",
    "Offering",
    "Organization",
    "Person",
    "Program",
    "Room",
    "Slot",
    "Snapshot",
    "Student",
    "Week",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An institution."""

    org_id: UUID
    org_code: str
    org_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department."""

    dept_id: UUID
    dept_code: str
    dept_name: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A degree program."""

    program_id: UUID
    program_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Students who began together."""

    batch_id: UUID
    batch_code: str
    batch_name: str
    current_semester: int
    total_students: int
    is_active: bool
    dept_id: UUID
    program_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A building."""

    building_id: UUID
    building_code: str
    building_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room; ``features`` is a list in whatever spelling the column has."""

    room_id: UUID
    room_code: str
    room_name: str | None
    room_type: str
    seating_capacity: int
    features: Any
    number_of_computers: int | None
    allow_cross_department_usage: bool | None
    is_bookable: bool | None
    room_status: str | None
    is_active: bool
    building_id: UUID | None
    dept_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of the faculty."""

    faculty_id: UUID
    faculty_code: str
    first_name: str
    last_name: str
    max_hours_per_week: int
    max_consecutive_hours: int | None
    preferred_time_slot: str | None
    research_day: str | None
    is_active: bool
    dept_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course."""

    course_id: UUID
    course_code: str
    course_name: str
    credits: int
    lecture_hours_per_week: int | None
    tutorial_hours_per_week: int | None
    practical_hours_per_week: int | None
    room_type_required: str | None
    min_room_capacity: int | None
    room_features_required: Any
    is_active: bool
    dept_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """A course as it is given in a term."""

    offering_id: UUID
    academic_year: str
    semester_type: str
    semester_number: int | None
    co_faculty_ids: Any
    number_of_sections: int
    total_enrolled: int
    max_capacity: int | None
    offering_status: str
    is_active: bool
    course_id: UUID
    primary_faculty_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """A student; a null ``is_active`` means active."""

    student_id: UUID
    enrollment_number: str
    is_active: bool | None
    batch_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """A student in an offering."""

    offering_id: UUID
    student_id: UUID
    enrollment_status: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A cell of the weekly grid."""

    day_of_week: str
    start_time: time
    end_time: time
    is_available: bool
    is_break: bool
    is_lunch: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """How the weekly grid is laid out."""

    working_days: int
    slots_per_day: int
    start_time: time
    end_time: time
    slot_duration_minutes: int
    lunch_break_enabled: bool
    lunch_break_start: time | None
    lunch_break_end: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration(Week):
    """A stored layout of the grid, with limits beside."""

    academic_year: str
    semester: int
    max_classes_per_day: int
    faculty_max_continuous: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All rows that a term needs; ``offerings`` are those of the term only.

    ``week`` was asked for and comes before any configuration.
    """

    organization: Organization
    departments: tuple[Department, ...]
    programs: tuple[Program, ...]
    batches: tuple[Batch, ...]
    buildings: tuple[Building, ...]
    rooms: tuple[Room, ...]
    faculty: tuple[Person, ...]
    courses: tuple[Course, ...]
    offerings: tuple[Offering, ...]
    students: tuple[Student, ...]
    enrollments: tuple[Enrollment, ...]
    slots: tuple[Slot, ...]
    configuration: Configuration | None = None
    week: Week | None = None

"""The part of the ERP's tables that is read, column by column as the ERP names them.

The ERP owns them: they are created here only to hold the sample.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from erp_bridge.database import THEIRS

__all__ = [
    "METADATA",
    "batches",
    "buildings",
    "configurations",
    "courses",
    "departments",
    "enrollments",
    "faculty",
    "offerings",
    "organizations",
    "programs",
    "rooms",
    "students",
    "timeslots",
]

METADATA = MetaData(schema=THEIRS)


def _key(name: str) -> Column[Any]:
    return Column(name, Uuid, primary_key=True)


def _of(name: str, target: str, *, optional: bool = False) -> Column[Any]:
    reference = ForeignKey(f"{THEIRS}.{target}.{name}")
    return Column(name, Uuid, reference, nullable=optional)


def _org() -> Column[Any]:
    return _of("org_id", "organizations")


def _text(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=optional)


def _number(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Integer, nullable=optional)


def _flag(name: str, default: str = "true", *, optional: bool = False) -> Column[Any]:
    return Column(name, Boolean, nullable=optional, server_default=default)


organizations = Table(
    "organizations",
    METADATA,
    _key("org_id"),
    _text("org_code"),
    _text("org_name"),
    _flag("is_active"),
    UniqueConstraint("org_code"),
)
departments = Table(
    "departments",
    METADATA,
    _key("dept_id"),
    _text("dept_code"),
    _text("dept_name"),
    _flag("is_active"),
    _org(),
)
programs = Table(
    "programs",
    METADATA,
    _key("program_id"),
    _text("program_code"),
    _text("program_name"),
    _of("dept_id", "departments"),
    _org(),
)
batches = Table(
    "batches",
    METADATA,
    _key("batch_id"),
    _text("batch_code"),
    _text("batch_name"),
    _number("current_semester"),
    _number("total_students"),
    _flag("is_active"),
    _of("dept_id", "departments"),
    _of("program_id", "programs", optional=True),
    _org(),
    UniqueConstraint("org_id", "batch_code"),
)
buildings = Table(
    "buildings",
    METADATA,
    _key("building_id"),
    _text("building_code"),
    _text("building_name"),
    _flag("is_active"),
    _org(),
)
rooms = Table(
    "rooms",
    METADATA,
    _key("room_id"),
    _text("room_code"),
    _text("room_name", optional=True),
    _text("room_type"),
    _number("seating_capacity"),
    Column("features", JSONB),
    _number("number_of_computers", optional=True),
    _flag("allow_cross_department_usage", optional=True),
    _flag("is_bookable", optional=True),
    _text("room_status", optional=True),
    _flag("is_active"),
    _of("building_id", "buildings", optional=True),
    _of("dept_id", "departments", optional=True),
    _org(),
)
faculty = Table(
    "faculty",
    METADATA,
    _key("faculty_id"),
    _text("faculty_code"),
    _text("first_name"),
    _text("last_name"),
    _number("max_hours_per_week"),
    _number("max_consecutive_hours", optional=True),
    _text("preferred_time_slot", optional=True),
    _text("research_day", optional=True),
    _flag("is_active"),
    _of("dept_id", "departments"),
    _org(),
    UniqueConstraint("org_id", "faculty_code"),
)
courses = Table(
    "courses",
    METADATA,
    _key("course_id"),
    _text("course_code"),
    _text("course_name"),
    _number("credits"),
    _number("lecture_hours_per_week", optional=True),
    _number("tutorial_hours_per_week", optional=True),
    _number("practical_hours_per_week", optional=True),
    _text("room_type_required", optional=True),
    _number("min_room_capacity", optional=True),
    Column("room_features_required", JSONB),
    _flag("is_active"),
    _of("dept_id", "departments"),
    _org(),
)
offerings = Table(
    "course_offerings",
    METADATA,
    _key("offering_id"),
    _text("academic_year"),
    _text("semester_type"),
    _number("semester_number", optional=True),
    Column("co_faculty_ids", JSONB),
    _number("number_of_sections"),
    _number("total_enrolled"),
    _number("max_capacity", optional=True),
    _text("offering_status"),
    _flag("is_active"),
    _of("course_id", "courses"),
    Column(
        "primary_faculty_id",
        Uuid,
        ForeignKey(f"{THEIRS}.faculty.faculty_id"),
        nullable=False,
    ),
    _org(),
)
students = Table(
    "students",
    METADATA,
    _key("student_id"),
    _text("enrollment_number"),
    _flag("is_active", optional=True),
    _of("batch_id", "batches", optional=True),
    _of("dept_id", "departments"),
    _org(),
)
enrollments = Table(
    "course_enrollments",
    METADATA,
    _key("enrollment_id"),
    _text("enrollment_status"),
    _flag("is_active"),
    Column(
        "offering_id",
        Uuid,
        ForeignKey(f"{THEIRS}.course_offerings.offering_id"),
        nullable=False,
        index=True,
    ),
    _of("student_id", "students"),
    _org(),
    UniqueConstraint("student_id", "offering_id"),
)
timeslots = Table(
    "timeslots",
    METADATA,
    _key("timeslot_id"),
    _text("day_of_week"),
    Column("start_time", Time, nullable=False),
    Column("end_time", Time, nullable=False),
    _number("slot_order"),
    _flag("is_available"),
    _flag("is_break", "false"),
    _flag("is_lunch", "false"),
    _org(),
    UniqueConstraint("org_id", "day_of_week", "start_time"),
)
configurations = Table(
    "timetable_configurations",
    METADATA,
    _key("config_id"),
    _text("academic_year"),
    _number("semester"),
    _number("working_days"),
    _number("slots_per_day"),
    Column("start_time", Time, nullable=False),
    Column("end_time", Time, nullable=False),
    _number("slot_duration_minutes"),
    _flag("lunch_break_enabled"),
    Column("lunch_break_start", Time),
    Column("lunch_break_end", Time),
    _number("max_classes_per_day"),
    _number("faculty_max_continuous"),
    _flag("is_default", "false"),
    Column("updated_at", DateTime(timezone=True), server_default=func.now()),
    _org(),
)

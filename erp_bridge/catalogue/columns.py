"""Which columns of the ERP's tables are read, and which may be missing. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, time
from typing import Any

from sqlalchemy import Boolean, DateTime, Integer, Table, Text, Time, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from . import snapshot, tables

__all__ = [
    "ACCEPTED",
    "CONTACT_COLUMNS",
    "OPTIONAL_TABLES",
    "READ",
    "TABLES",
    "is_optional",
    "is_value_of",
    "order_of",
]

_RECORDS: dict[Table, type[Any]] = {
    tables.organizations: snapshot.Organization,
    tables.departments: snapshot.Department,
    tables.programs: snapshot.Program,
    tables.batches: snapshot.Batch,
    tables.buildings: snapshot.Building,
    tables.rooms: snapshot.Room,
    tables.faculty: snapshot.Person,
    tables.courses: snapshot.Course,
    tables.offerings: snapshot.Offering,
    tables.students: snapshot.Student,
    tables.enrollments: snapshot.Enrollment,
    tables.timeslots: snapshot.Slot,
    tables.configurations: snapshot.Configuration,
}
_ALSO: dict[Table, tuple[str, ...]] = {
    tables.organizations: ("is_active",),
    tables.enrollments: (),
    tables.configurations: ("org_id", "is_default", "updated_at"),
}
_LARGEST = 2**31
ACCEPTED: dict[type[Any], tuple[str, ...]] = {
    Uuid: ("uuid",),
    Text: ("text", "varchar", "citext", "name"),
    Integer: ("int2", "int4", "int8"),
    Boolean: ("bool",),
    Time: ("time",),
    DateTime: ("timestamptz", "timestamp", "date"),
    JSONB: (),
}
"""PostgreSQL's types that do for a type of ours; any where none is named."""

TABLES = {own.name: own for own in _RECORDS}
"""The tables by the name that a mapping calls them by."""

OPTIONAL_TABLES = frozenset(
    own.name
    for own in (
        tables.programs,
        tables.buildings,
        tables.students,
        tables.enrollments,
        tables.timeslots,
        tables.configurations,
    )
)
"""Tables that an ERP may do without."""

CONTACT_COLUMNS: dict[str, tuple[str, ...]] = {
    "departments": ("hod_faculty_id", "office_email", "school_id"),
    "faculty": ("email", "username", "is_hod", "is_dean"),
    "students": ("email",),
}
"""Columns that are looked up for mail alone; a mapping may rename them."""


def order_of(name: str) -> list[str]:
    """Columns by which the rows of a table are read: codes, then the key."""
    own = TABLES[name]
    codes = [column.name for column in own.columns if column.name.endswith("_code")]
    return [*codes, *(column.name for column in own.primary_key.columns)]


def _read_of(own: Table) -> tuple[str, ...]:
    wanted = {field.name for field in fields(_RECORDS[own])}
    wanted.update(order_of(own.name), _ALSO.get(own, ("org_id",)))
    return tuple(column.name for column in own.columns if column.name in wanted)


READ = {name: _read_of(own) for name, own in TABLES.items()}
"""Columns that are read, by table."""


def is_optional(table: str, column: str) -> bool:
    """Whether a column may be null in all rows."""
    return bool(TABLES[table].c[column].nullable)


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


def _is_integer(value: object) -> bool:
    return type(value) is int and -_LARGEST <= value < _LARGEST


_IS_VALUE: dict[type[Any], Callable[[object], bool]] = {
    Uuid: _is_uuid,
    Text: lambda value: isinstance(value, str),
    Integer: _is_integer,
    Boolean: lambda value: isinstance(value, bool),
    Time: lambda value: isinstance(value, time),
    DateTime: lambda value: isinstance(value, datetime),
    JSONB: lambda value: (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    ),
}


def is_value_of(table: str, column: str, value: object) -> bool:
    """Whether a value can stand in a column."""
    return _IS_VALUE[type(TABLES[table].c[column].type)](value)

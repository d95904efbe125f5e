"""Queries on the ERP's tables; every one is of one organization."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from erp_bridge.records import Scope

from . import tables
from .snapshot import (
    Batch,
    Building,
    Configuration,
    Course,
    Department,
    Enrollment,
    Offering,
    Organization,
    Person,
    Program,
    Room,
    Slot,
    Snapshot,
    Student,
)
from .wishes import TermWishes

__all__ = [
    "batches_named",
    "departments_named",
    "has_offering",
    "organizations_named",
    "parity_of",
    "read_snapshot",
    "year_spellings",
]

_Record = TypeVar("_Record")
_ODD_EVEN = {1: "ODD", 0: "EVEN"}


def parity_of(semester: int) -> str:
    """Name of the half of the year that a semester falls into."""
    return _ODD_EVEN[semester % 2]


def year_spellings(year: str) -> tuple[str, ...]:
    """Spell an academic year in both usual ways: ``2024-25`` and ``2024-2025``."""
    first, dash, second = year.partition("-")
    if not (dash and first.isdigit() and second.isdigit() and len(first) == 4):
        return (year,)
    return (f"{first}-{second[-2:]}", f"{first}-{first[:2]}{second[-2:]}")


def organizations_named(session: Session, name: str | None) -> list[Organization]:
    """Find active organizations by code, name or id; all of them by None."""
    table = tables.organizations
    named: ColumnElement[bool] = true()
    if name is not None:
        columns = (table.c.org_code, table.c.org_name, cast(table.c.org_id, Text))
        named = or_(*(column == name for column in columns))
    where = and_(named, table.c.is_active.is_(True))
    return _rows(session, Organization, table, where)


def departments_named(session: Session, org: uuid.UUID, name: str) -> list[Department]:
    """Find departments by code or id."""
    table = tables.departments
    where = _called(table, "dept_code", "dept_id", name)
    return _rows(session, Department, table, and_(table.c.org_id == org, where))


def batches_named(session: Session, org: uuid.UUID, name: str) -> list[Batch]:
    """Find batches by code or id."""
    table = tables.batches
    where = _called(table, "batch_code", "batch_id", name)
    return _rows(session, Batch, table, and_(table.c.org_id == org, where))


def has_offering(
    session: Session, org: uuid.UUID, scope: Scope, wishes: TermWishes
) -> bool:
    """Whether anything is offered in the scope's year and semester."""
    where = and_(_in_term(org, scope, wishes), tables.offerings.c.is_active.is_(True))
    return bool(session.execute(select(exists().where(where))).scalar_one())


def read_snapshot(
    session: Session, organization: Organization, scope: Scope, wishes: TermWishes
) -> Snapshot:
    """Read a term. The scope's department and batch are looked at later.

    Parameters
    ----------
    session
        Open transaction; all is read in it.
    organization
        Whose term.
    scope, wishes
        Year and semester; None means all.
    """
    org = organization.org_id

    def of_org(record: type[_Record], table: Table) -> tuple[_Record, ...]:
        return tuple(_rows(session, record, table, table.c.org_id == org))

    in_term = _in_term(org, scope, wishes)
    taken = select(tables.offerings.c.offering_id).where(in_term)
    enrollment = tables.enrollments
    return Snapshot(
        organization=organization,
        departments=of_org(Department, tables.departments),
        programs=of_org(Program, tables.programs),
        batches=of_org(Batch, tables.batches),
        buildings=of_org(Building, tables.buildings),
        rooms=of_org(Room, tables.rooms),
        faculty=of_org(Person, tables.faculty),
        courses=of_org(Course, tables.courses),
        offerings=tuple(_rows(session, Offering, tables.offerings, in_term)),
        students=of_org(Student, tables.students),
        enrollments=tuple(
            _rows(session, Enrollment, enrollment, enrollment.c.offering_id.in_(taken))
        ),
        slots=of_org(Slot, tables.timeslots),
        configuration=_configuration(session, org, scope),
        week=wishes.week,
    )


def _called(table: Table, code: str, key: str, name: str) -> ColumnElement[bool]:
    return or_(table.c[code] == name, cast(table.c[key], Text) == name.lower())


def _in_term(org: uuid.UUID, scope: Scope, wishes: TermWishes) -> ColumnElement[bool]:
    table = tables.offerings
    wanted = [table.c.org_id == org]
    if scope.academic_year is not None:
        wanted.append(table.c.academic_year.in_(year_spellings(scope.academic_year)))
    if wishes.semester_type is not None:
        wanted.append(func.upper(table.c.semester_type) == wishes.semester_type)
    elif scope.semester is not None:
        half = func.upper(table.c.semester_type) == parity_of(scope.semester)
        unnumbered = and_(table.c.semester_number.is_(None), half)
        wanted.append(or_(table.c.semester_number == scope.semester, unnumbered))
    return and_(*wanted)


def _configuration(
    session: Session, org: uuid.UUID, scope: Scope
) -> Configuration | None:
    """Return the configuration of the half-year, the default one or newest first."""
    table = tables.configurations
    where = table.c.org_id == org
    if scope.academic_year is not None:
        years = year_spellings(scope.academic_year)
        where = and_(where, table.c.academic_year.in_(years))
    if scope.semester is not None:
        where = and_(where, table.c.semester == 2 - scope.semester % 2)
    query = select(*_columns(Configuration, table)).where(where)
    best = query.order_by(table.c.is_default.desc(), table.c.updated_at.desc()).limit(1)
    row = session.execute(best).mappings().one_or_none()
    return None if row is None else Configuration(**row)


def _rows(
    session: Session, record: type[_Record], table: Table, where: ColumnElement[bool]
) -> list[_Record]:
    """Rows as records, by code where they have one, so that people find them."""
    by_code = [column for column in table.columns if column.name.endswith("_code")]
    order = [*by_code, *table.primary_key.columns]
    query = select(*_columns(record, table)).where(where).order_by(*order)
    return [record(**row) for row in session.execute(query).mappings()]


def _columns(record: type[Any], table: Table) -> Iterable[Any]:
    """Columns of a record; lists may be of any type and come as JSON."""
    for field in fields(record):
        column = table.c[field.name]
        if isinstance(column.type, JSONB):
            yield func.to_jsonb(column).label(field.name)
        else:
            yield column

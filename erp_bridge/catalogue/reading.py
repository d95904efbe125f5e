"""Queries on the catalogue's sources; every one is of one organization."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Subquery,
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

from .columns import order_of
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
from .sources import Sources
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


def organizations_named(
    session: Session, sources: Sources, name: str | None
) -> list[Organization]:
    """Find active organizations by code, name or id; all of them by None."""
    table = sources.organizations
    named: ColumnElement[bool] = true()
    if name is not None:
        columns = (table.c.org_code, table.c.org_name, cast(table.c.org_id, Text))
        named = or_(*(column == name for column in columns))
    where = and_(named, table.c.is_active.is_(True))
    return _rows(session, Organization, table, where)


def departments_named(
    session: Session, sources: Sources, org: uuid.UUID, name: str
) -> list[Department]:
    """Find departments by code or id."""
    table = sources.departments
    where = _called(table, "dept_code", "dept_id", name)
    return _rows(session, Department, table, and_(table.c.org_id == org, where))


def batches_named(
    session: Session, sources: Sources, org: uuid.UUID, name: str
) -> list[Batch]:
    """Find batches by code or id."""
    table = sources.batches
    where = _called(table, "batch_code", "batch_id", name)
    return _rows(session, Batch, table, and_(table.c.org_id == org, where))


def has_offering(
    session: Session, sources: Sources, org: uuid.UUID, scope: Scope, wishes: TermWishes
) -> bool:
    """Whether anything is offered in the scope's year and semester."""
    offerings = sources.offerings
    where = and_(
        _in_term(offerings, org, scope, wishes), offerings.c.is_active.is_(True)
    )
    return bool(session.execute(select(exists().where(where))).scalar_one())


def read_snapshot(
    session: Session,
    sources: Sources,
    organization: Organization,
    scope: Scope,
    wishes: TermWishes,
) -> Snapshot:
    """Read a term. The scope's department and batch are looked at later.

    Parameters
    ----------
    session
        Open transaction; all is read in it.
    sources
        Where the rows are.
    organization
        Whose term.
    scope, wishes
        Year and semester; None means all.
    """
    org = organization.org_id

    def of_org(record: type[_Record], table: FromClause) -> tuple[_Record, ...]:
        return tuple(_rows(session, record, table, table.c.org_id == org))

    in_term = _in_term(sources.offerings, org, scope, wishes)
    taken = select(sources.offerings.c.offering_id).where(in_term)
    enrollment = sources.enrollments
    return Snapshot(
        organization=organization,
        departments=of_org(Department, sources.departments),
        programs=of_org(Program, sources.programs),
        batches=of_org(Batch, sources.batches),
        buildings=of_org(Building, sources.buildings),
        rooms=of_org(Room, sources.rooms),
        faculty=of_org(Person, sources.faculty),
        courses=of_org(Course, sources.courses),
        offerings=tuple(_rows(session, Offering, sources.offerings, in_term)),
        students=of_org(Student, sources.students),
        enrollments=tuple(
            _rows(session, Enrollment, enrollment, enrollment.c.offering_id.in_(taken))
        ),
        slots=of_org(Slot, sources.timeslots),
        configuration=_configuration(session, sources.configurations, org, scope),
        week=wishes.week,
    )


def _called(table: FromClause, code: str, key: str, name: str) -> ColumnElement[bool]:
    return or_(table.c[code] == name, cast(table.c[key], Text) == name.lower())


def _in_term(
    table: FromClause, org: uuid.UUID, scope: Scope, wishes: TermWishes
) -> ColumnElement[bool]:
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
    session: Session, table: FromClause, org: uuid.UUID, scope: Scope
) -> Configuration | None:
    """Return the configuration of the half-year, the default one or newest first."""
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
    session: Session,
    record: type[_Record],
    table: FromClause,
    where: ColumnElement[bool],
) -> list[_Record]:
    """Rows as records, by code where they have one, so that people find them."""
    assert isinstance(table, Table | Subquery)
    order = [table.c[name] for name in order_of(table.name)]
    query = select(*_columns(record, table)).where(where).order_by(*order)
    return [record(**row) for row in session.execute(query).mappings()]


def _columns(record: type[Any], table: FromClause) -> Iterable[Any]:
    """Columns of a record; lists may be of any type and come as JSON."""
    for field in fields(record):
        column = table.c[field.name]
        if isinstance(column.type, JSONB):
            yield func.to_jsonb(column).label(field.name)
        else:
            yield column

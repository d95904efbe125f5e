"""Mail addresses in the ERP's tables, where these have them.

The columns of addresses and offices are optional, so they are read out of whole rows
as JSON: one that is not there is null.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from erp_bridge.database import THEIRS

from . import tables
from .reading import departments_named

__all__ = ["Contact", "attendees", "reviewers", "schedulers"]

Role = Literal["hod", "dean", "office", "scheduler", "faculty", "student"]

_USERS = Table(
    "users",
    MetaData(schema=THEIRS),
    Column("user_id", Uuid),
    Column("username", Text),
    Column("email", Text),
    Column("org_id", Uuid),
)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to be told.

    Parameters
    ----------
    who
        The ERP's code of the person, or the name that was asked for.
    role
        Why they are told.
    address
        None where the ERP has none, or does not know them.
    """

    who: str
    role: Role
    address: str | None


def reviewers(
    session: Session, org: uuid.UUID, department: str | None
) -> list[Contact]:
    """Return the head and the deans of a department, by code or id.

    A dean is of the department's school, where departments have schools. Where no head
    has an address, the department's office stands in. Without a department only deans
    are meant, all of them.
    """
    if department is None:
        return list(_deans(session, org, None))
    named = departments_named(session, org, department)
    if len(named) != 1:
        return [Contact(department, "hod", None)]
    row = tables.departments.alias("unit")
    query = select(
        row.c.dept_code,
        _optional(row, "hod_faculty_id"),
        _optional(row, "office_email"),
        _optional(row, "school_id"),
    ).where(row.c.dept_id == named[0].dept_id)
    code, head, office, school = session.execute(query).one()
    found = list(_heads(session, org, named[0].dept_id, head))
    if not any(contact.address for contact in found):
        found.append(Contact(code, "office", office or None))
    return [*found, *_deans(session, org, school)]


def schedulers(
    session: Session, org: uuid.UUID, subjects: Sequence[str]
) -> list[Contact]:
    """Return who acts under these names: users first, then the faculty."""
    return [
        Contact(
            subject,
            "scheduler",
            _address_of_user(session, org, subject)
            or _address_of_faculty(session, org, subject),
        )
        for subject in subjects
    ]


def attendees(
    session: Session,
    org: uuid.UUID,
    *,
    instructors: Sequence[str],
    students: Sequence[str],
    batches: Sequence[str],
) -> list[Contact]:
    """Return who teaches and who attends.

    Parameters
    ----------
    session, org
        Open transaction, and the organization.
    instructors, students
        Codes of the faculty and enrollment numbers; whoever is not in the tables has no
        address.
    batches
        Codes of batches, all of whose active students attend.
    """
    person, pupil = tables.faculty.alias("person"), tables.students.alias("pupil")
    batch = tables.batches.alias("batch")
    teaching = select(person.c.faculty_code, _optional(person, "email")).where(
        person.c.org_id == org, _among(person.c.faculty_code, instructors)
    )
    learning = (
        select(pupil.c.enrollment_number, _optional(pupil, "email"))
        .join(batch, pupil.c.batch_id == batch.c.batch_id, isouter=True)
        .where(
            pupil.c.org_id == org,
            pupil.c.is_active.is_not(False),
            or_(
                _among(pupil.c.enrollment_number, students),
                _among(batch.c.batch_code, batches),
            ),
        )
    )
    found: list[Contact] = []
    groups: tuple[tuple[Any, Role, Sequence[str]], ...] = (
        (teaching, "faculty", instructors),
        (learning, "student", students),
    )
    for query, role, wanted in groups:
        known = {str(who): mail for who, mail in session.execute(query)}
        everybody = {**dict.fromkeys(wanted), **known}
        found += [Contact(who, role, mail or None) for who, mail in everybody.items()]
    return found


def _heads(
    session: Session, org: uuid.UUID, department: uuid.UUID, head: str | None
) -> Iterator[Contact]:
    person = tables.faculty.alias("person")
    leads = _optional(person, "is_hod") == "true"
    query = select(person.c.faculty_code, _optional(person, "email")).where(
        person.c.org_id == org,
        person.c.is_active.is_(True),
        or_(
            cast(person.c.faculty_id, Text) == head,
            (person.c.dept_id == department) & leads,
        ),
    )
    for who, mail in session.execute(query.order_by(person.c.faculty_code)):
        yield Contact(who, "hod", mail or None)


def _deans(session: Session, org: uuid.UUID, school: str | None) -> Iterator[Contact]:
    person, home = tables.faculty.alias("person"), tables.departments.alias("home")
    query = (
        select(person.c.faculty_code, _optional(person, "email"))
        .join(home, person.c.dept_id == home.c.dept_id)
        .where(
            person.c.org_id == org,
            person.c.is_active.is_(True),
            _optional(person, "is_dean") == "true",
        )
    )
    if school is not None:
        query = query.where(_optional(home, "school_id") == school)
    for who, mail in session.execute(query.order_by(person.c.faculty_code)):
        yield Contact(who, "dean", mail or None)


def _address_of_user(session: Session, org: uuid.UUID, name: str) -> str | None:
    if not _has_users(session):
        return None
    query = select(_USERS.c.email).where(
        or_(_USERS.c.org_id == org, _USERS.c.org_id.is_(None)),
        or_(_USERS.c.username == name, cast(_USERS.c.user_id, Text) == name),
    )
    return _only(session, query)


def _address_of_faculty(session: Session, org: uuid.UUID, name: str) -> str | None:
    person = tables.faculty.alias("person")
    query = select(_optional(person, "email")).where(
        person.c.org_id == org,
        or_(
            person.c.faculty_code == name,
            cast(person.c.faculty_id, Text) == name,
            _optional(person, "username") == name,
        ),
    )
    return _only(session, query)


def _only(session: Session, query: Any) -> str | None:
    """Return the address of the only row; whoever is ambiguous has none."""
    found = session.execute(query.limit(2)).scalars().all()
    return (found[0] or None) if len(found) == 1 else None


def _has_users(session: Session) -> bool:
    options = session.connection().get_execution_options()
    schema = options["schema_translate_map"][THEIRS]
    name = func.to_regclass(f'"{schema}".users')
    return session.scalar(select(name)) is not None


def _optional(row: FromClause, name: str) -> ColumnElement[Any]:
    """Value of a column that may not be there, as text."""
    alias: str = row.name  # type: ignore[attr-defined]
    return func.to_jsonb(literal_column(alias)).op("->>", return_type=Text())(name)


def _among(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Whether a value is one of many; one parameter, however many there are."""
    return column == any_(literal(list(values), ARRAY(Text)))

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
    or_,
    select,
)
from sqlalchemy.orm import Session

from erp_bridge.database import THEIRS

from .names import CatalogueMapping
from .reading import departments_named
from .snapshot import Organization
from .sources import Sources, whole_row

__all__ = ["Contact", "Directory"]

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


class Directory:
    """People of one organization, within one transaction.

    Parameters
    ----------
    session
        Open transaction.
    sources, mapping
        Where rows are, and what the ERP calls their columns.
    organization
        Whose people.
    schema
        Schema of the ERP's table of users.
    """

    def __init__(
        self,
        session: Session,
        sources: Sources,
        mapping: CatalogueMapping | None,
        organization: Organization,
        schema: str,
    ) -> None:
        self.organization = organization
        self._org = organization.org_id
        self._session = session
        self._sources = sources
        self._mapping = mapping
        self._schema = schema
        # Names that no column of an ERP has: rows as a whole go by them.
        self._unit = sources.departments.alias("horarium_unit")
        self._person = sources.faculty.alias("horarium_person")
        self._pupil = sources.students.alias("horarium_pupil")

    def reviewers(self, department: str | None) -> list[Contact]:
        """Return the head and the deans of a department, by code or id.

        A dean is of the department's school, where departments have schools. Where no
        head has an address, the department's office stands in. Without a department
        only deans are meant, all of them.
        """
        if department is None:
            return list(self._deans(None))
        named = departments_named(self._session, self._sources, self._org, department)
        if len(named) != 1:
            return [Contact(department, "hod", None)]
        unit = self._unit
        query = select(
            unit.c.dept_code,
            self._optional(unit, "departments", "hod_faculty_id"),
            self._optional(unit, "departments", "office_email"),
            self._optional(unit, "departments", "school_id"),
        ).where(unit.c.dept_id == named[0].dept_id)
        code, head, office, school = self._session.execute(query).one()
        found = list(self._heads(named[0].dept_id, head))
        if not any(contact.address for contact in found):
            found.append(Contact(code, "office", office or None))
        return [*found, *self._deans(school)]

    def schedulers(self, subjects: Sequence[str]) -> list[Contact]:
        """Return who acts under these names: users first, then the faculty."""
        return [
            Contact(
                subject,
                "scheduler",
                self._address_of_user(subject) or self._address_of_faculty(subject),
            )
            for subject in subjects
        ]

    def attendees(
        self,
        *,
        instructors: Sequence[str],
        students: Sequence[str],
        batches: Sequence[str],
    ) -> list[Contact]:
        """Return who teaches and who attends.

        Parameters
        ----------
        instructors, students
            Codes of the faculty and enrollment numbers; whoever is not in the tables
            has no address.
        batches
            Codes of batches, all of whose active students attend.
        """
        person, pupil, batch = self._person, self._pupil, self._sources.batches
        teaching = select(person.c.faculty_code, self._mail_of_faculty).where(
            person.c.org_id == self._org, _among(person.c.faculty_code, instructors)
        )
        learning = (
            select(
                pupil.c.enrollment_number, self._optional(pupil, "students", "email")
            )
            .join(batch, pupil.c.batch_id == batch.c.batch_id, isouter=True)
            .where(
                pupil.c.org_id == self._org,
                pupil.c.is_active.is_not(False),
                or_(
                    _among(pupil.c.enrollment_number, students),
                    _among(batch.c.batch_code, batches),
                ),
            )
        )
        return [
            *self._found(teaching, "faculty", instructors),
            *self._found(learning, "student", students),
        ]

    def _found(
        self, query: Any, role: Role, wanted: Sequence[str]
    ) -> Iterator[Contact]:
        """Yield who was found, and who was wanted and is not there."""
        known = {str(who): mail for who, mail in self._session.execute(query)}
        for who, mail in {**dict.fromkeys(wanted), **known}.items():
            yield Contact(who, role, mail or None)

    def _heads(self, department: uuid.UUID, head: str | None) -> Iterator[Contact]:
        person = self._person
        leads = self._optional(person, "faculty", "is_hod") == "true"
        of_department = (person.c.dept_id == department) & leads
        named = cast(person.c.faculty_id, Text) == head
        query = select(person.c.faculty_code, self._mail_of_faculty).where(
            person.c.org_id == self._org,
            person.c.is_active.is_(True),
            or_(named, of_department),
        )
        for who, mail in self._session.execute(query.order_by(person.c.faculty_code)):
            yield Contact(who, "hod", mail or None)

    def _deans(self, school: str | None) -> Iterator[Contact]:
        person, home = self._person, self._unit
        query = (
            select(person.c.faculty_code, self._mail_of_faculty)
            .join(home, person.c.dept_id == home.c.dept_id)
            .where(
                person.c.org_id == self._org,
                person.c.is_active.is_(True),
                self._optional(person, "faculty", "is_dean") == "true",
            )
        )
        if school is not None:
            own = self._optional(home, "departments", "school_id")
            query = query.where(own == school)
        for who, mail in self._session.execute(query.order_by(person.c.faculty_code)):
            yield Contact(who, "dean", mail or None)

    def _address_of_user(self, name: str) -> str | None:
        known = func.to_regclass(f'"{self._schema}".users')
        if self._session.scalar(select(known)) is None:
            return None
        users = _USERS.c
        query = select(users.email).where(
            or_(users.org_id == self._org, users.org_id.is_(None)),
            or_(users.username == name, cast(users.user_id, Text) == name),
        )
        return self._only(query)

    def _address_of_faculty(self, name: str) -> str | None:
        person = self._person
        query = select(self._mail_of_faculty).where(
            person.c.org_id == self._org,
            or_(
                person.c.faculty_code == name,
                cast(person.c.faculty_id, Text) == name,
                self._optional(person, "faculty", "username") == name,
            ),
        )
        return self._only(query)

    def _only(self, query: Any) -> str | None:
        """Return the address of the only row; whoever is ambiguous has none."""
        found = self._session.execute(query.limit(2)).scalars().all()
        return (found[0] or None) if len(found) == 1 else None

    @property
    def _mail_of_faculty(self) -> ColumnElement[Any]:
        return self._optional(self._person, "faculty", "email")

    def _optional(self, row: FromClause, table: str, name: str) -> ColumnElement[Any]:
        """Value of a column that may not be there, as text."""
        names = None if self._mapping is None else self._mapping.tables.get(table)
        theirs = name if names is None else names.columns.get(name, name)
        return whole_row(row).op("->>", return_type=Text())(theirs)


def _among(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Whether a value is one of many; one parameter, however many there are."""
    return column == any_(literal(list(values), ARRAY(Text)))

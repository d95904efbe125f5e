"""Timetables as people look at them: stored ones by id, live ones by person.

Where several live timetables have a section, the one published last is right: a batch
may be planned anew within an institution whose timetable stands.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from .database import Database
from .entries import KEPT_ONLY
from .records import Scope
from .tables import Timetable, TimetableEntry, TimetableVariant
from .workflow_rows import scope_of

__all__ = ["Audience", "PublicationRepository", "TimetableRecord"]

_RECORD = tuple(
    getattr(Timetable, name)
    for name in Timetable.__table__.columns.keys()
    if name not in ("time_options", "room_options", "enrollments")
)
_KEPT = tuple(
    getattr(TimetableEntry, name)
    for name in TimetableEntry.__table__.columns.keys()
    if name not in ("timetable_id", "position")
)
_SHOWN = tuple(column for column in _KEPT if column.key not in KEPT_ONLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableRecord:
    """A stored timetable, without its entries; live while people are shown it."""

    timetable_id: str
    tenant: str
    job_id: str
    variant_number: int
    scope: Scope
    is_live: bool
    published_at: datetime | None
    replaces_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whose meetings: those who match any of the first four.

    Parameters
    ----------
    instructor, student
        Id of the person, as the term has it.
    groups
        Batches and groups that the person belongs to; a batch stands for its groups.
    department
        Department that offers the course, or that the timetable is for.
    academic_year, semester
        Only of this term, or of timetables that name none; None for any.
    """

    instructor: str | None = None
    student: str | None = None
    groups: Sequence[str] = ()
    department: str | None = None
    academic_year: str | None = None
    semester: int | None = None


class PublicationRepository:
    """Timetables; one of another tenant is not there.

    Parameters
    ----------
    database
        PostgreSQL.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, timetable_id: str, tenant: str) -> TimetableRecord | None:
        """Return a stored timetable, published or not; None if there is none."""
        return self._one(
            Timetable.timetable_id == uuid.UUID(timetable_id),
            Timetable.tenant == tenant,
        )

    def live(self, tenant: str, scope: Scope) -> TimetableRecord | None:
        """Return the live timetable of exactly this scope, None if there is none."""
        return self._one(
            Timetable.tenant == tenant,
            Timetable.is_live,
            *(
                getattr(Timetable, name).is_not_distinct_from(value)
                for name, value in asdict(scope).items()
            ),
        )

    def entries(self, timetable_id: str, tenant: str) -> Sequence[Mapping[str, Any]]:
        """Return all entries in order, with what is kept and not shown."""
        query = (
            select(*_KEPT)
            .join(Timetable)
            .where(
                Timetable.timetable_id == uuid.UUID(timetable_id),
                Timetable.tenant == tenant,
            )
            .order_by(TimetableEntry.position)
        )
        with self._database.unit_of_work() as session:
            return [dict(row) for row in session.execute(query).mappings()]

    def criteria(self, timetable_id: str, tenant: str) -> Mapping[str, int]:
        """Return the raw criteria of a stored timetable."""
        query = (
            select(TimetableVariant.criteria)
            .join(Timetable, Timetable.timetable_id == TimetableVariant.variant_id)
            .where(
                Timetable.timetable_id == uuid.UUID(timetable_id),
                Timetable.tenant == tenant,
            )
        )
        with self._database.unit_of_work() as session:
            found = session.execute(query).scalar_one_or_none()
        return found or {}

    def live_entries(
        self, tenant: str, audience: Audience
    ) -> Sequence[Mapping[str, Any]]:
        """Return shown entries of live timetables by weekday and hour.

        Each has ``timetable_id`` and ``published_at`` beside; unplaced ones come last.
        """
        query = (
            select(*_SHOWN, Timetable.timetable_id, Timetable.published_at)
            .join(Timetable, Timetable.timetable_id == TimetableEntry.timetable_id)
            .where(Timetable.tenant == tenant, Timetable.is_live)
            .where(*_of_audience(audience), ~_published_later())
            .order_by(
                TimetableEntry.day.nulls_last(),
                TimetableEntry.start_time,
                TimetableEntry.section_id,
                TimetableEntry.meeting,
            )
        )
        with self._database.unit_of_work() as session:
            rows = [dict(row) for row in session.execute(query).mappings()]
        return [{**row, "timetable_id": str(row["timetable_id"])} for row in rows]

    def _one(self, *conditions: Any) -> TimetableRecord | None:
        query: Select[Any] = select(*_RECORD).where(*conditions)
        with self._database.unit_of_work() as session:
            row = session.execute(query).one_or_none()
        return None if row is None else _record(row)


def _of_audience(audience: Audience) -> list[ColumnElement[bool]]:
    entry = TimetableEntry
    who: list[ColumnElement[bool]] = []
    if audience.instructor is not None:
        who.append(entry.instructor_ids.contains([audience.instructor]))
    if audience.student is not None:
        who.append(entry.student_ids.contains([audience.student]))
    if audience.groups:
        who.append(entry.cohort_ids.overlap(list(audience.groups)))
    if audience.department is not None:
        who.append(entry.department_id == audience.department)
        who.append(Timetable.department_id == audience.department)
    found = [or_(*who)] if who else []
    for column, wanted in (
        (Timetable.academic_year, audience.academic_year),
        (Timetable.semester, audience.semester),
    ):
        if wanted is not None:
            found.append(or_(column == wanted, column.is_(None)))
    return found


def _published_later() -> ColumnElement[bool]:
    """Whether a live timetable that came later has the entry's section too.

    Terms of other years are other terms, even where their sections are named alike.
    """
    later, its = aliased(Timetable), aliased(TimetableEntry)
    same_year = or_(
        later.academic_year == Timetable.academic_year,
        later.academic_year.is_(None),
        Timetable.academic_year.is_(None),
    )
    return exists().where(
        and_(
            later.tenant == Timetable.tenant,
            later.is_live,
            later.published_at > Timetable.published_at,
            same_year,
            its.timetable_id == later.timetable_id,
            its.section_id == TimetableEntry.section_id,
        )
    )


def _record(row: Any) -> TimetableRecord:
    return TimetableRecord(
        timetable_id=str(row.timetable_id),
        tenant=row.tenant,
        job_id=str(row.generation_job_id),
        variant_number=row.variant_number,
        scope=scope_of(row),
        is_live=row.is_live,
        published_at=row.published_at,
        replaces_id=None if row.replaces_id is None else str(row.replaces_id),
        created_at=row.created_at,
    )

"""The ERP's rows of jobs: looked at, and ended by guarded updates.

An end never undoes another one: what the ERP has completed, approved or rejected stays,
and members of ``timetable_data`` that it wrote stay beside ours.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, case, cast, func, literal, null, select, update
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import Session

from erp_bridge.catalogue import tables as catalogue
from erp_bridge.database import Database

from .tables import batches, jobs, rooms
from .term_keys import ErpFacts

__all__ = ["OPEN", "ErpRow", "RowStore"]

OPEN = ("running", "cancelling")
_KEPT = ("completed", "approved", "rejected")
MAX_ERROR = 500
MAX_ROWS = 1000
_DAYS = {
    name: number
    for number, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
}
_LOCK_TIMEOUT = "3s"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpRow:
    """A job as the ERP has it; ``request`` is what it put into ``timetable_data``."""

    job_id: str
    status: str
    academic_year: str | None
    semester: int | None
    request: dict[str, Any]


class RowStore:
    """Rows of one organization's jobs.

    Parameters
    ----------
    database
        PostgreSQL, with the ERP's schema.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, job_id: str, org_id: uuid.UUID) -> ErpRow | None:
        """Return a row, None if the organization has none of this id."""
        query = select(*_columns()).where(
            jobs.c.id == uuid.UUID(job_id), jobs.c.org_id == org_id
        )
        with self._database.unit_of_work() as session:
            row = session.execute(query).mappings().one_or_none()
        return None if row is None else _row(row)

    def unfinished(
        self, org_id: uuid.UUID, oldest: timedelta, youngest: timedelta
    ) -> Sequence[ErpRow]:
        """Return rows that wait for an end, the oldest first.

        Parameters
        ----------
        org_id
            Organization.
        oldest, youngest
            Age of the rows, by the clock of PostgreSQL; those to be cancelled are
            returned however young they are.
        """
        age = func.now() - jobs.c.created_at
        ripe = (age >= youngest) | (jobs.c.status == "cancelling")
        query = (
            select(*_columns())
            .where(jobs.c.org_id == org_id, jobs.c.status.in_(OPEN))
            .where(age <= oldest, ripe)
            .order_by(jobs.c.created_at)
            .limit(MAX_ROWS)
        )
        with self._database.unit_of_work() as session:
            return [_row(row) for row in session.execute(query).mappings()]

    def variant_order(self, job_id: str, org_id: uuid.UUID) -> list[int]:
        """Return our numbers of a row's variants, in the order that the ERP shows.

        Empty if there is no such row, or no result of ours in it.
        """
        numbers = func.jsonb_path_query_array(
            jobs.c.timetable_data, cast("$.variants[*].number", JSONPATH)
        )
        query = select(numbers).where(
            jobs.c.id == uuid.UUID(job_id), jobs.c.org_id == org_id
        )
        with self._database.unit_of_work() as session:
            found = session.execute(query).scalar_one_or_none() or []
        return [number for number in found if isinstance(number, int)]

    def complete(
        self,
        job_id: str,
        org_id: uuid.UUID,
        data: dict[str, Any],
        completed_at: datetime | None,
    ) -> bool:
        """Write a result into a row that is not over; False if there is none."""
        stored = jobs.c.timetable_data
        own = case(
            (func.jsonb_typeof(stored) == "object", stored),
            else_=cast(literal({}, JSONB), JSONB),
        )
        statement = (
            update(jobs)
            .where(jobs.c.id == uuid.UUID(job_id), jobs.c.org_id == org_id)
            .where(jobs.c.status.not_in((*_KEPT, "cancelling", "cancelled")))
            .values(
                status="completed",
                progress=100,
                error_message=null(),
                timetable_data=own.concat(cast(literal(data, JSONB), JSONB)),
                completed_at=completed_at or func.now(),
                updated_at=func.now(),
            )
        )
        return self._changed(statement)

    def end(
        self, job_id: str, org_id: uuid.UUID, status: str, message: str = ""
    ) -> bool:
        """End a row as failed or cancelled unless it is over; False if it is."""
        over: tuple[str, ...] = (*_KEPT, "cancelled")
        if status == "failed":
            # A row that is to be cancelled ends so, whatever went wrong meanwhile.
            over = (*over, "cancelling")
        statement = (
            update(jobs)
            .where(jobs.c.id == uuid.UUID(job_id), jobs.c.org_id == org_id)
            .where(jobs.c.status.not_in(over))
            .values(
                status=status,
                error_message=message[:MAX_ERROR] or null(),
                updated_at=func.now(),
            )
        )
        return self._changed(statement)

    def facts(self, org_id: uuid.UUID) -> ErpFacts:
        """Return what the ERP shows of rooms, batches and slots."""
        slots = catalogue.timeslots
        slot_columns: list[Any] = [
            slots.c.day_of_week,
            slots.c.start_time,
            slots.c.timeslot_id,
        ]
        with self._database.unit_of_work() as session:
            return ErpFacts(
                room_numbers=_pairs(session, rooms, "room_id", "room_number", org_id),
                sections=_pairs(session, batches, "batch_id", "section", org_id),
                slots={
                    (_DAYS[day.lower()], start.strftime("%H:%M")): str(key)
                    for day, start, key in session.execute(
                        select(*slot_columns).where(slots.c.org_id == org_id)
                    )
                    if day.lower() in _DAYS
                },
            )

    def _changed(self, statement: Any) -> bool:
        timeout = select(func.set_config("lock_timeout", _LOCK_TIMEOUT, True))
        with self._database.unit_of_work() as session:
            session.execute(timeout)
            found = session.execute(statement.returning(jobs.c.id)).first()
        return found is not None


def _columns() -> list[Any]:
    """Columns of a row, without a result that may be large."""
    data = jobs.c.timetable_data
    request = case(
        (
            func.jsonb_typeof(data) == "object",
            data.op("-")(cast(literal("variants"), Text)).op("-")(
                cast(literal("timetable_entries"), Text)
            ),
        ),
        else_=cast(literal({}, JSONB), JSONB),
    )
    return [
        jobs.c.id,
        jobs.c.status,
        jobs.c.academic_year,
        jobs.c.semester,
        request.label("request"),
    ]


def _row(row: Any) -> ErpRow:
    return ErpRow(
        job_id=str(row["id"]),
        status=row["status"],
        academic_year=row["academic_year"],
        semester=row["semester"],
        request=dict(row["request"] or {}),
    )


def _pairs(
    session: Session, table: Any, key: str, value: str, org_id: uuid.UUID
) -> dict[str, str]:
    query = select(table.c[key], table.c[value]).where(table.c.org_id == org_id)
    return {str(row[0]): row[1] for row in session.execute(query) if row[1]}

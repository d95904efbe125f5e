"""Putting a timetable live: it takes the place of what it covers."""

from __future__ import annotations

import uuid
import zlib
from dataclasses import asdict

from sqlalchemy import ColumnElement, Row, select, text, update
from sqlalchemy.orm import Session

from .records import Scope
from .tables import Timetable
from .workflow_records import WorkflowRecord
from .workflow_rows import scope_of

__all__ = ["go_live"]


def go_live(session: Session, workflow: WorkflowRecord) -> None:
    """Make the workflow's timetable live, and no other one that its scope covers.

    Publications of one tenant take turns, so that two of one scope cannot both be live.

    Parameters
    ----------
    session
        Transaction of the publication.
    workflow
        Published just now.
    """
    _take_turn(session, workflow.tenant)
    own = uuid.UUID(workflow.timetable_id)
    older = [row for row in _covered(session, workflow) if row.timetable_id != own]
    same = [row for row in older if scope_of(row) == workflow.scope]
    session.execute(
        update(Timetable)
        .where(Timetable.timetable_id.in_([row.timetable_id for row in older]))
        .values(is_live=False)
    )
    session.execute(
        update(Timetable)
        .where(Timetable.timetable_id == own)
        .values(
            is_live=True,
            published_at=workflow.published_at,
            replaces_id=same[0].timetable_id if same else None,
        )
    )


def _take_turn(session: Session, tenant: str) -> None:
    key = zlib.crc32(f"horarium publication {tenant}".encode())
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _covered(session: Session, workflow: WorkflowRecord) -> list[Row[tuple[uuid.UUID]]]:
    query = select(
        Timetable.timetable_id,
        Timetable.department_id,
        Timetable.batch_id,
        Timetable.semester,
        Timetable.academic_year,
    ).where(
        Timetable.tenant == workflow.tenant,
        Timetable.is_live,
        *_within(workflow.scope),
    )
    return list(session.execute(query.with_for_update()))


def _within(scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions of being covered by a scope; what it leaves open covers all.

    Not so the year: a timetable that names none is of an unknown year, and ends no
    timetable of a known one.
    """
    named = {name: value for name, value in asdict(scope).items() if value is not None}
    named["academic_year"] = scope.academic_year
    return [
        getattr(Timetable, name).is_not_distinct_from(value)
        for name, value in named.items()
    ]

"""Rows of workflows, audit and outbox, to and from records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from .records import Scope
from .workflow import WorkflowStatus
from .workflow_records import OutboxDraft, WorkflowEventRecord, WorkflowRecord
from .workflow_tables import OutboxMessage, TimetableWorkflow, WorkflowEvent

__all__ = [
    "event_record_of",
    "put_in_audit",
    "put_in_outbox",
    "scope_of",
    "with_uuids",
    "workflow_of",
]


def put_in_audit(session: Session, event: WorkflowEventRecord) -> None:
    """Add a line to the audit."""
    session.execute(insert(WorkflowEvent).values(**with_uuids(asdict(event))))


def put_in_outbox(session: Session, drafts: Iterable[OutboxDraft]) -> None:
    """Store messages in the transaction of what they tell of, each key once."""
    for draft in drafts:
        values = {**with_uuids(asdict(draft)), "payload": dict(draft.payload)}
        session.execute(upsert(OutboxMessage).values(**values).on_conflict_do_nothing())


def with_uuids(values: dict[str, Any]) -> dict[str, Any]:
    """Copy in which ids are as PostgreSQL has them."""
    ids = {"job_id", "workflow_id", "timetable_id", "part_of"} & values.keys()
    return {**values, **{n: values[n] and uuid.UUID(values[n]) for n in ids}}


def scope_of(row: Any) -> Scope:
    """Return the scope that stands in a row of any of our tables."""
    return Scope(
        department_id=row.department_id,
        batch_id=row.batch_id,
        semester=row.semester,
        academic_year=row.academic_year,
    )


def workflow_of(row: TimetableWorkflow) -> WorkflowRecord:
    """Turn a row into a record."""
    return WorkflowRecord(
        workflow_id=str(row.workflow_id),
        tenant=row.tenant,
        job_id=str(row.job_id),
        variant_number=row.variant_number,
        timetable_id=str(row.timetable_id),
        scope=scope_of(row),
        status=WorkflowStatus(row.status),
        version=row.version,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        submitted_by=row.submitted_by,
        decided_by=row.decided_by,
        published_by=row.published_by,
        comments=row.comments,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        published_at=row.published_at,
    )


def event_record_of(row: WorkflowEvent) -> WorkflowEventRecord:
    """Turn a line of the audit into a record."""
    return WorkflowEventRecord(
        tenant=row.tenant,
        job_id=str(row.job_id),
        workflow_id=None if row.workflow_id is None else str(row.workflow_id),
        version=row.version,
        variant_number=row.variant_number,
        action=row.action,
        from_status=row.from_status,
        to_status=row.to_status,
        actor=row.actor,
        actor_role=row.actor_role,
        comments=row.comments,
        at=row.at,
    )

"""What steps of workflows look up, and lock, before they are judged."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from .exceptions import UnknownJob, WorkflowOpen
from .records import JobRecord
from .rows import RECORD, record_of
from .tables import GenerationJob
from .tables import Timetable as TimetableRow
from .workflow import OPEN_STAGES, WorkflowStatus
from .workflow_records import WorkflowRecord
from .workflow_rows import workflow_of
from .workflow_tables import TimetableWorkflow

__all__ = [
    "locked_job",
    "one_workflow",
    "open_workflow",
    "require_no_workflow",
    "timetable_of",
    "workflow_query",
]


def workflow_query(workflow_id: str, tenant: str) -> Select[Any]:
    """Select a workflow of a tenant."""
    return select(TimetableWorkflow).where(
        TimetableWorkflow.workflow_id == uuid.UUID(workflow_id),
        TimetableWorkflow.tenant == tenant,
    )


def one_workflow(session: Session, query: Select[Any]) -> WorkflowRecord | None:
    """Return the only workflow of a query, None if there is none."""
    row = session.execute(query).scalar_one_or_none()
    return None if row is None else workflow_of(row)


def locked_job(session: Session, job_id: str, tenant: str) -> JobRecord:
    """Lock a job and return it.

    Raises
    ------
    UnknownJob
        If there is none.
    """
    query = select(*RECORD).where(
        GenerationJob.job_id == uuid.UUID(job_id), GenerationJob.tenant == tenant
    )
    row = session.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise UnknownJob
    return record_of(row)


def timetable_of(session: Session, job: JobRecord, number: int) -> uuid.UUID:
    """Return the timetable of a variant.

    Raises
    ------
    UnknownJob
        If there is no such variant.
    """
    query = select(TimetableRow.timetable_id).where(
        TimetableRow.generation_job_id == uuid.UUID(job.job_id),
        TimetableRow.variant_number == number,
    )
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise UnknownJob(f"The job has no variant {number}.")
    return found


def open_workflow(session: Session, job_id: str) -> WorkflowRecord | None:
    """Lock and return the open workflow of a job, None without."""
    query = select(TimetableWorkflow).where(
        TimetableWorkflow.job_id == uuid.UUID(job_id),
        TimetableWorkflow.status.in_(OPEN_STAGES),
    )
    return one_workflow(session, query.with_for_update())


def require_no_workflow(session: Session, job_id: str) -> None:
    """Insist that no variant of a job is on its way, or published.

    Raises
    ------
    WorkflowOpen
        If one is.
    """
    query = select(func.count()).where(
        TimetableWorkflow.job_id == uuid.UUID(job_id),
        TimetableWorkflow.status != str(WorkflowStatus.REJECTED),
    )
    if session.execute(query).scalar_one():
        raise WorkflowOpen("A variant of the job is selected or published.")

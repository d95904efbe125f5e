"""Workflows in PostgreSQL: every step with its audit and its messages, or not at all.

A step locks the workflow's row, so that of two at once one comes second and is judged
by the state that the first has left. ``select_variant`` and decisions on a job lock the
job's row instead, because both ask which workflows the job has.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from .database import Database
from .exceptions import (
    IllegalTransition,
    StaleVersion,
    UnknownWorkflow,
    WorkflowOpen,
)
from .publishing import go_live
from .records import JobRecord, JobStatus
from .reviewing import (
    advance,
    event_of,
    job_event_of,
    job_notice_of,
    judge_job,
    notices_of,
)
from .tables import GenerationJob
from .tables import Timetable as TimetableRow
from .workflow import WorkflowAction, WorkflowStatus
from .workflow_queries import (
    locked_job,
    one_workflow,
    open_workflow,
    require_no_workflow,
    timetable_of,
    workflow_query,
)
from .workflow_records import (
    Actor,
    Selected,
    Step,
    WorkflowEventRecord,
    WorkflowRecord,
)
from .workflow_rows import (
    event_record_of,
    put_in_audit,
    put_in_outbox,
    with_uuids,
    workflow_of,
)
from .workflow_tables import TimetableWorkflow, WorkflowEvent

__all__ = ["WorkflowRepository"]

_SELECTABLE = (JobStatus.COMPLETED, JobStatus.APPROVED)


class WorkflowRepository:
    """Workflows; one of another tenant is not there.

    Parameters
    ----------
    database
        PostgreSQL.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def locate(self, variant_id: str, tenant: str) -> tuple[str, int] | None:
        """Return the job and number of a variant, None if there is none."""
        query = select(
            TimetableRow.generation_job_id, TimetableRow.variant_number
        ).where(
            TimetableRow.timetable_id == uuid.UUID(variant_id),
            TimetableRow.tenant == tenant,
        )
        with self._database.unit_of_work() as session:
            row = session.execute(query).one_or_none()
        return None if row is None else (str(row[0]), row[1])

    def select_variant(
        self, job_id: str, number: int, tenant: str, actor: Actor
    ) -> Selected:
        """Begin a job's workflow with a variant, or point its draft at another one.

        The same selection again changes nothing.

        Raises
        ------
        UnknownJob
            If there is no such job or variant.
        IllegalTransition
            If the job has no result, or is rejected.
        WorkflowOpen
            If another variant of the job is under review or approved.
        """
        with self._database.unit_of_work() as session:
            job = locked_job(session, job_id, tenant)
            if job.status not in _SELECTABLE:
                raise IllegalTransition(f"The job is {job.status}.")
            timetable_id = timetable_of(session, job, number)
            found = open_workflow(session, job.job_id)
            step = Step(action=WorkflowAction.SELECT_VARIANT, actor=actor)
            if found is None:
                return Selected(_begin(session, job, number, timetable_id, step), True)
            if found.variant_number == number:
                return Selected(found, False)
            if found.status is not WorkflowStatus.DRAFT:
                raise WorkflowOpen(
                    f"Variant {found.variant_number} of the job is {found.status}."
                )
            after = replace(
                advance(found, step, datetime.now(UTC)),
                variant_number=number,
                timetable_id=str(timetable_id),
            )
            _save(session, found, after, step)
            return Selected(after, True)

    def act(self, workflow_id: str, tenant: str, step: Step) -> WorkflowRecord:
        """Take a step, whole or not at all; a publication puts the timetable live.

        Raises
        ------
        UnknownWorkflow
            If there is none.
        StaleVersion, IllegalTransition, CommentsRequired, OwnSubmission
            If the step may not be taken.
        """
        with self._database.unit_of_work() as session:
            before = one_workflow(
                session, workflow_query(workflow_id, tenant).with_for_update()
            )
            if before is None:
                raise UnknownWorkflow
            after = advance(before, step, datetime.now(UTC))
            _save(session, before, after, step)
            put_in_outbox(session, notices_of(before, after, step))
            if after.status is WorkflowStatus.PUBLISHED:
                go_live(session, after)
        return after

    def get(self, workflow_id: str, tenant: str) -> WorkflowRecord | None:
        """Return a workflow, None if there is none."""
        with self._database.unit_of_work() as session:
            return one_workflow(session, workflow_query(workflow_id, tenant))

    def list(
        self,
        tenant: str,
        *,
        status: WorkflowStatus | None = None,
        departments: Collection[str] | None = None,
        limit: int = 50,
    ) -> Sequence[WorkflowRecord]:
        """Return a tenant's workflows, the newest first.

        Parameters
        ----------
        tenant
            Whose.
        status
            In which state; None for any.
        departments
            Of which departments; None for all, and for those of no department.
        limit
            At most how many.
        """
        query = select(TimetableWorkflow).where(TimetableWorkflow.tenant == tenant)
        if status is not None:
            query = query.where(TimetableWorkflow.status == str(status))
        if departments is not None:
            query = query.where(TimetableWorkflow.department_id.in_(departments))
        newest = query.order_by(
            TimetableWorkflow.created_at.desc(), TimetableWorkflow.workflow_id
        ).limit(limit)
        with self._database.unit_of_work() as session:
            return [workflow_of(row) for row in session.execute(newest).scalars()]

    def events(
        self, tenant: str, *, workflow_id: str | None = None, job_id: str | None = None
    ) -> Sequence[WorkflowEventRecord]:
        """Return the audit of a workflow or a job, the oldest first."""
        query = select(WorkflowEvent).where(WorkflowEvent.tenant == tenant)
        if workflow_id is not None:
            query = query.where(WorkflowEvent.workflow_id == uuid.UUID(workflow_id))
        if job_id is not None:
            query = query.where(WorkflowEvent.job_id == uuid.UUID(job_id))
        oldest = query.order_by(WorkflowEvent.event_id)
        with self._database.unit_of_work() as session:
            return [event_record_of(row) for row in session.execute(oldest).scalars()]

    def decide_job(
        self,
        job_id: str,
        tenant: str,
        action: WorkflowAction,
        actor: Actor,
        comments: str,
        *,
        self_approval: bool = False,
    ) -> JobRecord:
        """Approve or reject all variants of a job.

        Raises
        ------
        UnknownJob
            If there is none.
        IllegalTransition, CommentsRequired, OwnSubmission
            If it may not be decided so.
        WorkflowOpen
            If the job to be rejected has a variant that is selected or published.
        """
        with self._database.unit_of_work() as session:
            job = locked_job(session, job_id, tenant)
            status = judge_job(
                job, action, actor, comments, self_approval=self_approval
            )
            if status is JobStatus.REJECTED:
                require_no_workflow(session, job.job_id)
            now = datetime.now(UTC)
            event = job_event_of(job, status, action, actor, comments, now)
            put_in_audit(session, event)
            notice = job_notice_of(job, status, actor, comments, now)
            put_in_outbox(session, [notice])
            session.execute(
                update(GenerationJob)
                .where(GenerationJob.job_id == uuid.UUID(job.job_id))
                .values(status=str(status), updated_at=now)
            )
        return replace(job, status=status, updated_at=now)


def _begin(
    session: Session, job: JobRecord, number: int, timetable_id: uuid.UUID, step: Step
) -> WorkflowRecord:
    statement = (
        insert(TimetableWorkflow)
        .values(
            tenant=job.tenant,
            job_id=uuid.UUID(job.job_id),
            variant_number=number,
            timetable_id=timetable_id,
            created_by=step.actor.subject,
            **asdict(job.scope),
        )
        .returning(TimetableWorkflow)
    )
    record = workflow_of(session.execute(statement).scalar_one())
    event = event_of(None, record, step)
    put_in_audit(session, event)
    return record


def _save(
    session: Session, before: WorkflowRecord, after: WorkflowRecord, step: Step
) -> None:
    """Write a step that was judged on the locked row, and its line of the audit."""
    names = [field.name for field in fields(after)]
    values = {
        name: getattr(after, name)
        for name in names
        if getattr(after, name) != getattr(before, name)
    }
    guarded = (
        update(TimetableWorkflow)
        .where(
            TimetableWorkflow.workflow_id == uuid.UUID(after.workflow_id),
            TimetableWorkflow.version == before.version,
        )
        .values(**with_uuids(values))
        .returning(TimetableWorkflow.version)
    )
    if session.execute(guarded).one_or_none() is None:
        raise StaleVersion
    put_in_audit(session, event_of(before, after, step))

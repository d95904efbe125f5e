"""Workflows in memory."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from erp_bridge.exceptions import (
    IllegalTransition,
    UnknownJob,
    UnknownWorkflow,
    WorkflowOpen,
)
from erp_bridge.records import JobRecord, JobStatus
from erp_bridge.results import variant_id_of
from erp_bridge.reviewing import (
    advance,
    event_of,
    job_event_of,
    job_notice_of,
    judge_job,
    notices_of,
)
from erp_bridge.workflow import OPEN_STAGES, WorkflowAction, WorkflowStatus
from erp_bridge.workflow_records import (
    Actor,
    Selected,
    Step,
    WorkflowEventRecord,
    WorkflowRecord,
)

from .rows import Row

if TYPE_CHECKING:
    from .bridge import MemoryBridge

__all__ = ["MemoryWorkflows"]

_SELECTABLE = (JobStatus.COMPLETED, JobStatus.APPROVED)


class MemoryWorkflows:
    """Workflows and their audit; see ``erp_bridge.workflows``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge
        self._records: dict[str, WorkflowRecord] = {}
        self._events: list[WorkflowEventRecord] = []

    def locate(self, variant_id: str, tenant: str) -> tuple[str, int] | None:
        """Return the job and number of a variant."""
        found = self._bridge.publications.get(variant_id, tenant)
        return None if found is None else (found.job_id, found.variant_number)

    def select_variant(
        self, job_id: str, number: int, tenant: str, actor: Actor
    ) -> Selected:
        """Begin a job's workflow, or point its draft at another variant."""
        with self._bridge.lock:
            job = self._job(job_id, tenant).record
            if job.status not in _SELECTABLE:
                raise IllegalTransition(f"The job is {job.status}.")
            if number not in self._bridge.rows[job_id].entries:
                raise UnknownJob(f"The job has no variant {number}.")
            found = self._open_workflow(job_id)
            if found is not None and found.variant_number == number:
                return Selected(found, False)
            step = Step(action=WorkflowAction.SELECT_VARIANT, actor=actor)
            now = datetime.now(UTC)
            timetable_id = str(variant_id_of(uuid.UUID(job_id), number))
            if found is None:
                after = _begun(job, number, timetable_id, actor, now)
            elif found.status is not WorkflowStatus.DRAFT:
                raise WorkflowOpen
            else:
                after = replace(
                    advance(found, step, now),
                    variant_number=number,
                    timetable_id=timetable_id,
                )
            self._save(found, after, step)
            return Selected(after, True)

    def act(self, workflow_id: str, tenant: str, step: Step) -> WorkflowRecord:
        """Take a step."""
        with self._bridge.lock:
            before = self.get(workflow_id, tenant)
            if before is None:
                raise UnknownWorkflow
            after = advance(before, step, datetime.now(UTC))
            self._save(before, after, step)
            self._bridge.outbox.put(notices_of(before, after, step))
            if after.status is WorkflowStatus.PUBLISHED:
                self._bridge.publications.go_live(after)
        return after

    def get(self, workflow_id: str, tenant: str) -> WorkflowRecord | None:
        """Return a workflow of the tenant."""
        self._bridge.require_database()
        found = self._records.get(workflow_id)
        return found if found is not None and found.tenant == tenant else None

    def list(
        self,
        tenant: str,
        *,
        status: WorkflowStatus | None = None,
        departments: Collection[str] | None = None,
        limit: int = 50,
    ) -> Sequence[WorkflowRecord]:
        """Return a tenant's workflows, the newest first."""
        self._bridge.require_database()
        found = [
            record
            for record in reversed(self._records.values())
            if record.tenant == tenant
            and status in (None, record.status)
            and (departments is None or record.scope.department_id in departments)
        ]
        return found[:limit]

    def events(
        self, tenant: str, *, workflow_id: str | None = None, job_id: str | None = None
    ) -> Sequence[WorkflowEventRecord]:
        """Return the audit, the oldest first."""
        self._bridge.require_database()
        return [
            event
            for event in self._events
            if event.tenant == tenant
            and workflow_id in (None, event.workflow_id)
            and job_id in (None, event.job_id)
        ]

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
        """Approve or reject all variants of a job."""
        with self._bridge.lock:
            row = self._job(job_id, tenant)
            job = row.record
            status = judge_job(
                job, action, actor, comments, self_approval=self_approval
            )
            if status is JobStatus.REJECTED and any(
                w.job_id == job_id and w.status is not WorkflowStatus.REJECTED
                for w in self._records.values()
            ):
                raise WorkflowOpen
            now = datetime.now(UTC)
            event = job_event_of(job, status, action, actor, comments, now)
            self._events.append(event)
            notice = job_notice_of(job, status, actor, comments, now)
            self._bridge.outbox.put([notice])
            row.change(status=status)
            return row.record

    def _job(self, job_id: str, tenant: str) -> Row:
        row = self._bridge.row(job_id)
        if row.draft.tenant != tenant:
            raise UnknownJob
        return row

    def _open_workflow(self, job_id: str) -> WorkflowRecord | None:
        for record in self._records.values():
            if record.job_id == job_id and record.status in OPEN_STAGES:
                return record
        return None

    def _save(
        self, before: WorkflowRecord | None, after: WorkflowRecord, step: Step
    ) -> None:
        self._records[after.workflow_id] = after
        self._events.append(event_of(before, after, step))


def _begun(
    job: JobRecord, number: int, timetable_id: str, actor: Actor, now: datetime
) -> WorkflowRecord:
    return WorkflowRecord(
        workflow_id=str(uuid.uuid4()),
        tenant=job.tenant,
        job_id=job.job_id,
        variant_number=number,
        timetable_id=timetable_id,
        scope=job.scope,
        status=WorkflowStatus.DRAFT,
        version=1,
        created_by=actor.subject,
        created_at=now,
        updated_at=now,
    )

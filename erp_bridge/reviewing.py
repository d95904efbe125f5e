"""What a step does to a workflow, what the audit says of it, who is told. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Literal

from .exceptions import CommentsRequired, IllegalTransition, OwnSubmission, StaleVersion
from .records import JobRecord, JobStatus
from .workflow import WorkflowAction, WorkflowStatus, next_status
from .workflow_records import (
    Actor,
    OutboxDraft,
    Step,
    WorkflowEventRecord,
    WorkflowRecord,
)

__all__ = [
    "advance",
    "event_of",
    "job_event_of",
    "job_notice_of",
    "judge_job",
    "notices_of",
]

_TOPICS = {
    WorkflowAction.SUBMIT: "workflow.submitted",
    WorkflowAction.APPROVE: "workflow.approved",
    WorkflowAction.REJECT: "workflow.rejected",
    WorkflowAction.REQUEST_REVISION: "workflow.revision_requested",
    WorkflowAction.PUBLISH: "workflow.published",
}
_KINDS: tuple[Literal["mail", "webhook"], ...] = ("mail", "webhook")


def advance(record: WorkflowRecord, step: Step, at: datetime) -> WorkflowRecord:
    """Return the workflow after a step.

    Raises
    ------
    StaleVersion
        If the actor has seen another version.
    IllegalTransition, CommentsRequired, OwnSubmission
        As :func:`~erp_bridge.workflow.next_status` says.
    """
    expected = step.expected_versions
    if expected is not None and record.version not in expected:
        raise StaleVersion(f"The workflow is at version {record.version} now.")
    status = next_status(
        record.status,
        step.action,
        actor=step.actor.subject,
        submitted_by=record.submitted_by,
        comments=step.comments,
        self_approval=step.self_approval,
    )
    return replace(
        record,
        status=status,
        version=record.version + 1,
        comments=step.comments,
        updated_at=at,
        **_signature(step, at),
    )


def _signature(step: Step, at: datetime) -> dict[str, Any]:
    """Who did it, under the member that the action signs."""
    who = step.actor.subject
    match step.action:
        case WorkflowAction.SELECT_VARIANT:
            return {}
        case WorkflowAction.SUBMIT:
            return {"submitted_by": who, "submitted_at": at}
        case WorkflowAction.PUBLISH:
            return {"published_by": who, "published_at": at}
        case _:
            return {"decided_by": who, "decided_at": at}


def event_of(
    before: WorkflowRecord | None, after: WorkflowRecord, step: Step
) -> WorkflowEventRecord:
    """Compose the audit's line of a step; nothing is before the first."""
    return WorkflowEventRecord(
        tenant=after.tenant,
        job_id=after.job_id,
        workflow_id=after.workflow_id,
        version=after.version,
        variant_number=after.variant_number,
        action=str(step.action),
        from_status=None if before is None else str(before.status),
        to_status=str(after.status),
        actor=step.actor.subject,
        actor_role=step.actor.role,
        comments=step.comments,
        at=after.updated_at,
    )


def notices_of(
    before: WorkflowRecord, after: WorkflowRecord, step: Step
) -> Iterator[OutboxDraft]:
    """Yield what the outbox shall send about a step."""
    topic = _TOPICS.get(step.action)
    if topic is None:
        return
    payload = _payload(before, after, step)
    for kind in _KINDS:
        yield OutboxDraft(
            tenant=after.tenant,
            kind=kind,
            topic=topic,
            payload=payload,
            idempotency_key=f"{topic}:{after.workflow_id}:{after.version}:{kind}",
        )


def _payload(
    before: WorkflowRecord, after: WorkflowRecord, step: Step
) -> Mapping[str, Any]:
    return {
        "workflow_id": after.workflow_id,
        "version": after.version,
        "job_id": after.job_id,
        "variant_number": after.variant_number,
        "timetable_id": after.timetable_id,
        "scope": asdict(after.scope),
        "from_status": str(before.status),
        "to_status": str(after.status),
        "actor": asdict(step.actor),
        "created_by": after.created_by,
        "submitted_by": after.submitted_by,
        "comments": step.comments,
        "at": after.updated_at.isoformat(),
        "recipients": _recipients(after),
        "links": {"workflow": f"/api/timetable-workflow/{after.workflow_id}/"},
    }


def _recipients(after: WorkflowRecord) -> dict[str, Any]:
    """Whom a person would tell: reviewers, the scheduler, or all who attend."""
    scope = asdict(after.scope)
    match after.status:
        case WorkflowStatus.PENDING_REVIEW:
            return {"audience": "reviewers", **scope}
        case WorkflowStatus.PUBLISHED:
            return {
                "audience": "attendees",
                "timetable_id": after.timetable_id,
                **scope,
            }
        case _:
            subject = after.submitted_by or after.created_by
            return {"audience": "scheduler", "subjects": [subject], **scope}


def judge_job(
    job: JobRecord,
    action: WorkflowAction,
    actor: Actor,
    comments: str,
    *,
    self_approval: bool,
) -> JobStatus:
    """Return the state that a decision on all of a job's variants leads to.

    Raises
    ------
    IllegalTransition
        If the job is not completed, or is decided already.
    CommentsRequired, OwnSubmission
        As for workflows; a job is its creator's submission.
    """
    if job.status is not JobStatus.COMPLETED:
        raise IllegalTransition(f"A job that is {job.status} does not take {action}.")
    if action is WorkflowAction.APPROVE:
        if actor.subject == job.created_by and not self_approval:
            raise OwnSubmission
        return JobStatus.APPROVED
    if not comments.strip():
        raise CommentsRequired
    return JobStatus.REJECTED


def job_event_of(
    job: JobRecord,
    after: JobStatus,
    action: WorkflowAction,
    actor: Actor,
    comments: str,
    at: datetime,
) -> WorkflowEventRecord:
    """Compose the audit's line of a decision on a job."""
    return WorkflowEventRecord(
        tenant=job.tenant,
        job_id=job.job_id,
        workflow_id=None,
        version=None,
        variant_number=None,
        action=str(action),
        from_status=str(job.status),
        to_status=str(after),
        actor=actor.subject,
        actor_role=actor.role,
        comments=comments,
        at=at,
    )


def job_notice_of(
    job: JobRecord, after: JobStatus, actor: Actor, comments: str, at: datetime
) -> OutboxDraft:
    """Compose the mail about a decision on a job, to whoever created it."""
    return OutboxDraft(
        tenant=job.tenant,
        kind="mail",
        topic=f"job.{after}",
        payload={
            "job_id": job.job_id,
            "variant_number": None,
            "scope": asdict(job.scope),
            "actor": asdict(actor),
            "comments": comments,
            "at": at.isoformat(),
            "recipients": {
                "audience": "scheduler",
                "subjects": [job.created_by] if job.created_by else [],
            },
            "links": {"variants": f"/api/variants/{job.job_id}"},
        },
        idempotency_key=f"job.{after}:{job.job_id}:mail",
    )

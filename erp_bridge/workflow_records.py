"""Workflows as they come out of the database: frozen records, no tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .records import Scope
from .workflow import WorkflowAction, WorkflowStatus

__all__ = [
    "Actor",
    "OutboxDraft",
    "Selected",
    "Step",
    "WorkflowEventRecord",
    "WorkflowRecord",
]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the stable id of a person or program, and the role."""

    subject: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody wants to do to a workflow.

    Parameters
    ----------
    action, actor, comments
        What, who, and with which words.
    expected_versions
        Versions of the workflow that the actor may have seen; None for any.
    self_approval
        Whether somebody may approve what they submitted.
    """

    action: WorkflowAction
    actor: Actor
    comments: str = ""
    expected_versions: frozenset[int] | None = None
    self_approval: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRecord:
    """A selected variant on its way to publication.

    ``version`` grows by one with every change. ``timetable_id`` is the variant's id.
    """

    workflow_id: str
    tenant: str
    job_id: str
    variant_number: int
    timetable_id: str
    scope: Scope
    status: WorkflowStatus
    version: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    submitted_by: str | None = None
    decided_by: str | None = None
    published_by: str | None = None
    comments: str = ""
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """The workflow of a selection, and whether the selection changed anything."""

    workflow: WorkflowRecord
    changed: bool

    @property
    def created(self) -> bool:
        """Whether the workflow began with this selection."""
        return self.changed and self.workflow.version == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowEventRecord:
    """One line of the audit.

    A decision on a job as a whole has neither ``workflow_id`` nor ``version``.
    """

    tenant: str
    job_id: str
    workflow_id: str | None
    version: int | None
    variant_number: int | None
    action: str
    from_status: str | None
    to_status: str
    actor: str
    actor_role: str
    comments: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxDraft:
    """A message to be sent; the same idempotency key is never stored twice.

    ``part_of`` is the message that it was split from.
    """

    tenant: str
    kind: Literal["mail", "webhook"]
    topic: str
    payload: Mapping[str, Any]
    idempotency_key: str
    part_of: str | None = None

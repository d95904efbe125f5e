"""Tables of what happens to a timetable after its job: review, audit, outbox, keys."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from .database import OWN
from .tables import Base, GenerationJob, Timetable
from .workflow import OPEN_STAGES, WorkflowStatus

__all__ = ["ApiKey", "OutboxMessage", "TimetableWorkflow", "WorkflowEvent"]

_STATUSES = ", ".join(f"'{status}'" for status in WorkflowStatus)
_OPEN = ", ".join(f"'{status}'" for status in OPEN_STAGES)


class TimetableWorkflow(Base):
    """A selected variant on its way from draft to publication.

    ``version`` counts its changes and is its entity tag.
    """

    __tablename__ = "timetable_workflows"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        Index("ix_timetable_workflows_tenant", "tenant", text("created_at DESC")),
        Index(
            "uq_timetable_workflows_open",
            "job_id",
            unique=True,
            postgresql_where=text(f"status IN ({_OPEN})"),
        ),
    )

    workflow_id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=func.gen_random_uuid()
    )
    tenant: Mapped[str]
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(GenerationJob.job_id))
    variant_number: Mapped[int] = mapped_column(SmallInteger)
    timetable_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Timetable.timetable_id))
    department_id: Mapped[str | None]
    batch_id: Mapped[str | None]
    semester: Mapped[int | None] = mapped_column(SmallInteger)
    academic_year: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(20), server_default="draft")
    version: Mapped[int] = mapped_column(server_default="1")
    created_by: Mapped[str]
    submitted_by: Mapped[str | None]
    decided_by: Mapped[str | None]
    published_by: Mapped[str | None]
    comments: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class WorkflowEvent(Base):
    """Who did what, for good: a trigger refuses changes, deletions and truncation.

    It refers to no other table, so that the audit outlives what it tells of. Decisions
    on a job as a whole have no ``workflow_id``.
    """

    __tablename__ = "workflow_events"
    __table_args__ = (
        UniqueConstraint("workflow_id", "version"),
        Index("ix_workflow_events_job_id", "job_id"),
    )

    event_id: Mapped[int] = mapped_column(
        BigInteger, Identity(always=True), primary_key=True
    )
    tenant: Mapped[str]
    job_id: Mapped[uuid.UUID]
    workflow_id: Mapped[uuid.UUID | None]
    version: Mapped[int | None]
    variant_number: Mapped[int | None] = mapped_column(SmallInteger)
    action: Mapped[str] = mapped_column(String(20))
    from_status: Mapped[str | None] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str]
    actor_role: Mapped[str] = mapped_column(String(20))
    comments: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class OutboxMessage(Base):
    """What is to be sent, written in the transaction of what it tells of.

    ``next_attempt_at`` is also the lease of whoever is sending it, and ``attempts`` the
    fencing token. A mail is first split by recipients: it becomes ``addressed``, and
    its parts name it in ``part_of``. ``attempts_before`` were made before a person sent
    it on its way again. ``report`` keeps whom it could not reach.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("kind IN ('mail', 'webhook')", name="kind"),
        CheckConstraint(
            "status IN ('pending', 'sent', 'addressed', 'skipped', 'dead')",
            name="status",
        ),
        UniqueConstraint("idempotency_key"),
        Index(
            "ix_outbox_due",
            "next_attempt_at",
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_outbox_tenant", "tenant", text("created_at DESC")),
        Index("ix_outbox_part_of", "part_of"),
    )

    outbox_id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=func.gen_random_uuid()
    )
    tenant: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    target: Mapped[str] = mapped_column(server_default="")
    status: Mapped[str] = mapped_column(String(10), server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_error: Mapped[str] = mapped_column(server_default="")
    idempotency_key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    part_of: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(f"{OWN}.outbox.outbox_id", ondelete="SET NULL")
    )
    attempts_before: Mapped[int] = mapped_column(server_default="0")
    report: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class ApiKey(Base):
    """A program's key: its digest, never itself."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint(
            "role IN ('admin', 'staff', 'faculty', 'student')", name="role"
        ),
        UniqueConstraint("digest"),
        UniqueConstraint("prefix"),
        Index("ix_api_keys_tenant_name", "tenant", "name"),
    )

    key_id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=func.gen_random_uuid()
    )
    tenant: Mapped[str]
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    departments: Mapped[list[str]] = mapped_column(server_default="{}")
    scopes: Mapped[list[str]] = mapped_column(server_default="{}")
    created_by: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

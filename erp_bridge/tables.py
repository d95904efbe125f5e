"""Our tables. They never leave this package; records do.

Every column that a plain ``INSERT`` of an ERP would not know has a default in the
database, so that a row with an id and a scope is a job.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from .database import OWN
from .records import OPEN, JobStatus

__all__ = [
    "Base",
    "Checkpoint",
    "GenerationJob",
    "Timetable",
    "TimetableEntry",
    "TimetableVariant",
]

_STATUSES = ", ".join(f"'{status}'" for status in JobStatus)
_OPEN = ", ".join(f"'{status}'" for status in OPEN)


class Base(DeclarativeBase):
    """All tables of ours."""

    metadata = MetaData(
        schema=OWN,
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: ARRAY(Text),
        bytes: LargeBinary,
        str: Text,
    }


class GenerationJob(Base):
    """A request for five variants, with its input and its lease."""

    __tablename__ = "generation_jobs"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("time_limit_seconds > 0", name="time_limit"),
        CheckConstraint(
            "source IN ('institution', 'itc2019', 'cbctt', 'pectt', 'catalogue')",
            name="source",
        ),
        CheckConstraint(
            "stop_requested IN ('cancel', 'finish')", name="stop_requested"
        ),
        UniqueConstraint("tenant", "idempotency_key"),
        Index("ix_generation_jobs_tenant_created", "tenant", text("created_at DESC")),
        Index("ix_generation_jobs_tenant_claimed", "tenant", text("claimed_at DESC")),
        Index(
            "ix_generation_jobs_open",
            "tenant",
            text("priority DESC"),
            "created_at",
            postgresql_where=text(f"status IN ({_OPEN})"),
        ),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=func.gen_random_uuid()
    )
    tenant: Mapped[str] = mapped_column(server_default="default")
    department_id: Mapped[str | None]
    batch_id: Mapped[str | None]
    semester: Mapped[int | None] = mapped_column(SmallInteger)
    academic_year: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(20), server_default="queued")
    progress: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    error_message: Mapped[str] = mapped_column(server_default="")
    issues: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    created_by_id: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    completed_at: Mapped[datetime | None]

    source: Mapped[str] = mapped_column(String(20), server_default="catalogue")
    input: Mapped[bytes | None]
    input_hash: Mapped[str | None] = mapped_column(String(64))
    time_limit_seconds: Mapped[float] = mapped_column(server_default="120")
    seed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    idempotency_key: Mapped[str | None]
    fingerprint: Mapped[str] = mapped_column(String(64), server_default="")

    stop_requested: Mapped[str | None] = mapped_column(String(10))
    worker: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    fencing_token: Mapped[int] = mapped_column(BigInteger, server_default="0")
    attempt: Mapped[int] = mapped_column(server_default="0")
    sequence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    last_progress: Mapped[dict[str, Any] | None]
    manifest: Mapped[dict[str, Any] | None]


class Checkpoint(Base):
    """What the running attempt of a job would leave to the next one."""

    __tablename__ = "checkpoints"

    job_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(GenerationJob.job_id, ondelete="CASCADE"), primary_key=True
    )
    fencing_token: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes]
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TimetableVariant(Base):
    """One of a job's five results, with the verifier's word on it."""

    __tablename__ = "timetable_variants"
    __table_args__ = (
        UniqueConstraint("job_id", "variant_number"),
        CheckConstraint("variant_number >= 1", name="variant_number"),
    )

    variant_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    job_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(GenerationJob.job_id, ondelete="CASCADE")
    )
    variant_number: Mapped[int] = mapped_column(SmallInteger)
    optimization_priority: Mapped[str]
    label: Mapped[str]
    focus: Mapped[str]
    weights: Mapped[dict[str, Any]]
    criteria: Mapped[dict[str, Any]]
    cost: Mapped[int] = mapped_column(BigInteger)
    hard_violations: Mapped[int]
    verified: Mapped[bool]
    verification: Mapped[dict[str, Any]]
    stages: Mapped[list[dict[str, Any]]]
    warnings: Mapped[list[str]]
    seconds: Mapped[float]
    seed: Mapped[int] = mapped_column(BigInteger)
    adopted_from: Mapped[int | None] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Timetable(Base):
    """The timetable of a variant; the arrays hold it exactly, the entries readably.

    A published one is live until another of the same scope is published.
    """

    __tablename__ = "timetables"
    __table_args__ = (
        Index("ix_timetables_generation_job_id", "generation_job_id"),
        Index(
            "uq_timetables_live_scope",
            "tenant",
            text("coalesce(department_id, '')"),
            text("coalesce(batch_id, '')"),
            text("coalesce(semester::integer, 0)"),
            text("coalesce(academic_year, '')"),
            unique=True,
            postgresql_where=text("is_live"),
        ),
    )

    timetable_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(TimetableVariant.variant_id, ondelete="CASCADE"), primary_key=True
    )
    generation_job_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(GenerationJob.job_id, ondelete="CASCADE")
    )
    tenant: Mapped[str]
    variant_number: Mapped[int] = mapped_column(SmallInteger)
    department_id: Mapped[str | None]
    batch_id: Mapped[str | None]
    semester: Mapped[int | None] = mapped_column(SmallInteger)
    academic_year: Mapped[str | None]
    is_live: Mapped[bool] = mapped_column(server_default="false")
    published_at: Mapped[datetime | None]
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(f"{OWN}.timetables.timetable_id", ondelete="SET NULL")
    )
    time_options: Mapped[bytes]
    room_options: Mapped[bytes]
    enrollments: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TimetableEntry(Base):
    """One weekly meeting of a section; day, times and room are null if unplaced.

    Batches with their groups, who is enrolled, the equipment that the meeting needs
    and that of its room are kept to find clashes and a person's timetable; they are not
    part of a shown entry.
    """

    __tablename__ = "timetable_entries"
    __table_args__ = (
        CheckConstraint("day BETWEEN 0 AND 6", name="day"),
        Index("ix_timetable_entries_room", "timetable_id", "room_id"),
        Index("ix_timetable_entries_section", "timetable_id", "section_id"),
    )

    timetable_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Timetable.timetable_id, ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    section_id: Mapped[str]
    meeting: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    course_id: Mapped[str]
    course_code: Mapped[str]
    course_name: Mapped[str]
    department_id: Mapped[str]
    day: Mapped[int | None] = mapped_column(SmallInteger)
    start_time: Mapped[str | None] = mapped_column(String(5))
    end_time: Mapped[str | None] = mapped_column(String(5))
    weeks: Mapped[str | None]
    room_id: Mapped[str | None]
    room_name: Mapped[str | None]
    building: Mapped[str | None]
    room_capacity: Mapped[int | None]
    instructor_ids: Mapped[list[str]]
    instructor_names: Mapped[list[str]]
    batch_ids: Mapped[list[str]]
    batch_names: Mapped[list[str]]
    enrolled: Mapped[int]
    group_ids: Mapped[list[str]] = mapped_column(server_default="{}")
    cohort_ids: Mapped[list[str]] = mapped_column(server_default="{}")
    student_ids: Mapped[list[str]] = mapped_column(server_default="{}")
    equipment: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    room_equipment: Mapped[dict[str, Any]] = mapped_column(server_default="{}")

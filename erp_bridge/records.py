"""Jobs as they come out of the database: frozen records, no tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

__all__ = [
    "HELD",
    "OPEN",
    "SETTLED",
    "ClaimedJob",
    "Enqueued",
    "JobDraft",
    "JobRecord",
    "JobStatus",
    "Scope",
    "Source",
    "StopKind",
]

Source = Literal["institution", "itc2019", "cbctt", "pectt", "catalogue"]
StopKind = Literal["cancel", "finish"]


class JobStatus(StrEnum):
    """States of a job, as stored."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    APPROVED = "approved"
    REJECTED = "rejected"

    @property
    def ended(self) -> bool:
        """Whether the search of the job is over for good."""
        return self not in OPEN

    @property
    def has_result(self) -> bool:
        """Whether five variants are stored."""
        return self in (JobStatus.COMPLETED, JobStatus.APPROVED, JobStatus.REJECTED)

    @property
    def shown(self) -> str:
        """The word under ``generation_status:{job_id}``, which knows five only."""
        if self in (JobStatus.APPROVED, JobStatus.REJECTED):
            return str(JobStatus.COMPLETED)
        return str(JobStatus.RUNNING if self is JobStatus.CANCELLING else self)


OPEN = (JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELLING)
"""States in which the search is not over."""

HELD = (JobStatus.RUNNING, JobStatus.CANCELLING)
"""States in which a worker has the job, be its lease run out or not."""

SETTLED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})
"""States in which a search ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Part of the ERP's catalogue that a job is for; None means all of it.

    Parameters
    ----------
    department_id, batch_id
        Code (``CSE``) or UUID.
    semester
        1 to 20.
    academic_year
        As the ERP writes it, e.g. ``2024-25``.
    """

    department_id: str | None = None
    batch_id: str | None = None
    semester: int | None = None
    academic_year: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDraft:
    """A job as it is submitted.

    Parameters
    ----------
    job_id
        UUID, chosen by the caller.
    tenant, created_by
        Institution and person.
    source, document
        What the input is, and its bytes; ``catalogue`` has none.
    scope
        What of the catalogue, or a mere label of a document.
    time_limit_seconds, seed, options
        Search seconds of the five variants together, seed, further wishes.
    priority
        Higher goes first among the tenant's own jobs.
    idempotency_key, fingerprint
        The caller's key, None when not given, and the digest of the submission.
    """

    job_id: str
    tenant: str
    created_by: str = ""
    source: Source = "catalogue"
    document: bytes = b""
    scope: Scope = field(default_factory=Scope)
    time_limit_seconds: float
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 0
    idempotency_key: str | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """A stored job, without its input and result.

    ``last_progress`` is the newest progress message that PostgreSQL has, ``issues`` are
    what was found about the input, each ``{code, detail, pointer, severity}``.
    """

    job_id: str
    tenant: str
    status: JobStatus
    progress: int
    scope: Scope
    source: Source
    time_limit_seconds: float
    seed: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    error_message: str = ""
    issues: tuple[Mapping[str, str], ...] = ()
    last_progress: Mapping[str, Any] | None = None
    manifest: Mapping[str, Any] | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Enqueued:
    """The job of a submission, and whether an earlier one is answered again."""

    job: JobRecord
    replayed: bool

    @property
    def job_id(self) -> str:
        """Id of the job."""
        return self.job.job_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job that one worker may run until its lease ends.

    ``progress`` and ``sequence`` are the percentage and the number of the last message
    of an earlier attempt, so that a new one goes on from there.
    """

    job_id: str
    fencing_token: int
    attempt: int
    time_limit_seconds: float
    seed: int
    options: Mapping[str, Any]
    progress: int = 0
    sequence: int = 0

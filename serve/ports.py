"""What the face needs from the world: Protocols that ``erp_bridge`` satisfies by shape.

All methods are synchronous and are called in threads, save :meth:`LiveEvents.read`.
Any of them may raise :class:`~serve.exceptions.Unavailable`, which the adapters raise
for every failure of a server behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from solvers.exceptions import Issue
    from solvers.model import Instance, Timetable

__all__ = [
    "Catalogue",
    "Enqueued",
    "ErpCalls",
    "Job",
    "JobArchive",
    "JobStatus",
    "LiveEvents",
    "NewJob",
    "Probe",
    "Scope",
    "Source",
]

Source = Literal["institution", "itc2019", "cbctt", "pectt", "catalogue"]


class JobStatus(StrEnum):
    """States of a job, as stored and sent."""

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
        return self not in _OPEN

    @property
    def has_result(self) -> bool:
        """Whether five variants are stored."""
        return self in (self.COMPLETED, self.APPROVED, self.REJECTED)


_OPEN = frozenset({JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELLING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Part of the ERP's catalogue that a job is for; None means all of it."""

    department_id: str | None = None
    batch_id: str | None = None
    semester: int | None = None
    academic_year: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job as it is submitted.

    Parameters
    ----------
    job_id
        UUID, chosen by the face so that it can be answered before anything is stored.
    tenant, created_by
        Institution and person.
    source
        What ``document`` is; ``catalogue`` has none.
    document
        The input as it was received.
    scope
        What of the catalogue, or a mere label of a document.
    time_limit_seconds, seed, options
        Search seconds of the five variants together, seed, further wishes.
    idempotency_key
        The caller's; None when not given.
    fingerprint
        Digest of the submission, to tell a repetition from another one.
    """

    job_id: str
    tenant: str
    created_by: str
    source: Source
    document: bytes = b""
    scope: Scope = field(default_factory=Scope)
    time_limit_seconds: float
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A stored job, without its input and result."""

    job_id: str
    tenant: str
    status: JobStatus
    progress: int
    scope: Scope
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


@dataclass(frozen=True, slots=True)
class Enqueued:
    """The job of a submission, and whether an earlier one is answered again."""

    job: Job
    replayed: bool


class JobArchive(Protocol):
    """Jobs and results in PostgreSQL; a job of another tenant is not there."""

    def enqueue(self, new: NewJob) -> Enqueued:
        """Store a job and mirror it to Redis, both or neither.

        Raises
        ------
        Conflict
            If the job id exists.
        Unprocessable
            If the idempotency key was used with another input.
        """

    def get(self, job_id: str, tenant: str) -> Job | None:
        """Return a job, None if there is none."""

    def num_unfinished(self, tenant: str) -> int:
        """Count queued and running jobs."""

    def request_stop(
        self, job_id: str, tenant: str, kind: Literal["cancel", "finish"]
    ) -> bool:
        """Ask a job to stop; False when it has ended."""

    def variants(
        self, job_id: str, tenant: str, *, entries: bool
    ) -> Sequence[Mapping[str, Any]]:
        """Return the stored variants in order, with or without their entries."""

    def instance(self, job_id: str) -> Instance:
        """Build the instance that a job was run on."""

    def timetable(self, job_id: str, tenant: str, number: int) -> Timetable:
        """Return a stored variant's timetable exactly.

        Raises
        ------
        NotFound
            If there is no such variant.
        """

    def ping(self) -> None:
        """Return if PostgreSQL answers."""


class LiveEvents(Protocol):
    """Progress in Redis."""

    def latest(self, job_id: str) -> Mapping[str, Any] | None:
        """Return the newest progress message, None if Redis has none."""

    def announced(self, job_id: str) -> Mapping[str, Any] | None:
        """Return the queue entry that an ERP wrote for a job, None if there is none."""

    async def read(
        self, job_id: str, after: int, wait_seconds: float
    ) -> Sequence[Mapping[str, Any]]:
        """Return messages with a higher sequence, waiting for the first of them."""

    def first_use(self, key: str, keep_seconds: int) -> bool:
        """Answer True the first time a key is shown within ``keep_seconds``."""

    def ping(self) -> None:
        """Return if Redis answers."""


class Catalogue(Protocol):
    """The ERP's tables."""

    def check_scope(self, tenant: str, scope: Scope) -> None:
        """Look up the ids of a scope.

        Raises
        ------
        InputError
            If one is unknown.
        """

    def read_document(self, tenant: str, scope: Scope) -> tuple[bytes, Sequence[Issue]]:
        """Return a term as an institution document, and what was left out of it.

        Raises
        ------
        InputError
            If an id is unknown, or nothing is offered.
        """


class ErpCalls(Protocol):
    """The reference ERP behind its calls."""

    @property
    def tenant(self) -> str:
        """Tenant that is its organization."""

    def read(self, call: Mapping[str, Any]) -> Any:
        """Read a call; what is read has ``job_id`` and ``scope``.

        Raises
        ------
        InputError
            If it is wrong.
        """

    def start(self, start: Any) -> Enqueued | None:
        """Store a job, or find it; None if the ERP has cancelled it.

        Raises
        ------
        Forbidden
            If it is for another organization.
        """

    def start_known(self, job_id: str) -> Enqueued | None:
        """Start what the ERP has written as row or queue entry; None without."""

    def cancel(self, job_id: str) -> bool:
        """Cancel a job; False if nobody knows it."""

    def variant_order(self, job_id: str) -> Sequence[int]:
        """Return numbers of variants in the order of the ERP's row; empty without."""


class Probe(Protocol):
    """One line of ``/health``."""

    def __call__(self) -> Mapping[str, Any]:
        """Return facts about a server that is well; raise when it is not."""

"""Jobs as the face sees them: submitted, looked at, stopped.

PostgreSQL is the truth. Redis is written inside the transaction of a submission, so
that either both know a job or neither, and after the commit of everything else.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solvers.model import Timetable

from .database import Database
from .endings import ending_message, ending_notice
from .exceptions import IdempotencyKeyReused, JobExists, StoreUnavailable, UnknownJob
from .following import Follower, NobodyFollows
from .live import LiveStore
from .mirror import Mirror
from .records import OPEN, Enqueued, JobDraft, JobRecord, JobStatus, StopKind
from .results import load_timetable, load_variants
from .rows import RECORD, record_of
from .tables import GenerationJob
from .workflow_rows import put_in_outbox

__all__ = ["JobRepository"]

logger = logging.getLogger(__name__)

_NOBODY = NobodyFollows()
_KEY_LIFETIME = text("interval '24 hours'")


class JobRepository:
    """Jobs and results; a job of another tenant is not there.

    Parameters
    ----------
    database, live, mirror
        PostgreSQL, Redis, and what shows the one in the other.
    follower
        Told of jobs that are stored.
    """

    def __init__(
        self,
        database: Database,
        live: LiveStore,
        mirror: Mirror,
        follower: Follower = _NOBODY,
    ) -> None:
        self._database = database
        self._follower = follower
        self._live = live
        self._mirror = mirror

    def enqueue(self, draft: JobDraft) -> Enqueued:
        """Store a job and show it in Redis, both or neither.

        The same submission under the same idempotency key (for 24 hours) or the same
        job id is answered with the first job.

        Raises
        ------
        StoreUnavailable
            If PostgreSQL or Redis does not answer; then nothing is stored.
        JobExists
            If the id belongs to another submission.
        IdempotencyKeyReused
            If the key came with another submission.
        """
        announced: list[bool] = []
        try:
            with self._database.unit_of_work() as session:
                stored = _insert(session, draft)
                if stored is None:
                    return Enqueued(_earlier(session, draft), replayed=True)
                announced.append(self._live.announce(stored.job_id, _entry(draft)))
                self._live.show(stored.job_id, JobStatus.QUEUED, 0)
        except Exception:
            if announced:
                self._retract(draft.job_id, announcement=announced[0])
            raise
        self._follower.changed(stored)
        return Enqueued(stored, replayed=False)

    def get(self, job_id: str, tenant: str) -> JobRecord | None:
        """Return a job, None if there is none."""
        with self._database.unit_of_work() as session:
            row = session.execute(_of(job_id, tenant)).one_or_none()
        return None if row is None else record_of(row)

    def get_many(self, job_ids: Iterable[str], tenant: str) -> dict[str, JobRecord]:
        """Return those of some jobs that there are, by id."""
        wanted = [uuid.UUID(job_id) for job_id in job_ids]
        query = select(*RECORD).where(
            GenerationJob.job_id.in_(wanted), GenerationJob.tenant == tenant
        )
        with self._database.unit_of_work() as session:
            found = [record_of(row) for row in session.execute(query)]
        return {job.job_id: job for job in found}

    def list(
        self, tenant: str, *, status: JobStatus | None = None, limit: int = 50
    ) -> Sequence[JobRecord]:
        """Return a tenant's jobs, the newest first."""
        query = select(*RECORD).where(GenerationJob.tenant == tenant)
        if status is not None:
            query = query.where(GenerationJob.status == status)
        newest = query.order_by(GenerationJob.created_at.desc()).limit(limit)
        with self._database.unit_of_work() as session:
            return [record_of(row) for row in session.execute(newest)]

    def num_unfinished(self, tenant: str) -> int:
        """Count the jobs whose search is not over."""
        query = select(func.count()).where(
            GenerationJob.tenant == tenant, GenerationJob.status.in_(OPEN)
        )
        with self._database.unit_of_work() as session:
            return session.execute(query).scalar_one()

    def request_stop(self, job_id: str, tenant: str, kind: StopKind) -> bool:
        """Ask a job to stop; False when there is none or it has ended.

        A job that waits is cancelled at once. A cancellation stands, whatever is asked
        after it.
        """
        with self._database.unit_of_work() as session:
            row = session.execute(_of(job_id, tenant).with_for_update()).one_or_none()
            if row is None or JobStatus(row.status).ended:
                return False
            values = _stopping(record_of(row), kind, row.stop_requested)
            session.execute(
                update(GenerationJob)
                .where(GenerationJob.job_id == row.job_id)
                .values(**values, updated_at=func.now())
            )
            if values.get("status") == JobStatus.CANCELLED:
                notice = ending_notice(str(row.job_id), tenant, JobStatus.CANCELLED)
                put_in_outbox(session, [notice])
        self._mirror.refresh(job_id)
        return True

    def variants(
        self, job_id: str, tenant: str, *, entries: bool
    ) -> Sequence[Mapping[str, Any]]:
        """Return the stored variants in order, with or without their entries."""
        with self._database.unit_of_work() as session:
            return load_variants(session, job_id, tenant, entries=entries)

    def timetable(self, job_id: str, tenant: str, number: int) -> Timetable:
        """Return a variant's timetable exactly as it was saved.

        Raises
        ------
        UnknownJob
            If there is no such variant.
        """
        with self._database.unit_of_work() as session:
            found = load_timetable(session, job_id, tenant, number)
        if found is None:
            raise UnknownJob(f"There is no variant {number} of the job {job_id}.")
        return found

    def restore(self, job_id: str) -> None:
        """Show a job in Redis again if Redis has lost it.

        Raises
        ------
        StoreUnavailable
            If PostgreSQL or Redis does not answer.
        """
        if not self._live.is_shown(job_id):
            self._mirror.show(job_id)

    def ping(self) -> None:
        """Return if PostgreSQL answers and has our tables."""
        with self._database.unit_of_work() as session:
            session.execute(select(GenerationJob.job_id).limit(1)).first()

    def _retract(self, job_id: str, *, announcement: bool) -> None:
        """Take back what Redis shows; if it is away, the keys end with their time."""
        try:
            self._live.retract(job_id, announcement=announcement)
        except StoreUnavailable as error:
            extra = {"action": "retract", "job_id": job_id}
            logger.warning("Redis shows a job that is not: %s", error, extra=extra)


def _of(job_id: str, tenant: str) -> Select[Any]:
    return select(*RECORD).where(
        GenerationJob.job_id == uuid.UUID(job_id), GenerationJob.tenant == tenant
    )


def _insert(session: Session, draft: JobDraft) -> JobRecord | None:
    """Insert the job; None if its id or its key is taken."""
    if draft.idempotency_key is not None:
        _release_old_key(session, draft)
    scope = draft.scope
    digest = hashlib.sha256(draft.document).hexdigest() if draft.document else None
    statement = insert(GenerationJob).values(
        job_id=uuid.UUID(draft.job_id),
        tenant=draft.tenant,
        department_id=scope.department_id,
        batch_id=scope.batch_id,
        semester=scope.semester,
        academic_year=scope.academic_year,
        created_by_id=draft.created_by,
        source=draft.source,
        input=draft.document or None,
        input_hash=digest,
        time_limit_seconds=draft.time_limit_seconds,
        seed=draft.seed,
        options=dict(draft.options),
        priority=draft.priority,
        idempotency_key=draft.idempotency_key,
        fingerprint=draft.fingerprint,
    )
    returning = statement.on_conflict_do_nothing().returning(*RECORD)
    row = session.execute(returning).one_or_none()
    return None if row is None else record_of(row)


def _release_old_key(session: Session, draft: JobDraft) -> None:
    session.execute(
        update(GenerationJob)
        .where(
            GenerationJob.tenant == draft.tenant,
            GenerationJob.idempotency_key == draft.idempotency_key,
            GenerationJob.created_at < func.now() - _KEY_LIFETIME,
        )
        .values(idempotency_key=None)
    )


def _earlier(session: Session, draft: JobDraft) -> JobRecord:
    """Return the job that took the key or the id of a repeated submission."""
    if draft.idempotency_key is not None:
        same_key = select(*RECORD).where(
            GenerationJob.tenant == draft.tenant,
            GenerationJob.idempotency_key == draft.idempotency_key,
        )
        if (row := session.execute(same_key).one_or_none()) is not None:
            if row.fingerprint != draft.fingerprint:
                raise IdempotencyKeyReused
            return record_of(row)
    row = session.execute(_of(draft.job_id, draft.tenant)).one_or_none()
    if row is None or row.fingerprint != draft.fingerprint:
        raise JobExists
    return record_of(row)


def _entry(draft: JobDraft) -> dict[str, Any]:
    scope = draft.scope
    return {
        "job_id": draft.job_id,
        "tenant": draft.tenant,
        "source": draft.source,
        "department_id": scope.department_id,
        "batch_id": scope.batch_id,
        "semester": scope.semester,
        "academic_year": scope.academic_year,
        "time_limit_seconds": draft.time_limit_seconds,
        "priority": draft.priority,
        "created_by": draft.created_by,
    }


def _stopping(job: JobRecord, kind: StopKind, asked: str | None) -> dict[str, Any]:
    """Values by which a job in the queue ends, and a running one is asked to."""
    if kind == "finish":
        return {"stop_requested": asked or kind}
    if job.status is not JobStatus.QUEUED:
        return {"stop_requested": kind, "status": str(JobStatus.CANCELLING)}
    end = ending_message(
        job.job_id, job.last_progress, JobStatus.CANCELLED, job.progress
    )
    return {
        "stop_requested": kind,
        "status": str(JobStatus.CANCELLED),
        "completed_at": func.now(),
        "sequence": end["sequence"],
        "last_progress": end,
    }

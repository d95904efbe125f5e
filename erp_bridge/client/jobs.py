"""The part of the client that starts, follows and stops jobs."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from erp_bridge.exceptions import (
    JobEnded,
    JobUnfinished,
    JobWithoutResult,
    TooManyJobs,
    UnknownJob,
)
from erp_bridge.records import (
    Enqueued,
    JobRecord,
    JobStatus,
    Scope,
    Source,
    StopKind,
)

from .following import Follower
from .progress import Progress
from .results import Comparison, JobResult
from .session import Session
from .submitting import bytes_of, draft_of, require_readable, require_valid

__all__ = ["JobCalls", "canonical_job"]

_NO_LABEL = Scope()


class JobCalls(Session):
    """Jobs of one tenant; :class:`~erp_bridge.Bridge` has its methods."""

    def submit_term(
        self,
        scope: Scope,
        *,
        by: str,
        time_limit_seconds: float | None = None,
        seed: int | None = None,
        priority: int = 0,
        idempotency_key: str | None = None,
    ) -> Enqueued:
        """Start a job for a part of the ERP's own tables; answers at once.

        Parameters
        ----------
        scope
            What of the catalogue; what it leaves open is not narrowed.
        by
            Who submits: the person's stable id in the ERP.
        time_limit_seconds
            Search seconds of the five variants together; the usual ones by None.
        seed
            Seed of all randomness, >= 0; drawn by None.
        priority
            Higher goes first among the tenant's own jobs.
        idempotency_key
            The same submission under the same key answers the first job for 24 hours.

        Returns
        -------
        Enqueued
            ``job_id``, the stored job, and whether it is that of an earlier submission.

        Raises
        ------
        InputError
            If an id is unknown or nothing is offered; with all findings.
        TooManyJobs, IdempotencyKeyReused
            If it is not accepted.
        StoreUnavailable, TablesMissing
            If PostgreSQL or Redis cannot store it; then nothing is stored.
        """
        require_valid(scope, by, idempotency_key)
        self._stores().catalogue.check_scope(self._tenant, scope)
        return self._enqueue(
            by=by,
            source="catalogue",
            document=b"",
            scope=scope,
            time_limit_seconds=time_limit_seconds,
            seed=seed,
            priority=priority,
            idempotency_key=idempotency_key,
        )

    def submit_document(
        self,
        document: bytes | str | Mapping[str, Any],
        *,
        by: str,
        source: Source = "institution",
        scope: Scope = _NO_LABEL,
        time_limit_seconds: float | None = None,
        seed: int | None = None,
        priority: int = 0,
        idempotency_key: str | None = None,
    ) -> Enqueued:
        """Start a job for a document; answers at once.

        Parameters
        ----------
        document
            An institution document as JSON or as a mapping, or what ``source`` says.
        source
            ``institution``, or the format of a file: ``itc2019``, ``cbctt``, ``pectt``.
        scope
            What the timetable is for, so that its publication replaces the right one.
        by, time_limit_seconds, seed, priority, idempotency_key
            As for :meth:`submit_term`, which also says what is returned.

        Raises
        ------
        InputError
            If the document is wrong, with all findings; one larger than
            ``limits.check_bytes`` is checked by its job, which then fails with them.
        TooManyJobs, IdempotencyKeyReused, StoreUnavailable, TablesMissing
            As by :meth:`submit_term`.
        """
        content = bytes_of(document)
        require_valid(scope, by, idempotency_key)
        require_readable(source, content, self._limits)
        return self._enqueue(
            by=by,
            source=source,
            document=content,
            scope=scope,
            time_limit_seconds=time_limit_seconds,
            seed=seed,
            priority=priority,
            idempotency_key=idempotency_key,
        )

    def job(self, job_id: str) -> JobRecord:
        """Return a job as PostgreSQL has it.

        Raises
        ------
        UnknownJob
            If there is none.
        """
        found = self._stores().jobs.get(canonical_job(job_id), self._tenant)
        if found is None:
            raise UnknownJob
        return found

    def jobs(
        self, *, status: JobStatus | None = None, limit: int = 50
    ) -> Sequence[JobRecord]:
        """Return jobs, the newest first; of all states by None."""
        return self._stores().jobs.list(self._tenant, status=status, limit=limit)

    def progress(self, job_id: str) -> Progress:
        """Return how far a job is now, from Redis or, without it, from PostgreSQL.

        Raises
        ------
        UnknownJob
            If there is none.
        """
        return Progress.of(self._follower().view(canonical_job(job_id)))

    def follow(
        self,
        job_id: str,
        *,
        after: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Progress]:
        """Iterate a job's progress to its end; every record is news.

        Neither percentage nor sequence ever goes back, and the last record has
        ``is_last``. While Redis is away, progress comes from PostgreSQL.

        Parameters
        ----------
        job_id
            The job.
        after
            Sequence of the last record that was seen, to go on from there; None begins
            with the present state.
        timeout
            Longest time to the job's end in seconds; None waits as long as it takes.

        Raises
        ------
        UnknownJob
            If there is none; at the call.
        WaitTimeout
            If the job has not ended in time; it goes on.
        BridgeClosed
            If the bridge is closed meanwhile.
        StoreUnavailable
            If neither Redis nor PostgreSQL answers.
        """
        follower, known = self._follower(), canonical_job(job_id)
        view = follower.view(known)
        if after is None:
            return follower.follow(known, view, -1, timeout)
        return follower.follow(known, None, after, timeout)

    def wait(self, job_id: str, *, timeout: float | None = None) -> Progress:
        """Wait for a job's end; returns its last progress. Raises as :meth:`follow`."""
        return deque(self.follow(job_id, timeout=timeout), maxlen=1)[0]

    def result(self, job_id: str, *, entries: bool = True) -> JobResult:
        """Return the variants of a job in order.

        Parameters
        ----------
        job_id
            The job.
        entries
            Whether the variants carry their entries.

        Raises
        ------
        UnknownJob
            If there is none.
        JobUnfinished, JobWithoutResult
            If it has no result, now or ever; the exception has the ``job``.
        """
        job = self._with_result(job_id)
        stored = self._stores().jobs.variants(job.job_id, job.tenant, entries=entries)
        return JobResult.of(job, stored)

    def compare(self, job_id: str, a: int, b: int) -> Comparison:
        """Compare two variants of a job by their numbers.

        Raises
        ------
        UnknownJob
            If there is no such job or variant.
        JobUnfinished, JobWithoutResult
            As by :meth:`result`.
        """
        job = self._with_result(job_id)
        stored = self._stores().jobs.variants(job.job_id, job.tenant, entries=True)
        return Comparison.of(stored, a, b)

    def cancel(self, job_id: str) -> JobRecord:
        """Stop a job and discard what it found; returns it as it is then.

        Raises
        ------
        UnknownJob
            If there is none.
        JobEnded
            If it is over already.
        """
        return self._stop(job_id, "cancel")

    def finish(self, job_id: str) -> JobRecord:
        """Stop a job and keep the best found so far; raises as :meth:`cancel`."""
        return self._stop(job_id, "finish")

    def _follower(self) -> Follower:
        stores = self._stores()
        return Follower(stores.jobs, stores.live, self._tenant, self._closed)

    def _enqueue(self, **asked: Any) -> Enqueued:
        jobs = self._stores().jobs
        draft = draft_of(tenant=self._tenant, limits=self._limits, **asked)
        most = self._limits.max_active_jobs
        if jobs.num_unfinished(self._tenant) >= most:
            raise TooManyJobs(f"At most {most} unfinished jobs are allowed.")
        return jobs.enqueue(draft)

    def _with_result(self, job_id: str) -> JobRecord:
        job = self.job(job_id)
        if job.status.has_result:
            return job
        kind = JobWithoutResult if job.status.ended else JobUnfinished
        reason = f": {job.error_message}" if job.error_message else "."
        raise kind(f"The job has no result; it is {job.status}{reason}", job)

    def _stop(self, job_id: str, kind: StopKind) -> JobRecord:
        job = self.job(job_id)
        if not self._stores().jobs.request_stop(job.job_id, job.tenant, kind):
            now = self.job(job_id)
            raise JobEnded(f"The job has ended; it is {now.status}.", now)
        return self.job(job_id)


def canonical_job(job_id: str) -> str:
    """One spelling per id of a job.

    Raises
    ------
    UnknownJob
        If it can name none.
    """
    try:
        return str(uuid.UUID(job_id))
    except ValueError as error:
        raise UnknownJob from error

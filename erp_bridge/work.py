"""Jobs as the cluster sees them: claimed, kept, ended. See ``cluster.ports``.

Every write carries the fencing token of its claim; a claim with a newer token makes it
change nothing. Leases are reckoned by the clock of PostgreSQL alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Row, case, func, select, update
from sqlalchemy.orm import Session

from solvers.exceptions import Issue
from solvers.model import Instance

from .checkpoints import forget_checkpoint
from .claiming import next_claimable
from .database import Database
from .endings import ending_message, ending_notice
from .exceptions import UnknownJob
from .inputs import InputStore
from .mirror import Mirror
from .records import HELD, ClaimedJob, JobStatus, StopKind
from .results import Outcome, save_variants
from .rows import RECORD, claim_of
from .tables import GenerationJob
from .workflow_rows import put_in_outbox

__all__ = ["WorkQueue"]


class WorkQueue:
    """The queue that workers share.

    Parameters
    ----------
    database, mirror
        PostgreSQL, and what shows it in Redis.
    inputs
        Builds instances.
    """

    def __init__(self, database: Database, mirror: Mirror, inputs: InputStore) -> None:
        self._database = database
        self._mirror = mirror
        self._inputs = inputs

    def tend(self) -> None:
        """There is nothing to look after between claims."""

    def claim(self, worker: str, lease_seconds: float) -> ClaimedJob | None:
        """Claim the next job in fair order, None when nothing waits.

        The tenant with the fewest running jobs goes first, among equals the one served
        longest ago; within a tenant priority decides, then age.
        """
        with self._database.unit_of_work() as session:
            job_id = session.scalar(next_claimable())
            if job_id is None:
                return None
            row = session.execute(_take(job_id, worker, lease_seconds)).one()
        self._mirror.refresh(str(job_id))
        claim = claim_of(row)
        shown = self._mirror.sequence_shown(claim.job_id)
        return replace(claim, sequence=max(claim.sequence, shown))

    def heartbeat(self, job_id: str, token: int, lease_seconds: float) -> bool:
        """Prolong the lease; False when another worker holds the job or it ended."""
        statement = (
            update(GenerationJob)
            .where(
                GenerationJob.job_id == uuid.UUID(job_id),
                GenerationJob.fencing_token == token,
                GenerationJob.status.in_(HELD),
            )
            .values(lease_until=func.now() + timedelta(seconds=lease_seconds))
            .returning(GenerationJob.job_id)
        )
        with self._database.unit_of_work() as session:
            return session.execute(statement).first() is not None

    def load_instance(self, job_id: str) -> Instance:
        """Build the job's instance.

        Raises
        ------
        InputError
            If the stored input makes no instance.
        """
        return self._inputs.load_instance(job_id)

    def requested_stop(self, job_id: str) -> StopKind | None:
        """Return what a person asked of the job."""
        query = select(GenerationJob.stop_requested).where(
            GenerationJob.job_id == uuid.UUID(job_id)
        )
        with self._database.unit_of_work() as session:
            return cast("StopKind | None", session.scalar(query))

    def complete(
        self,
        job_id: str,
        token: int,
        instance: Instance,
        variants: Sequence[Outcome],
        manifest: dict[str, Any],
    ) -> bool:
        """Save all variants and end the job in one transaction; False if fenced."""

        def save(session: Session, row: Row[Any]) -> None:
            save_variants(session, row, instance, variants)

        values = {"progress": 100, "manifest": manifest, "error_message": ""}
        return self._end(
            job_id,
            token,
            JobStatus.COMPLETED,
            values,
            save,
            variants_count=len(variants),
        )

    def fail(
        self, job_id: str, token: int, message: str, issues: Sequence[Issue]
    ) -> bool:
        """End the job as failed; False if fenced."""
        found = GenerationJob.issues.concat([asdict(issue) for issue in issues])
        values = {"error_message": message, "issues": found}
        return self._end(job_id, token, JobStatus.FAILED, values)

    def cancelled(self, job_id: str, token: int) -> bool:
        """End the job as cancelled; False if fenced."""
        return self._end(job_id, token, JobStatus.CANCELLED, {})

    def _end(
        self,
        job_id: str,
        token: int,
        status: JobStatus,
        values: dict[str, Any],
        save: Callable[[Session, Row[Any]], None] = lambda _session, _row: None,
        *,
        variants_count: int = 0,
    ) -> bool:
        with self._database.unit_of_work() as session:
            row = _locked(session, job_id)
            if row.fencing_token != token:
                return False
            if row.status not in HELD:
                return bool(row.status == status)
            message = values.get("error_message", "")
            end = ending_message(
                job_id, row.last_progress, status, row.progress, message
            )
            session.execute(
                update(GenerationJob)
                .where(GenerationJob.job_id == row.job_id)
                .values(
                    **values,
                    status=str(status),
                    completed_at=func.now(),
                    updated_at=func.now(),
                    sequence=end["sequence"],
                    last_progress=end,
                )
            )
            save(session, row)
            notice = ending_notice(
                job_id,
                row.tenant,
                status,
                variants_count=variants_count,
                error=message,
            )
            put_in_outbox(session, [notice])
            forget_checkpoint(session, row.job_id)
        self._mirror.refresh(job_id)
        return True


def _take(job_id: uuid.UUID, worker: str, lease_seconds: float) -> Any:
    """Statement that gives a locked job to a worker; a cancellation goes on."""
    cancelling = str(JobStatus.CANCELLING)
    status = case(
        (GenerationJob.status == cancelling, cancelling),
        else_=str(JobStatus.RUNNING),
    )
    return (
        update(GenerationJob)
        .where(GenerationJob.job_id == job_id)
        .values(
            status=status,
            worker=worker,
            claimed_at=func.now(),
            updated_at=func.now(),
            lease_until=func.now() + timedelta(seconds=lease_seconds),
            fencing_token=GenerationJob.fencing_token + 1,
            attempt=GenerationJob.attempt + 1,
        )
        .returning(*RECORD)
    )


def _locked(session: Session, job_id: str) -> Row[Any]:
    query = select(*RECORD).where(GenerationJob.job_id == uuid.UUID(job_id))
    row = session.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise UnknownJob
    return row

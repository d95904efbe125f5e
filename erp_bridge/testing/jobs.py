"""Jobs in memory as the face sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from erp_bridge.exceptions import IdempotencyKeyReused, JobExists, UnknownJob
from erp_bridge.records import Enqueued, JobDraft, JobRecord, JobStatus, StopKind
from solvers.model import Timetable

from .rows import Row

if TYPE_CHECKING:
    from .bridge import MemoryBridge

__all__ = ["MemoryJobs"]

_KEY_SECONDS = 24 * 3600


class MemoryJobs:
    """Jobs as the face sees them; see ``erp_bridge.jobs``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge

    def enqueue(self, draft: JobDraft) -> Enqueued:
        """Store a job, or find the one of a repeated submission."""
        bridge = self._bridge
        bridge.require_database()
        bridge.require_redis()
        with bridge.lock:
            if (earlier := self._earlier(draft)) is not None:
                return Enqueued(earlier, replayed=True)
            record = _record_of(draft)
            row = Row(draft, record, bridge.clock(), draft.document)
            bridge.rows[draft.job_id] = row
        submission = {"job_id": draft.job_id, "tenant": draft.tenant}
        bridge.live.announce(draft.job_id, {**submission, **asdict(draft.scope)})
        bridge.live.show(draft.job_id, JobStatus.QUEUED, 0)
        return Enqueued(record, replayed=False)

    def get(self, job_id: str, tenant: str) -> JobRecord | None:
        """Return a job of the tenant."""
        self._bridge.require_database()
        row = self._bridge.rows.get(job_id)
        mine = row is not None and row.draft.tenant == tenant
        return row.record if row is not None and mine else None

    def get_many(self, job_ids: Iterable[str], tenant: str) -> dict[str, JobRecord]:
        """Return those of some jobs that there are, by id."""
        found = {job_id: self.get(job_id, tenant) for job_id in job_ids}
        return {job_id: job for job_id, job in found.items() if job is not None}

    def list(
        self, tenant: str, *, status: JobStatus | None = None, limit: int = 50
    ) -> Sequence[JobRecord]:
        """Return a tenant's jobs, the newest first."""
        self._bridge.require_database()
        found = [
            row.record
            for row in reversed(self._bridge.rows.values())
            if row.draft.tenant == tenant and status in (None, row.record.status)
        ]
        return found[:limit]

    def num_unfinished(self, tenant: str) -> int:
        """Count the jobs whose search is not over."""
        return sum(not r.status.ended for r in self.list(tenant, limit=1_000_000))

    def request_stop(self, job_id: str, tenant: str, kind: StopKind) -> bool:
        """Ask a job to stop; False when there is none or it has ended."""
        with self._bridge.lock:
            record = self.get(job_id, tenant)
            if record is None or record.status.ended:
                return False
            row = self._bridge.row(job_id)
            if kind == "finish":
                row.stop = row.stop or kind
            elif record.status is JobStatus.QUEUED:
                row.stop = kind
                row.end(JobStatus.CANCELLED)
                self._bridge.tell_end(row)
            else:
                row.stop = kind
                row.change(status=JobStatus.CANCELLING)
        self._bridge.refresh(job_id)
        return True

    def variants(
        self, job_id: str, tenant: str, *, entries: bool
    ) -> Sequence[Mapping[str, Any]]:
        """Return the stored variants, with or without their entries."""
        found = self.get(job_id, tenant)
        hidden = () if entries else ("entries",)
        return [
            {name: value for name, value in variant.items() if name not in hidden}
            for variant in (self._bridge.rows[job_id].variants if found else ())
        ]

    def timetable(self, job_id: str, tenant: str, number: int) -> Timetable:
        """Return a variant's timetable."""
        if self.get(job_id, tenant) is None:
            raise UnknownJob
        try:
            return self._bridge.row(job_id).timetables[number]
        except KeyError as error:
            raise UnknownJob from error

    def restore(self, job_id: str) -> None:
        """Show a job again if it is not shown."""
        if not self._bridge.live.is_shown(job_id) and job_id in self._bridge.rows:
            self._bridge.show(job_id)

    def ping(self) -> None:
        """Return if PostgreSQL answers."""
        self._bridge.require_database()

    def _earlier(self, draft: JobDraft) -> JobRecord | None:
        now = self._bridge.clock()
        for row in self._bridge.rows.values():
            mine = row.draft.tenant == draft.tenant
            same_key = draft.idempotency_key == row.draft.idempotency_key
            fresh = now - row.born < _KEY_SECONDS
            if draft.idempotency_key and mine and same_key and fresh:
                if row.draft.fingerprint != draft.fingerprint:
                    raise IdempotencyKeyReused
                return row.record
        known = self._bridge.rows.get(draft.job_id)
        if known is None:
            return None
        same = known.draft.fingerprint == draft.fingerprint
        if not same or known.draft.tenant != draft.tenant:
            raise JobExists
        return known.record


def _record_of(draft: JobDraft) -> JobRecord:
    now = datetime.now(UTC)
    return JobRecord(
        job_id=draft.job_id,
        tenant=draft.tenant,
        status=JobStatus.QUEUED,
        progress=0,
        scope=draft.scope,
        source=draft.source,
        time_limit_seconds=draft.time_limit_seconds,
        seed=draft.seed,
        created_by=draft.created_by,
        created_at=now,
        updated_at=now,
        fingerprint=draft.fingerprint,
    )

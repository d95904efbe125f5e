"""Jobs in memory as the cluster sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from erp_bridge.catalogue.wishes import TermWishes
from erp_bridge.entries import entries_of, shown
from erp_bridge.inputs import details_of, instance_of
from erp_bridge.records import SETTLED, ClaimedJob, JobStatus, StopKind
from erp_bridge.results import Outcome, variant_id_of, variant_view
from solvers.exceptions import Issue
from solvers.model import Instance

from .rows import Row

if TYPE_CHECKING:
    from .bridge import MemoryBridge

__all__ = ["MemoryProgress", "MemoryWork"]


class MemoryWork:
    """Jobs as the cluster sees them; see ``erp_bridge.work``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge

    def tend(self) -> None:
        """There is nothing to look after."""

    def claim(self, worker: str, lease_seconds: float) -> ClaimedJob | None:
        """Claim the next job in fair order."""
        self._bridge.require_database()
        with self._bridge.lock:
            now = self._bridge.clock()
            rows = self._bridge.rows.values()
            waiting = [row for row in rows if _is_claimable(row, now)]
            if not waiting:
                return None
            row = min(waiting, key=lambda row: self._rank(row, now))
            row.token += 1
            row.attempt += 1
            row.claimed_at, row.lease_until = now, now + lease_seconds
            if row.record.status is not JobStatus.CANCELLING:
                row.change(status=JobStatus.RUNNING)
            claim = _claim_of(row)
        self._bridge.refresh(claim.job_id)
        return claim

    def heartbeat(self, job_id: str, token: int, lease_seconds: float) -> bool:
        """Prolong the lease; False when fenced."""
        with self._bridge.lock:
            row = self._bridge.row(job_id)
            if row.token != token or not row.is_held:
                return False
            row.lease_until = self._bridge.clock() + lease_seconds
            return True

    def load_instance(self, job_id: str) -> Instance:
        """Build the job's instance."""
        row = self._bridge.row(job_id)
        if row.draft.source == "catalogue" and not row.document:
            reader = self._bridge.term_reader
            assert reader is not None
            row.document, warnings = reader.read_document(
                row.draft.tenant, row.draft.scope, TermWishes.of(row.draft.options)
            )
            row.change(issues=tuple(asdict(issue) for issue in warnings))
        return instance_of(row.draft.source, row.document, row.draft.options)

    def requested_stop(self, job_id: str) -> StopKind | None:
        """Return what a person asked of the job."""
        return self._bridge.row(job_id).stop

    def complete(
        self,
        job_id: str,
        token: int,
        instance: Instance,
        variants: Sequence[Outcome],
        manifest: dict[str, Any],
    ) -> bool:
        """Save all variants and end the job; False if fenced."""
        row = self._bridge.row(job_id)
        details = details_of(row.draft.source, row.document)
        kept = {
            o.number: list(entries_of(instance, o.timetable, details)) for o in variants
        }
        views = [
            {
                **variant_view(o, str(variant_id_of(UUID(job_id), o.number))),
                "entries": [shown(entry) for entry in kept[o.number]],
            }
            for o in variants
        ]
        timetables = {outcome.number: outcome.timetable for outcome in variants}

        def save(row: Row) -> None:
            row.variants, row.timetables, row.entries = views, timetables, kept
            row.change(manifest=manifest)

        return self._end(job_id, token, JobStatus.COMPLETED, save)

    def fail(
        self, job_id: str, token: int, message: str, issues: Sequence[Issue]
    ) -> bool:
        """End the job as failed; False if fenced."""

        def save(row: Row) -> None:
            found = tuple(asdict(issue) for issue in issues)
            row.change(error_message=message, issues=row.record.issues + found)

        return self._end(job_id, token, JobStatus.FAILED, save)

    def cancelled(self, job_id: str, token: int) -> bool:
        """End the job as cancelled; False if fenced."""
        return self._end(job_id, token, JobStatus.CANCELLED, lambda _row: None)

    def _end(
        self, job_id: str, token: int, status: JobStatus, save: Callable[[Row], None]
    ) -> bool:
        with self._bridge.lock:
            row = self._bridge.row(job_id)
            if row.token != token:
                return False
            if not row.is_held:
                return row.record.status is status
            save(row)
            row.end(status)
            self._bridge.tell_end(row)
        self._bridge.refresh(job_id)
        return True

    def _rank(self, row: Row, now: float) -> tuple[float, ...]:
        same = [
            other
            for other in self._bridge.rows.values()
            if other.draft.tenant == row.draft.tenant
        ]
        running = sum(o.is_held and o.lease_until > now for o in same)
        served = max(other.claimed_at for other in same)
        return (running, served, -row.draft.priority, row.born)


class MemoryProgress:
    """Progress of running jobs; see ``erp_bridge.progress``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge

    def publish(self, progress: Mapping[str, Any]) -> None:
        """Show one message; an end only when the row has it."""
        job_id = str(progress["job_id"])
        if progress["status"] in SETTLED:
            if self._bridge.row(job_id).record.status.ended:
                self._bridge.show(job_id)
            return
        percent = int(progress["progress"])
        if not self._bridge.database_is_down:
            with self._bridge.lock:
                row = self._bridge.row(job_id)
                if not row.is_held:
                    return
                percent = max(percent, row.record.progress)
                _keep(row, progress, percent)
        self._bridge.live.show(job_id, JobStatus(progress["status"]), percent, progress)


def _claim_of(row: Row) -> ClaimedJob:
    return ClaimedJob(
        job_id=row.draft.job_id,
        fencing_token=row.token,
        attempt=row.attempt,
        time_limit_seconds=row.draft.time_limit_seconds,
        seed=row.draft.seed,
        options=row.draft.options,
        progress=row.record.progress,
        sequence=row.sequence,
    )


def _is_claimable(row: Row, now: float) -> bool:
    status = row.record.status
    expired = row.is_held and row.lease_until <= now
    return status is JobStatus.QUEUED or expired


def _keep(row: Row, progress: Mapping[str, Any], percent: int) -> None:
    sequence = int(progress["sequence"])
    row.change(progress=percent)
    if sequence > row.sequence:
        row.sequence = sequence
        row.change(last_progress={**progress, "progress": percent})

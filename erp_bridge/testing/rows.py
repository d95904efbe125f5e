"""Jobs in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from erp_bridge.endings import ending_message
from erp_bridge.records import JobDraft, JobRecord, JobStatus, StopKind
from solvers.model import Timetable

__all__ = ["Row"]


@dataclass(slots=True)
class Row:
    """A job in the store."""

    draft: JobDraft
    record: JobRecord
    born: float
    document: bytes
    token: int = 0
    attempt: int = 0
    lease_until: float = 0.0
    claimed_at: float = -1.0
    stop: StopKind | None = None
    sequence: int = 0
    variants: list[dict[str, Any]] = field(default_factory=list)
    timetables: dict[int, Timetable] = field(default_factory=dict)
    entries: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def end(self, status: JobStatus) -> None:
        """End the job, with its last message."""
        record = self.record
        percent = 100 if status is JobStatus.COMPLETED else record.progress
        end = ending_message(
            record.job_id, record.last_progress, status, percent, record.error_message
        )
        self.sequence = end["sequence"]
        self.change(
            status=status,
            progress=percent,
            last_progress=end,
            completed_at=datetime.now(UTC),
        )

    @property
    def is_held(self) -> bool:
        """Whether a worker has it, be the lease run out or not."""
        return self.record.status in (JobStatus.RUNNING, JobStatus.CANCELLING)

    def change(self, **changes: Any) -> None:
        """Change the record."""
        now = datetime.now(UTC)
        self.record = replace(self.record, updated_at=now, **changes)

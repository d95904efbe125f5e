"""The last message of a job, composed from the one before it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .records import JobStatus

__all__ = ["ending_message"]

_WORDS = {
    JobStatus.COMPLETED: "Five verified variants are ready",
    JobStatus.FAILED: "Failed",
    JobStatus.CANCELLED: "Cancelled",
}


def ending_message(
    job_id: str,
    last: Mapping[str, Any] | None,
    status: JobStatus,
    percent: int,
    message: str = "",
) -> dict[str, Any]:
    """Compose the terminal message.

    Parameters
    ----------
    job_id
        The job.
    last
        Newest message before, None if there was none.
    status
        How it ended.
    percent
        Percentage reached, 0 to 100.
    message
        Words for a person; the usual ones when empty.
    """
    blank: dict[str, Any] = {
        "stage": str(status),
        "variant": None,
        "sequence": 0,
        "incumbent": None,
        "elapsed_seconds": None,
        "variants": [],
    }
    before = {**blank, **(last or {})}
    completed = status is JobStatus.COMPLETED
    return {
        **before,
        "job_id": job_id,
        "status": str(status),
        "progress": 100 if completed else percent,
        "stage": str(status) if completed else before["stage"],
        "sequence": before["sequence"] + 1,
        "eta_seconds": 0.0,
        "message": message or _WORDS[status],
        "updated_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }

"""The last message of a job, and what the outbox shall tell of its end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .records import JobStatus
from .workflow_records import OutboxDraft

__all__ = ["ending_message", "ending_notice"]

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


def ending_notice(
    job_id: str,
    tenant: str,
    status: JobStatus,
    *,
    variants_count: int = 0,
    error: str = "",
) -> OutboxDraft:
    """Compose the webhook of a job's end, stored in the transaction of the end.

    Parameters
    ----------
    job_id, tenant
        The job, and whose it is.
    status
        How it ended.
    variants_count
        Stored variants.
    error
        Why it failed; empty otherwise.
    """
    links = {"progress": f"/api/progress/{job_id}"}
    if status is JobStatus.COMPLETED:
        links["result"] = f"/api/result/{job_id}"
        links["variants"] = f"/api/variants/{job_id}"
    return OutboxDraft(
        tenant=tenant,
        kind="webhook",
        topic=f"job.{status}",
        payload={
            "job_id": job_id,
            "status": str(status),
            "variants_count": variants_count,
            "links": links,
            "error": error or None,
        },
        idempotency_key=f"job.ended:{job_id}",
    )

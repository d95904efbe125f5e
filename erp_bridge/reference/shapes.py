"""What the ERP reads of a job in Redis: shapes of values, no server. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from erp_bridge.records import JobRecord, JobStatus

__all__ = [
    "CANCEL_SECONDS",
    "PROGRESS_SECONDS",
    "RESULT_SECONDS",
    "About",
    "cancelled_unseen",
    "progress_of_message",
    "progress_of_record",
]

PROGRESS_SECONDS = 7200
CANCEL_SECONDS = 3600
RESULT_SECONDS = 86_400

_STAGES = {
    "queued": "initializing",
    "running": "loading",
    "starting": "loading",
    "loading": "loading",
    "warming": "loading",
    "communities": "clustering",
    "cpsat": "cpsat_solving",
    "shared": "ga_optimization",
    "genetic": "ga_optimization",
    "refinement": "rl_refinement",
    "verification": "rl_refinement",
}
"""Our stages by the ERP's names; it shows an unknown one as its first."""

_ENDS = {
    JobStatus.COMPLETED: "completed_at",
    JobStatus.FAILED: "failed_at",
    JobStatus.CANCELLED: "cancelled_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What of a job stays the same while it runs."""

    semester: int | None = None
    academic_year: str | None = None
    started_at: int | None = None

    @classmethod
    def of(cls, job: JobRecord) -> About:
        """Read it off a record."""
        return cls(
            semester=job.scope.semester,
            academic_year=job.scope.academic_year,
            started_at=int(job.created_at.timestamp()),
        )


def progress_of_message(
    message: Mapping[str, Any], percent: int, about: About, now: datetime
) -> dict[str, Any]:
    """Compose the value of ``progress:job:{job_id}`` while a job runs.

    Parameters
    ----------
    message
        A progress message; see ``cluster.progress``.
    percent
        What is shown, 0 to 100.
    about
        What stays the same.
    now
        The present moment.
    """
    variants = message.get("variants") or []
    done = fmean(v["progress"] for v in variants) if variants else float(percent)
    eta = message.get("eta_seconds")
    return {
        **_frame(str(message["job_id"]), percent, about, now),
        "stage": _STAGES.get(str(message.get("stage")), "ga_optimization"),
        "stage_progress": float(min(100.0, done)),
        "status": "running",
        "eta_seconds": None if eta is None else round(eta),
        "metadata": {
            **_metadata(about),
            "phase": message.get("message") or "",
            "total_items": len(variants),
            "completed_items": sum(v["progress"] >= 100 for v in variants),
            "incumbent": message.get("incumbent"),
        },
    }


def progress_of_record(
    job: JobRecord, now: datetime, status: JobStatus | None = None
) -> dict[str, Any]:
    """Compose the value of ``progress:job:{job_id}`` from a stored job.

    Parameters
    ----------
    job
        The job.
    now
        The present moment.
    status
        In place of the job's own, e.g. where the ERP has ended it.
    """
    status = status or job.status
    about = About.of(job)
    shown = JobStatus(status.shown)
    if not status.ended:
        last = job.last_progress or {"stage": str(shown), "message": "Waiting"}
        value = progress_of_message(
            {**last, "job_id": job.job_id}, job.progress, about, now
        )
        return {**value, "status": str(shown)}
    percent = 100 if shown is JobStatus.COMPLETED else job.progress
    ended = job.completed_at or now
    error = {"error": job.error_message} if job.error_message else {}
    return {
        **_frame(job.job_id, percent, about, now),
        "stage": str(shown),
        "stage_progress": 100.0 if shown is JobStatus.COMPLETED else float(percent),
        "status": str(shown),
        "eta_seconds": 0,
        _ENDS[shown]: int(ended.timestamp()),
        "metadata": {**_metadata(about), "phase": str(shown), **error},
    }


def cancelled_unseen(job_id: str, about: About, now: datetime) -> dict[str, Any]:
    """Compose the end of a job that was cancelled before any of ours was made."""
    return {
        **_frame(job_id, 0, about, now),
        "stage": "cancelled",
        "stage_progress": 0.0,
        "status": "cancelled",
        "eta_seconds": 0,
        "cancelled_at": int(now.timestamp()),
        "metadata": {**_metadata(about), "phase": "cancelled"},
    }


def _frame(job_id: str, percent: int, about: About, now: datetime) -> dict[str, Any]:
    moment = int(now.timestamp())
    return {
        "job_id": job_id,
        "overall_progress": float(percent),
        "started_at": about.started_at or moment,
        "last_updated": moment,
    }


def _metadata(about: About) -> dict[str, Any]:
    return {"semester": about.semester, "academic_year": about.academic_year}

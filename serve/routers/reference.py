"""Answers in the shapes that the reference ERP expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import JSONResponse

from serve.ports import Enqueued, Job
from serve.services import Services

__all__ = ["cancelled", "started", "variants_view"]


def started(services: Services, job_id: str, enqueued: Enqueued | None) -> JSONResponse:
    """Answer a start: 200, as any other status makes the ERP give the job up."""
    if enqueued is None:
        seconds, status = 0, "cancelled"
    else:
        seconds, status = services.jobs.estimated_seconds(enqueued.job), "started"
    return JSONResponse(
        {
            "job_id": job_id,
            "status": status,
            "message": f"The generation of five variants is {status}.",
            "estimated_time_minutes": round(seconds / 60, 1),
        }
    )


def cancelled(job_id: str) -> JSONResponse:
    """Answer a cancellation."""
    return JSONResponse(
        {
            "job_id": job_id,
            "status": "cancellation_requested",
            "message": "The job ends as cancelled within seconds.",
        }
    )


def variants_view(job: Job, variants: Sequence[Mapping[str, Any]]) -> JSONResponse:
    """Answer a reading of variants; ids and names are those that the ERP looks for."""
    return JSONResponse(
        {
            "job_id": job.job_id,
            "status": str(job.status),
            "variants": [
                {
                    **variant,
                    "id": f"{job.job_id}-variant-{place}",
                    "name": variant["label"],
                }
                for place, variant in enumerate(variants, 1)
            ],
            "timetable": {"variants_count": len(variants)},
            "metadata": {
                "job_id": job.job_id,
                "semester": job.scope.semester,
                "academic_year": job.scope.academic_year,
            },
        }
    )

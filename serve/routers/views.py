"""How jobs are shown."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from serve.ports import Enqueued, Job
from serve.schemas import Accepted, JobView
from serve.services import Services

__all__ = ["accepted", "job_view", "links_of"]

_RETRY_SECONDS = "2"


def links_of(job_id: str) -> dict[str, str]:
    """Where to go on with a job."""
    return {
        "progress": f"/api/progress/{job_id}",
        "result": f"/api/result/{job_id}",
        "variants": f"/api/variants/{job_id}",
        "events": f"/api/events/{job_id}",
        "socket": f"/ws/progress/{job_id}",
        "cancel": f"/api/cancel/{job_id}",
        "finish": f"/api/finish/{job_id}",
    }


def job_view(job: Job) -> JobView:
    """Show a stored job."""
    return JobView(
        job_id=job.job_id,
        status=job.status,
        progress=job.progress,
        department_id=job.scope.department_id,
        batch_id=job.scope.batch_id,
        semester=job.scope.semester,
        academic_year=job.scope.academic_year,
        error_message=job.error_message,
        errors=[dict(issue) for issue in job.issues],
        time_limit_seconds=job.time_limit_seconds,
        seed=job.seed,
        created_by=job.created_by,
        created_at=job.created_at,
        updated_at=job.updated_at,
        completed_at=job.completed_at,
        links=links_of(job.job_id),
    )


def accepted(services: Services, enqueued: Enqueued) -> JSONResponse:
    """Answer a submission: 202, or 200 to an ERP that wants it so."""
    job, status = enqueued.job, services.settings.start_status
    seconds = services.jobs.estimated_seconds(job)
    shown = "started" if status == 200 else str(job.status)
    body = Accepted(
        job_id=job.job_id,
        status=shown,
        message=f"The generation of five variants is {shown}.",
        estimated_time_seconds=seconds,
        estimated_time_minutes=round(seconds / 60, 1),
        links=links_of(job.job_id),
    )
    return JSONResponse(body.model_dump(), status, headers=headers_of(enqueued))


def headers_of(enqueued: Enqueued) -> dict[str, str]:
    """Headers of every answer to a submission."""
    headers = {
        "Location": f"/api/progress/{enqueued.job.job_id}",
        "Retry-After": _RETRY_SECONDS,
    }
    if enqueued.replayed:
        headers["Idempotent-Replayed"] = "true"
    return headers

"""The paths that an ERP calls; answers are persistent state joined with live state."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from serve.dependencies import Caller, Face
from serve.intake import Intake
from serve.ports import Scope
from serve.schemas import ErpAccepted, ErpGenerate, JobView, ProgressView, ResultView

from .generation import IdempotencyKey
from .jobs import progress as progress_of_job
from .jobs import result as result_of_job
from .spelling import BothSpellings
from .views import headers_of, job_view

__all__ = ["router"]

router = BothSpellings(tags=["erp"])


@router.post("/api/generation-jobs/generate/", status_code=201)
@router.post("/api/timetable/generate/", status_code=201)
def generate(
    body: ErpGenerate,
    caller: Caller,
    services: Face,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ErpAccepted:
    """Create a job from the ERP's catalogue."""
    intake = Intake(
        source="catalogue",
        scope=Scope(
            department_id=body.department_id,
            batch_id=body.batch_id,
            semester=body.semester,
            academic_year=body.academic_year,
        ),
        time_limit_seconds=body.time_limit_seconds,
        seed=body.seed,
    )
    enqueued = services.jobs.submit(caller, intake, idempotency_key=idempotency_key)
    if not enqueued.replayed:
        services.metrics.submissions.labels("catalogue").inc()
    response.headers.update(headers_of(enqueued))
    job = enqueued.job
    return ErpAccepted(
        message="The generation of five variants is queued.",
        job_id=job.job_id,
        status=job.status,
        estimated_time_seconds=services.jobs.estimated_seconds(job),
        job=job_view(job),
    )


@router.get("/api/generation-jobs/{job_id}/status/")
@router.get("/api/timetable/status/{job_id}/")
def status(job_id: str, caller: Caller, services: Face) -> JobView:
    """A job's state; the percentage is the live one."""
    view = job_view(services.jobs.get(caller, job_id))
    live = services.jobs.progress(caller, job_id)
    return view.model_copy(
        update={"status": str(live["status"]), "progress": live["progress"]}
    )


@router.get("/api/generation-jobs/{job_id}/progress/", response_model=ProgressView)
def progress(job_id: str, caller: Caller, services: Face) -> dict[str, Any]:
    """How far a job is."""
    return progress_of_job(job_id, caller, services)


@router.get("/api/generation-jobs/{job_id}/result/", response_model=ResultView)
def result(job_id: str, caller: Caller, services: Face) -> dict[str, Any]:
    """The five variants with their entries; 409 while there are none."""
    return result_of_job(job_id, caller, services)

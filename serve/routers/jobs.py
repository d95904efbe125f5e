"""Looking at a job: progress and result."""

from __future__ import annotations

from typing import Any

from erp_bridge.comparison import pareto_front
from serve.dependencies import Caller, Face
from serve.schemas import ProgressView, ResultView

from .spelling import BothSpellings

__all__ = ["progress", "result", "router"]

router = BothSpellings(tags=["jobs"])


@router.get("/api/progress/{job_id}", response_model=ProgressView)
def progress(job_id: str, caller: Caller, services: Face) -> dict[str, Any]:
    """How far a job is."""
    return services.jobs.progress(caller, job_id)


@router.get("/api/result/{job_id}", response_model=ResultView)
def result(job_id: str, caller: Caller, services: Face) -> dict[str, Any]:
    """The five variants with their entries; 409 while there are none."""
    job, variants = services.jobs.variants(caller, job_id, entries=True)
    return {
        "job_id": job.job_id,
        "status": str(job.status),
        "completed_at": job.completed_at,
        "variants": [dict(variant) for variant in variants],
        "pareto_front": pareto_front(variants),
        "manifest": dict(job.manifest or {}),
    }

"""Looking at variants: summaries, one of them, the difference of two."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import JSONResponse

from erp_bridge.comparison import pareto_front
from serve.dependencies import Caller, Face
from serve.exceptions import Forbidden
from serve.schemas import VariantsView
from serve.security import Role

from .reference import variants_view
from .spelling import BothSpellings

__all__ = ["router"]

router = BothSpellings(tags=["variants"])

_Number = Annotated[int, Query(ge=1, le=99)]


@router.get("/api/variants/{job_id}", response_model=VariantsView)
def variants(
    job_id: str, caller: Caller, services: Face
) -> dict[str, Any] | JSONResponse:
    """All variants without their entries."""
    if caller.role is Role.ERP:
        if services.reference is None:
            raise Forbidden("No ERP calls this service.")
        return variants_view(*services.reference.variants(caller, job_id))
    job, found = services.jobs.variants(caller, job_id, entries=False)
    return {
        "job_id": job.job_id,
        "status": str(job.status),
        "variants": [dict(variant) for variant in found],
        "pareto_front": pareto_front(found),
    }


@router.get("/api/variants/{job_id}/compare")
def compare(
    job_id: str, caller: Caller, services: Face, a: _Number, b: _Number
) -> dict[str, Any]:
    """What moved between two variants, and what each costs more."""
    return services.jobs.comparison(caller, job_id, a, b)


@router.get("/api/variants/{job_id}/{number}")
def variant(job_id: str, number: int, caller: Caller, services: Face) -> dict[str, Any]:
    """One variant with its entries."""
    return dict(services.jobs.variant(caller, job_id, number))

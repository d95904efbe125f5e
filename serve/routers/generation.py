"""Starting generations, and stopping them."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from fastapi import Depends, Header
from fastapi.responses import JSONResponse

from serve.dependencies import Caller, ErpCall, Face, in_thread, read_submission
from serve.exceptions import Forbidden
from serve.intake import Intake
from serve.reference import ReferenceService
from serve.schemas import Accepted, Formulation, JobView
from serve.security import Principal, Role
from serve.services import Services

from . import reference
from .spelling import BothSpellings
from .views import accepted, job_view

__all__ = ["BODY", "router"]

router = BothSpellings(tags=["generation"])

Submitted = Annotated[Intake | None, Depends(read_submission)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        description="Honored for 24 h: the same submission gets the first answer.",
    ),
]

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/CatalogueGenerate"},
                        {"$ref": "#/components/schemas/InstitutionGenerate"},
                        {
                            "title": "Institution document",
                            "type": "object",
                            "required": ["schema_version"],
                        },
                    ]
                }
            },
            "application/xml": {"schema": {"type": "string", "title": "ITC-2019"}},
            "text/plain": {
                "schema": {"type": "string", "title": "ITC-2007 .ctt, .ectt or .tim"}
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "time_limit_seconds": {"type": "number"},
                        "seed": {"type": "integer"},
                        "formulation": {"enum": list(get_args(Formulation))},
                    },
                }
            },
        },
    }
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": Accepted, "description": "Accepted, for an ERP that wants 200."},
    202: {"model": Accepted, "description": "Accepted."},
}


@router.post(
    "/api/generate_variants", status_code=202, responses=_ANSWERS, openapi_extra=BODY
)
@router.post("/api/generate", include_in_schema=False)
async def generate_variants(
    caller: Caller,
    services: Face,
    call: ErpCall,
    intake: Submitted,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """Start the generation of five variants.

    The body is an institution document, `{"institution": ...}`, a reference
    `{"catalogue": ...}` to the ERP's tables, or an upload of a file.
    """
    if call is not None and services.reference is not None:
        return await in_thread(_start_of_erp, caller, services, call)
    assert intake is not None
    enqueued = await in_thread(
        services.jobs.submit, caller, intake, idempotency_key=idempotency_key
    )
    if not enqueued.replayed:
        services.metrics.submissions.labels(intake.source).inc()
    return accepted(services, enqueued)


@router.post("/api/generate/{job_id}", status_code=202, responses=_ANSWERS)
def generate_job(job_id: str, caller: Caller, services: Face) -> JSONResponse:
    """Start a job whose row or queue entry the ERP has written; may be repeated."""
    if services.reference is not None and services.reference.covers(caller):
        enqueued = services.reference.start_known(caller, job_id)
        if caller.role is Role.ERP:
            return reference.started(services, enqueued.job.job_id, enqueued)
        return accepted(services, enqueued)
    return accepted(services, services.jobs.start(caller, job_id))


@router.post("/api/cancel/{job_id}", status_code=202, response_model=JobView)
def cancel(job_id: str, caller: Caller, services: Face) -> JobView | JSONResponse:
    """Stop a job and discard what it found."""
    if caller.role is Role.ERP:
        return reference.cancelled(_reference(services).cancel(caller, job_id))
    return job_view(services.jobs.stop(caller, job_id, "cancel"))


def _start_of_erp(
    caller: Principal, services: Services, call: dict[str, Any]
) -> JSONResponse:
    job_id, enqueued = _reference(services).start(caller, call)
    if enqueued is not None and not enqueued.replayed:
        services.metrics.submissions.labels("reference").inc()
    return reference.started(services, job_id, enqueued)


def _reference(services: Services) -> ReferenceService:
    if services.reference is None:
        raise Forbidden("No ERP calls this service.")
    return services.reference


@router.post("/api/finish/{job_id}", status_code=202)
def finish(job_id: str, caller: Caller, services: Face) -> JobView:
    """Stop a job now and keep the best that it found."""
    return job_view(services.jobs.stop(caller, job_id, "finish"))

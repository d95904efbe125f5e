"""Checking an input without a job, and explaining a variant."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Query

from serve.dependencies import Caller, Face, in_thread, read_intake
from serve.intake import Intake
from serve.schemas import DiagnosisView, ExplanationView

from .generation import BODY
from .spelling import BothSpellings

__all__ = ["router"]

router = BothSpellings(tags=["diagnosis"])


@router.post("/api/validate", response_model=DiagnosisView, openapi_extra=BODY)
async def validate(
    caller: Caller, services: Face, intake: Annotated[Intake, Depends(read_intake)]
) -> dict[str, Any]:
    """Check an input without starting a job; the body is that of a generation.

    Answers 422 with every finding when the input is wrong, and with a small set of
    clashing rules when no timetable can keep them all. `time_limit_seconds` (15 when
    not given, 60 at most) is for finding out the latter.
    """
    return await in_thread(services.diagnosis.validate, caller, intake)


@router.get("/api/variants/{job_id}/{number}/explain", response_model=ExplanationView)
def explain(
    job_id: str,
    number: Annotated[int, Path(ge=1, le=99)],
    caller: Caller,
    services: Face,
    top: Annotated[int, Query(ge=1, le=10_000, description="Most items.")] = 100,
) -> dict[str, Any]:
    """Where a variant's cost comes from, the most expensive first."""
    return services.diagnosis.explain(caller, job_id, number, top)

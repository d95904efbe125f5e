"""Rows of ``generation_jobs`` to records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from .records import ClaimedJob, JobRecord, JobStatus, Scope
from .tables import GenerationJob

__all__ = ["RECORD", "claim_of", "record_of"]

_UNRECORDED = frozenset({"input", "input_hash"})

RECORD = tuple(
    getattr(GenerationJob, name)
    for name in GenerationJob.__table__.columns.keys()
    if name not in _UNRECORDED
)
"""All columns but the input, which may be large."""


def record_of(row: Row[Any]) -> JobRecord:
    """Turn a row of :data:`RECORD` into a record."""
    return JobRecord(
        job_id=str(row.job_id),
        tenant=row.tenant,
        status=JobStatus(row.status),
        progress=row.progress,
        scope=Scope(
            department_id=row.department_id,
            batch_id=row.batch_id,
            semester=row.semester,
            academic_year=row.academic_year,
        ),
        source=row.source,
        time_limit_seconds=row.time_limit_seconds,
        seed=row.seed,
        created_by=row.created_by_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        completed_at=row.completed_at,
        error_message=row.error_message,
        issues=tuple(row.issues),
        last_progress=row.last_progress,
        manifest=row.manifest,
        fingerprint=row.fingerprint,
    )


def claim_of(row: Row[Any]) -> ClaimedJob:
    """Turn a row of :data:`RECORD` into a claim."""
    return ClaimedJob(
        job_id=str(row.job_id),
        fencing_token=row.fencing_token,
        attempt=row.attempt,
        time_limit_seconds=row.time_limit_seconds,
        seed=row.seed,
        options=row.options,
        progress=row.progress,
        sequence=row.sequence,
    )

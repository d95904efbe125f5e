"""Variants of a job: saved inside the transaction of its end, and read back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol, cast

import numpy as np
from sqlalchemy import Row, Table, func, insert, select
from sqlalchemy.orm import Session

from solvers.model import Instance, Timetable
from solvers.verification import Verification

from .copying import copy_rows
from .entries import KEPT_ONLY, entries_of
from .inputs import details_of
from .tables import GenerationJob, TimetableEntry, TimetableVariant
from .tables import Timetable as TimetableRow

__all__ = [
    "Outcome",
    "load_timetable",
    "load_variants",
    "num_entries",
    "save_variants",
    "variant_view",
]

_INT = np.dtype("<i4")
_ENTRY = tuple(
    getattr(TimetableEntry, name)
    for name in TimetableEntry.__table__.columns.keys()
    if name not in ("timetable_id", "position", *KEPT_ONLY)
)


class StageReport(Protocol):
    """What a stage told of itself."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""


class Outcome(Protocol):
    """One variant as the cluster hands it over; see ``cluster.outcome``."""

    @property
    def number(self) -> int:
        """1 to 5."""

    @property
    def priority(self) -> str:
        """Weight profile, for programs."""

    @property
    def label(self) -> str:
        """Weight profile, for people."""

    @property
    def focus(self) -> str:
        """Criterion in focus, empty for none."""

    @property
    def weights(self) -> Mapping[str, int]:
        """Weight by criterion."""

    @property
    def timetable(self) -> Timetable:
        """The timetable."""

    @property
    def verification(self) -> Verification:
        """What the independent verifier found."""

    @property
    def stages(self) -> tuple[StageReport, ...]:
        """Reports of the stages."""

    @property
    def seconds(self) -> float:
        """Wall seconds."""

    @property
    def seed(self) -> int:
        """Seed of its search."""

    @property
    def adopted_from(self) -> int | None:
        """Variant whose timetable it took over."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know."""


def variant_id_of(job_id: uuid.UUID, number: int) -> uuid.UUID:
    """Id of a variant; the same however often it is saved."""
    return uuid.uuid5(job_id, f"variant {number}")


def variant_view(outcome: Outcome, variant_id: str) -> dict[str, Any]:
    """Show a variant without its entries; JSON-ready."""
    found = outcome.verification
    return {
        "variant_id": variant_id,
        "number": outcome.number,
        "priority": outcome.priority,
        "label": outcome.label,
        "focus": outcome.focus,
        "weights": dict(outcome.weights),
        "criteria": dict(found.criteria),
        "cost": found.cost,
        "hard_violations": found.total_hard,
        "verified": found.feasible,
        "verification": {
            "feasible": found.feasible,
            "hard_violations": dict(found.hard_violations),
        },
        "stages": [stage.to_dict() for stage in outcome.stages],
        "warnings": list(outcome.warnings),
        "seconds": round(outcome.seconds, 3),
        "seed": outcome.seed,
        "adopted_from": outcome.adopted_from,
    }


def save_variants(
    session: Session, job: Row[Any], instance: Instance, outcomes: Sequence[Outcome]
) -> None:
    """Save variants, timetables and entries.

    Parameters
    ----------
    session
        Open transaction.
    job
        The job's row.
    instance
        The problem.
    outcomes
        The variants.
    """
    details = details_of(job.source, _document(session, job))
    for outcome in outcomes:
        _save_variant(session, job, outcome)
        timetable_id = variant_id_of(job.job_id, outcome.number)
        entries = entries_of(instance, outcome.timetable, details)
        rows = (
            {"timetable_id": timetable_id, "position": position, **entry}
            for position, entry in enumerate(entries)
        )
        copy_rows(session.connection(), cast("Table", TimetableEntry.__table__), rows)


def _document(session: Session, job: Row[Any]) -> bytes:
    query = select(GenerationJob.input).where(GenerationJob.job_id == job.job_id)
    return session.execute(query).scalar_one() or b""


def _save_variant(session: Session, job: Row[Any], outcome: Outcome) -> None:
    variant_id = variant_id_of(job.job_id, outcome.number)
    view = variant_view(outcome, str(variant_id))
    renamed = {
        "variant_id": variant_id,
        "variant_number": view.pop("number"),
        "optimization_priority": view.pop("priority"),
    }
    session.execute(
        insert(TimetableVariant).values({**view, **renamed, "job_id": job.job_id})
    )
    timetable = outcome.timetable
    session.execute(
        insert(TimetableRow).values(
            timetable_id=variant_id,
            generation_job_id=job.job_id,
            tenant=job.tenant,
            variant_number=outcome.number,
            department_id=job.department_id,
            batch_id=job.batch_id,
            semester=job.semester,
            academic_year=job.academic_year,
            time_options=timetable.time_option.astype(_INT).tobytes(),
            room_options=timetable.room_option.astype(_INT).tobytes(),
            enrollments=timetable.enrollments.astype(_INT).tobytes(),
        )
    )


def load_variants(
    session: Session, job_id: str, tenant: str, *, entries: bool
) -> list[dict[str, Any]]:
    """Return a job's variants in order, with or without entries; JSON-ready."""
    query = (
        select(TimetableVariant)
        .join(GenerationJob)
        .where(GenerationJob.job_id == uuid.UUID(job_id))
        .where(GenerationJob.tenant == tenant)
        .order_by(TimetableVariant.variant_number)
    )
    views = [_view_of(row) for row in session.execute(query).scalars()]
    if entries:
        by_variant = _entries_by_variant(session, job_id, tenant)
        for view in views:
            view["entries"] = by_variant.get(view["variant_id"], [])
    return views


def _view_of(row: TimetableVariant) -> dict[str, Any]:
    return {
        "variant_id": str(row.variant_id),
        "number": row.variant_number,
        "priority": row.optimization_priority,
        "label": row.label,
        "focus": row.focus,
        "weights": row.weights,
        "criteria": row.criteria,
        "cost": row.cost,
        "hard_violations": row.hard_violations,
        "verified": row.verified,
        "verification": row.verification,
        "stages": row.stages,
        "warnings": row.warnings,
        "seconds": row.seconds,
        "seed": row.seed,
        "adopted_from": row.adopted_from,
    }


def _entries_by_variant(
    session: Session, job_id: str, tenant: str
) -> dict[str, list[Any]]:
    query = (
        select(TimetableEntry.timetable_id, *_ENTRY)
        .join(TimetableRow)
        .where(TimetableRow.generation_job_id == uuid.UUID(job_id))
        .where(TimetableRow.tenant == tenant)
        .order_by(TimetableEntry.timetable_id, TimetableEntry.position)
    )
    names = [column.key for column in _ENTRY]
    return {
        str(timetable): [dict(zip(names, row[1:], strict=True)) for row in rows]
        for timetable, rows in groupby(session.execute(query), lambda row: row[0])
    }


def num_entries(session: Session, job_id: str) -> int:
    """Count the entries of all variants of a job."""
    query = (
        select(func.count())
        .select_from(TimetableEntry)
        .join(TimetableRow)
        .where(TimetableRow.generation_job_id == uuid.UUID(job_id))
    )
    return session.execute(query).scalar_one()


def load_timetable(
    session: Session, job_id: str, tenant: str, number: int
) -> Timetable | None:
    """Return a variant's timetable exactly as it was saved, None if there is none."""
    query = select(TimetableRow).where(
        TimetableRow.timetable_id == variant_id_of(uuid.UUID(job_id), number),
        TimetableRow.tenant == tenant,
    )
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        return None
    return Timetable(
        np.frombuffer(row.time_options, _INT),
        np.frombuffer(row.room_options, _INT),
        np.frombuffer(row.enrollments, _INT).reshape((-1, 2)),
    )

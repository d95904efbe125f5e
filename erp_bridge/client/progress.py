"""How far a job is: frozen records, made of progress messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from erp_bridge.records import JobStatus

__all__ = ["Progress", "VariantProgress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantProgress:
    """How far one of the five variants is.

    ``percent`` is 0 to 100; the other two are those of its best timetable so far, None
    before the first.
    """

    number: int
    priority: str
    percent: int
    stage: str
    hard_violations: int | None
    cost: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is.

    Parameters
    ----------
    job_id, status
        Which job, and its state.
    percent
        0 to 100, never less than in the record before.
    sequence
        Number of the message, never less than in the record before.
    stage, message
        What happens, for programs and for people.
    variant
        Variant that the message is about, None for the whole job.
    hard_violations, cost
        Of the best timetable so far, None before the first.
    eta_seconds, elapsed_seconds
        Seconds to the end, and since the start of the search; None where unknown.
    variants
        Each variant's own progress, empty before the search.
    updated_at
        When this was so.
    """

    job_id: str
    status: JobStatus
    percent: int
    sequence: int
    stage: str
    message: str
    variant: int | None
    hard_violations: int | None
    cost: int | None
    eta_seconds: float | None
    elapsed_seconds: float | None
    variants: tuple[VariantProgress, ...]
    updated_at: datetime

    @property
    def is_last(self) -> bool:
        """Whether the job has ended."""
        return self.status.ended

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Progress:
        """Read a progress message."""
        incumbent = message.get("incumbent") or {}
        return cls(
            job_id=message["job_id"],
            status=JobStatus(message["status"]),
            percent=message["progress"],
            sequence=message["sequence"],
            stage=message["stage"],
            message=message["message"],
            variant=message.get("variant"),
            hard_violations=incumbent.get("hard"),
            cost=incumbent.get("soft"),
            eta_seconds=message.get("eta_seconds"),
            elapsed_seconds=message.get("elapsed_seconds"),
            variants=tuple(_variant_progress(v) for v in message.get("variants", ())),
            updated_at=datetime.fromisoformat(message["updated_at"]),
        )


def _variant_progress(told: Mapping[str, Any]) -> VariantProgress:
    return VariantProgress(
        number=told["number"],
        priority=told["priority"],
        percent=told["progress"],
        stage=told["stage"],
        hard_violations=told["hard"],
        cost=told["cost"],
    )

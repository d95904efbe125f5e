"""What the ERP asks for: the body of its call, its row, its queue entry. Pure.

All three say the same in the same words, some leave parts out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from erp_bridge.catalogue.snapshot import Week
from erp_bridge.catalogue.wishes import TermWishes
from erp_bridge.records import JobDraft, Scope
from solvers.exceptions import InputError, Issue

__all__ = [
    "ReferenceStart",
    "TimeConfig",
    "draft_of",
    "priority_of",
    "start_of",
    "week_of",
]

_SEED_BITS = 31
_PRIORITIES = {"high": 1, "normal": 0, "low": -1}
_PRINTABLE = r"^[^\x00-\x1f]*$"
_Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_PRINTABLE)]


class TimeConfig(BaseModel):
    """Layout of the week, as the ERP has resolved it."""

    model_config = ConfigDict(extra="ignore")

    working_days: int = Field(6, ge=1, le=7)
    slots_per_day: int = Field(8, ge=1, le=48)
    start_time: time = time(8)
    end_time: time = time(17)
    slot_duration_minutes: int = Field(60, ge=5, le=480)
    lunch_break_enabled: bool = True
    lunch_break_start: time | None = None
    lunch_break_end: time | None = None

    @model_validator(mode="after")
    def _room_for_a_slot(self) -> TimeConfig:
        minutes = [60 * t.hour + t.minute for t in (self.start_time, self.end_time)]
        if minutes[1] - minutes[0] < self.slot_duration_minutes:
            raise ValueError("end_time leaves no room for a slot after start_time")
        return self

    def week(self) -> Week:
        """Return the layout as the catalogue takes it."""
        return Week(**self.model_dump())


class ReferenceStart(BaseModel):
    """Body of the reference ERP's call; members it adds for itself are not read."""

    model_config = ConfigDict(extra="ignore")

    job_id: UUID
    organization_id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=300,
            description="Name, code or id of the organization.",
            validation_alias=AliasChoices("organization_id", "university_id"),
        ),
    ]
    department_id: _Name | None = None
    batch_ids: list[_Name] = []
    semester: Literal[1, 2]
    academic_year: _Name | None = None
    time_config: TimeConfig | None = None

    @field_validator("semester", mode="before")
    @classmethod
    def _half_year(cls, value: object) -> object:
        """The ERP's fallback spells the half-year in letters."""
        words = {"odd": 1, "even": 2, "1": 1, "2": 2}
        return (
            words.get(value.strip().lower(), value) if isinstance(value, str) else value
        )

    @field_validator("batch_ids", mode="before")
    @classmethod
    def _none_is_empty(cls, value: object) -> object:
        return [] if value is None else value

    @field_validator("batch_ids")
    @classmethod
    def _at_most_one(cls, value: list[str]) -> list[str]:
        if len(value) > 1:
            raise ValueError("name one batch, or none for all of them")
        return value

    @property
    def scope(self) -> Scope:
        """What of the catalogue; the semester is a half-year here."""
        return Scope(
            department_id=self.department_id,
            batch_id=self.batch_ids[0] if self.batch_ids else None,
            semester=self.semester,
            academic_year=self.academic_year,
        )

    @property
    def wishes(self) -> TermWishes:
        """Which half-year is planned, and in which week."""
        return TermWishes(
            semester_type="ODD" if self.semester == 1 else "EVEN",
            week=None if self.time_config is None else self.time_config.week(),
        )


def start_of(body: Mapping[str, Any]) -> ReferenceStart:
    """Read what the ERP asks for.

    Raises
    ------
    InputError
        With every finding and a pointer to it.
    """
    try:
        return ReferenceStart.model_validate(body)
    except ValidationError as error:
        raise InputError(_issues(error)) from error


def week_of(stored: object) -> Week | None:
    """Read the ``time_config`` of a row; None if it has none.

    Raises
    ------
    InputError
        If it makes no week.
    """
    if stored is None:
        return None
    try:
        return TimeConfig.model_validate(stored).week()
    except ValidationError as error:
        raise InputError(_issues(error, "/time_config")) from error


def priority_of(request: Mapping[str, Any]) -> int:
    """Read the ``priority`` of a row or queue entry; a call has none."""
    return _PRIORITIES.get(str(request.get("priority")).lower(), 0)


def draft_of(
    start: ReferenceStart, tenant: str, time_limit_seconds: float, priority: int = 0
) -> JobDraft:
    """Make a job of it; of one job id there is one job, whatever the body says.

    Parameters
    ----------
    start
        What was asked for.
    tenant
        Whose it is.
    time_limit_seconds
        Search seconds; the ERP does not ask for any.
    priority
        Higher goes first among the jobs of the tenant.
    """
    return JobDraft(
        job_id=str(start.job_id),
        tenant=tenant,
        created_by="erp",
        source="catalogue",
        scope=start.scope,
        time_limit_seconds=time_limit_seconds,
        seed=start.job_id.int % 2**_SEED_BITS,
        options=start.wishes.to_options(),
        priority=priority,
        fingerprint=f"reference:{start.job_id}",
    )


def _issues(error: ValidationError, root: str = "") -> list[Issue]:
    return [
        Issue(
            str(found["type"]),
            str(found["msg"]),
            root + "".join(f"/{part}" for part in found["loc"]),
        )
        for found in error.errors(include_url=False)
    ]

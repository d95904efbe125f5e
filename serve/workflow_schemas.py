"""Wire models of review and of published timetables."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "ChangesView",
    "Comments",
    "ConflictsView",
    "DepartmentTimetable",
    "FacultyTimetable",
    "JobDecision",
    "SelectVariant",
    "StudentTimetable",
    "WorkflowDetail",
    "WorkflowView",
    "WorkflowsView",
]

_Words = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SelectVariant(_Strict):
    """A variant, by its own id or by job and number."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"variant_id": "7f1b6f3e-6a53-5d0e-9d0f-0a6f5c1f2b11"},
                {
                    "job_id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
                    "variant_number": 1,
                },
            ]
        },
    )

    variant_id: str | None = None
    job_id: str | None = None
    variant_number: Annotated[int, Field(ge=1, le=99)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_job = self.job_id is not None, self.variant_number is not None
        if any(by_job) != all(by_job) or (self.variant_id is not None) == any(by_job):
            raise ValueError("either variant_id, or job_id and variant_number")
        return self


class Comments(_Strict):
    """What the actor says; required of who rejects or asks for a revision."""

    comments: _Words = ""


class JobDecision(_Strict):
    """A decision on all variants of a job."""

    action: Literal["approve", "reject"]
    comments: _Words = ""


class WorkflowView(BaseModel):
    """A selected variant on its way to publication."""

    id: str
    workflow_id: str
    job_id: str
    variant_number: int
    variant_id: str
    timetable_id: str
    status: str
    version: int
    department_id: str | None
    batch_id: str | None
    semester: int | None
    academic_year: str | None
    created_by: str
    submitted_by: str | None
    decided_by: str | None
    published_by: str | None
    comments: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    published_at: datetime | None
    allowed_actions: list[str]
    links: dict[str, str]


class WorkflowEventView(BaseModel):
    """One line of the audit."""

    action: str
    from_status: str | None
    to_status: str
    version: int | None
    variant_number: int | None
    actor: str
    actor_role: str
    comments: str
    at: datetime


class WorkflowDetail(WorkflowView):
    """A workflow with its audit, the oldest line first."""

    events: list[WorkflowEventView]


class WorkflowsView(BaseModel):
    """Workflows, the newest first."""

    count: int
    workflows: list[WorkflowView]


class ChangesView(BaseModel):
    """What a publication changes, or has changed."""

    workflow_id: str
    timetable_id: str
    against: dict[str, Any] | None
    unchanged: int
    moved: list[dict[str, Any]]
    reassigned: list[dict[str, Any]]
    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    criteria_deltas: dict[str, int]
    affected: dict[str, list[str]]


class PublishedTimetable(BaseModel):
    """Entries of live timetables by weekday and hour."""

    timetables: list[dict[str, Any]]
    entries: list[dict[str, Any]]


class FacultyTimetable(PublishedTimetable):
    """What a person teaches."""

    faculty_id: str


class StudentTimetable(PublishedTimetable):
    """What a person attends."""

    student_id: str
    batches: list[str]


class DepartmentTimetable(PublishedTimetable):
    """What a department teaches."""

    department_id: str


class ConflictsView(BaseModel):
    """All clashes of one timetable."""

    timetable_id: str
    job_id: str
    variant_number: int
    is_live: bool
    entries: int
    unplaced: int
    total: int
    counts: dict[str, int]
    conflicts: list[dict[str, Any]]

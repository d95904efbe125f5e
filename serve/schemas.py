"""Wire models: what requests and answers look like. They never enter ``solvers``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from solvers.exceptions import InputError, Issue

__all__ = [
    "BODY_MODELS",
    "Accepted",
    "CatalogueGenerate",
    "CatalogueReference",
    "DiagnosisView",
    "ErpAccepted",
    "ErpGenerate",
    "ExplanationView",
    "Formulation",
    "GenerateWishes",
    "InstitutionGenerate",
    "JobView",
    "Problem",
    "ProgressView",
    "ResultView",
    "TicketView",
    "VariantsView",
    "issues_of",
    "validated",
    "wishes_of",
]

_Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]

Formulation = Literal["UD1", "UD2", "UD3", "UD4", "UD5"]
"""Which components of a curriculum-based problem of ITC-2007 count."""

_Model = TypeVar("_Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GenerateWishes(BaseModel):
    """How a job is to be run; every member may be left out."""

    model_config = ConfigDict(extra="ignore")

    time_limit_seconds: Annotated[
        float | None,
        Field(gt=0, allow_inf_nan=False, description="Search seconds of the job."),
    ] = None
    seed: Annotated[
        int | None, Field(ge=0, lt=2**63, description="Seed of all randomness.")
    ] = None
    formulation: Annotated[
        Formulation | None,
        Field(description="Of a curriculum-based problem of ITC-2007; UD2 by default."),
    ] = None


class CatalogueReference(_Strict):
    """Part of the ERP's catalogue; what is absent is not narrowed."""

    department_id: _Name | None = None
    batch_id: _Name | None = None
    semester: Annotated[int, Field(ge=1, le=20)] | None = None
    academic_year: _Name | None = None


class CatalogueGenerate(GenerateWishes):
    """Generate from the ERP's catalogue."""

    model_config = ConfigDict(extra="forbid")

    catalogue: CatalogueReference
    profiles: list[dict[str, Any]] | None = Field(
        None, description="Five weight profiles in place of the shipped ones."
    )


class InstitutionGenerate(GenerateWishes):
    """Generate from an institution document."""

    model_config = ConfigDict(extra="forbid")

    institution: dict[str, Any]
    profiles: list[dict[str, Any]] | None = Field(
        None, description="Five weight profiles in place of the shipped ones."
    )


class ErpGenerate(_Strict):
    """Body of the ERP's own call."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "department_id": "CSE",
                    "batch_id": "2024-CSE-A",
                    "semester": 3,
                    "academic_year": "2024-25",
                }
            ]
        },
    )

    department_id: _Name | None = None
    batch_id: _Name | None = None
    semester: Annotated[int, Field(ge=1, le=20)]
    academic_year: _Name
    time_limit_seconds: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    seed: Annotated[int | None, Field(ge=0, lt=2**63)] = None


BODY_MODELS = (CatalogueGenerate, InstitutionGenerate)
"""Models of bodies that are read by hand."""


class ProblemItem(BaseModel):
    """One finding."""

    pointer: str
    code: str
    severity: str
    detail: str


class Problem(BaseModel):
    """A problem document of RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ProblemItem]


class Accepted(BaseModel):
    """A generation that was accepted."""

    job_id: str
    status: str
    message: str
    estimated_time_seconds: int
    estimated_time_minutes: float
    links: dict[str, str]


class ProgressView(BaseModel):
    """How far a job is."""

    model_config = ConfigDict(extra="allow")

    job_id: str
    status: str
    progress: Annotated[int, Field(ge=0, le=100)]
    stage: str
    variant: int | None
    sequence: int
    incumbent: dict[str, int] | None
    eta_seconds: float | None
    elapsed_seconds: float | None
    message: str
    variants: list[dict[str, Any]]
    updated_at: str


class JobView(BaseModel):
    """A job as the ERP family shows it."""

    job_id: str
    status: str
    progress: int
    department_id: str | None
    batch_id: str | None
    semester: int | None
    academic_year: str | None
    error_message: str
    errors: list[dict[str, Any]]
    time_limit_seconds: float
    seed: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    links: dict[str, str]


class ErpAccepted(BaseModel):
    """A job that the ERP's call created."""

    success: bool = True
    message: str
    job_id: str
    status: str
    estimated_time_seconds: int
    job: JobView


class VariantsView(BaseModel):
    """Summaries of a job's variants."""

    job_id: str
    status: str
    variants: list[dict[str, Any]]
    pareto_front: list[int]


class ResultView(VariantsView):
    """The variants with their entries, and how they were made."""

    completed_at: datetime | None
    manifest: dict[str, Any]


class DiagnosisView(BaseModel):
    """What is known of an input before any search."""

    verdict: str
    summary: str
    issues: list[ProblemItem]
    reduction: dict[str, Any]
    correction: dict[str, Any] | None
    seconds: float


class ExplanationView(BaseModel):
    """Where a variant's cost comes from."""

    job_id: str
    number: int
    cost: int
    feasible: bool
    hard_violations: int
    criteria: list[dict[str, Any]]
    types: list[dict[str, Any]]
    items: list[dict[str, Any]]
    items_left_out: dict[str, int]
    unplaced: list[dict[str, Any]]


class TicketView(BaseModel):
    """A ticket that opens one job's events once."""

    ticket: str
    expires_in_seconds: int


def _pointer(location: Iterable[object]) -> str:
    """JSON pointer of a pydantic location; the leading ``body`` goes without saying."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in location]
    return "".join(f"/{part}" for part in parts[parts[:1] == ["body"] :])


def issues_of(errors: Iterable[Any]) -> list[Issue]:
    """Translate pydantic's errors."""
    return [
        Issue(str(e["type"]), str(e["msg"]), _pointer(e.get("loc", ()))) for e in errors
    ]


def validated(model: type[_Model], value: object) -> _Model:
    """Validate, with InputError in place of pydantic's own error."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InputError(issues_of(error.errors(include_url=False))) from error


def wishes_of(fields: Mapping[str, str]) -> GenerateWishes:
    """Read the wishes among the fields of a form."""
    return validated(GenerateWishes, dict(fields))

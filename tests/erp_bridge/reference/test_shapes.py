"""Values in Redis, as the ERP's pages take them apart."""

from datetime import UTC, datetime
from typing import Any

import pytest

from erp_bridge.records import JobRecord, JobStatus, Scope
from erp_bridge.reference.shapes import (
    About,
    cancelled_unseen,
    progress_of_message,
    progress_of_record,
)
from tests.erp_bridge.conftest import message

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ALWAYS = {
    "job_id",
    "stage",
    "stage_progress",
    "overall_progress",
    "status",
    "eta_seconds",
    "started_at",
    "last_updated",
    "metadata",
}


def record(status: JobStatus, **changes: Any) -> JobRecord:
    values: dict[str, Any] = {
        "job_id": "j",
        "tenant": "t",
        "status": status,
        "progress": 40,
        "scope": Scope(semester=1, academic_year="2024-2025"),
        "source": "catalogue",
        "time_limit_seconds": 9.0,
        "seed": 1,
        "created_by": "erp",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return JobRecord(**(values | changes))


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        ("starting", "loading"),
        ("loading", "loading"),
        ("warming", "loading"),
        ("communities", "clustering"),
        ("cpsat", "cpsat_solving"),
        ("shared", "ga_optimization"),
        ("genetic", "ga_optimization"),
        ("refinement", "rl_refinement"),
        ("verification", "rl_refinement"),
        ("news", "ga_optimization"),
    ],
)
def test_a_running_job_has_all_members(stage: str, shown: str) -> None:
    """Numbers are floats where the ERP says so; the stage is one that it draws."""
    about = About(semester=1, academic_year="2024-2025", started_at=5)
    value = progress_of_message(message("j", 1, 40, stage=stage), 40, about, NOW)
    assert set(value) == ALWAYS
    assert value["stage"] == shown
    assert isinstance(value["overall_progress"], float)
    assert (value["status"], value["started_at"]) == ("running", 5)
    assert value["metadata"]["semester"] == 1
    assert value["metadata"]["academic_year"] == "2024-2025"


@pytest.mark.parametrize(
    ("status", "end", "percent"),
    [
        (JobStatus.COMPLETED, "completed_at", 100.0),
        (JobStatus.APPROVED, "completed_at", 100.0),
        (JobStatus.FAILED, "failed_at", 40.0),
        (JobStatus.CANCELLED, "cancelled_at", 40.0),
    ],
)
def test_an_end_says_when(status: JobStatus, end: str, percent: float) -> None:
    value = progress_of_record(record(status, error_message="why"), NOW)
    assert set(value) == ALWAYS | {end}
    assert value["stage"] == value["status"] == end.removesuffix("_at")
    assert value["overall_progress"] == percent
    assert value["metadata"]["error"] == "why"


def test_a_waiting_job_is_initializing() -> None:
    value = progress_of_record(record(JobStatus.QUEUED, progress=0), NOW)
    assert (value["status"], value["stage"]) == ("queued", "initializing")


def test_a_job_that_has_told_nothing_yet_is_loading() -> None:
    value = progress_of_record(record(JobStatus.RUNNING, progress=0), NOW)
    assert (value["status"], value["stage"]) == ("running", "loading")


def test_the_erp_may_have_ended_it_otherwise() -> None:
    """A job that was done when it was cancelled there."""
    value = progress_of_record(record(JobStatus.COMPLETED), NOW, JobStatus.CANCELLED)
    assert (value["status"], "cancelled_at" in value) == ("cancelled", True)


def test_a_job_that_was_never_seen_ends_too() -> None:
    value = cancelled_unseen("j", About(), NOW)
    assert set(value) == ALWAYS | {"cancelled_at"}

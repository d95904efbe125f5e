"""The ERP's calls, as it sends them and as it should not."""

import uuid
from datetime import time
from typing import Any

import pytest

from erp_bridge.catalogue.wishes import TermWishes
from erp_bridge.reference.requests import draft_of, start_of, week_of
from solvers.exceptions import InputError

JOB = "6f2c9f3a-6f65-4d0c-93a7-0a52c6d1a6b1"


def call(**changes: Any) -> dict[str, Any]:
    """The body as it was observed."""
    return {
        "job_id": JOB,
        "organization_id": "Acme University",
        "department_id": None,
        "batch_ids": [],
        "semester": 1,
        "academic_year": "2024-2025",
        "time_config": {
            "working_days": 6,
            "slots_per_day": 8,
            "start_time": "08:00",
            "end_time": "17:00",
            "slot_duration_minutes": 60,
            "lunch_break_enabled": True,
            "lunch_break_start": "12:00",
            "lunch_break_end": "13:00",
        },
        **changes,
    }


def test_a_call_becomes_a_job_of_the_half_year() -> None:
    draft = draft_of(start_of(call()), "acme", 9.0)
    assert (draft.job_id, draft.tenant, draft.time_limit_seconds) == (JOB, "acme", 9.0)
    assert draft.scope.semester == 1
    wishes = TermWishes.of(draft.options)
    assert wishes.semester_type == "ODD"
    assert wishes.week is not None
    assert wishes.week.lunch_break_start == time(12)
    assert wishes == start_of(call()).wishes


@pytest.mark.parametrize("semester", [2, "2", "even", "EVEN", " Even "])
def test_a_semester_is_a_half_year_in_any_spelling(semester: Any) -> None:
    start = start_of(call(semester=semester))
    assert (start.semester, start.wishes.semester_type) == (2, "EVEN")


def test_the_fallback_call_has_no_week() -> None:
    """``{job_id, organization_id, semester, academic_year, quality_mode}``."""
    body = {
        "job_id": JOB,
        "organization_id": "Acme University",
        "semester": "odd",
        "academic_year": "2024-2025",
        "quality_mode": "balanced",
    }
    assert start_of(body).wishes == TermWishes(semester_type="ODD")


def test_the_lunch_break_may_be_null() -> None:
    off = {
        "lunch_break_enabled": False,
        "lunch_break_start": None,
        "lunch_break_end": None,
    }
    week = start_of(call(time_config=off)).wishes.week
    assert week is not None
    assert not week.lunch_break_enabled


def test_two_bodies_of_one_id_are_one_submission() -> None:
    first = draft_of(start_of(call()), "acme", 9.0)
    again = draft_of(start_of(call(time_config=None, semester="odd")), "acme", 9.0)
    other = draft_of(start_of(call(job_id=str(uuid.uuid4()))), "acme", 9.0)
    assert first.fingerprint == again.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"job_id": "7"}, "/job_id"),
        ({"organization_id": ""}, "/organization_id"),
        ({"semester": 3}, "/semester"),
        ({"semester": None}, "/semester"),
        ({"batch_ids": ["a", "b"]}, "/batch_ids"),
        ({"time_config": {"working_days": 9}}, "/time_config/working_days"),
        ({"time_config": {"start_time": "25:00"}}, "/time_config/start_time"),
        ({"time_config": {"start_time": "18:00"}}, "/time_config"),
    ],
)
def test_what_is_wrong_has_a_pointer(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        start_of(call(**changes))
    assert [issue.pointer for issue in caught.value.issues] == [pointer]


def test_the_week_of_a_row_may_be_missing_or_wrong() -> None:
    assert week_of(None) is None
    with pytest.raises(InputError) as caught:
        week_of({"slots_per_day": 0})
    assert caught.value.issues[0].pointer == "/time_config/slots_per_day"

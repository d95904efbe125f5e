"""Lost starts, stops and queue entries, found without a call."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from erp_bridge import BridgeSettings, BridgeStores, JobStatus
from tests.erp_bridge.reference.conftest import ORGANIZATION, WEEK, Erp
from tests.erp_bridge.reference.test_requests import call

pytestmark = pytest.mark.integration


def _job(erp: Erp, job_id: str) -> Any:
    return erp.bridge.jobs.get(job_id, "default")


def _start(erp: Erp, job_id: str) -> Any:
    assert erp.bridge.reference is not None
    return erp.bridge.reference.start(erp.bridge.reference.read(call(job_id=job_id)))


def _cancel(erp: Erp, job_id: str) -> bool:
    assert erp.bridge.reference is not None
    return erp.bridge.reference.cancel(job_id)


def test_a_lost_start_is_taken_up_once(erp: Erp) -> None:
    """From the row alone; a call that comes after all finds the same job."""
    job_id = erp.insert()
    assert erp.progress(job_id) is None
    erp.tend()
    erp.tend()
    assert _job(erp, job_id).status is JobStatus.QUEUED
    assert erp.progress(job_id)["status"] == "queued"
    assert _start(erp, job_id).replayed
    assert erp.bridge.work.load_instance(job_id).num_days == WEEK["working_days"]


@pytest.mark.parametrize("age", [2, 200_000])
def test_young_and_ancient_rows_are_left_alone(erp: Erp, age: int) -> None:
    """The call of a young one is on its way; nobody waits for an ancient one."""
    job_id = erp.insert(age=age)
    erp.tend()
    assert _job(erp, job_id) is None
    assert erp.row(job_id).status == "running"


@pytest.mark.parametrize("status", ["completed", "failed", "approved", "pending"])
def test_rows_that_do_not_run_are_left_alone(erp: Erp, status: str) -> None:
    job_id = erp.insert(status)
    erp.tend()
    assert _job(erp, job_id) is None


def test_rows_of_another_organization_are_left_alone(erp: Erp) -> None:
    other = uuid.uuid4()
    erp.servers.run(
        "INSERT INTO organizations SELECT :id, 'ELSE', 'Elsewhere', org_type, address, "
        "city, state, country, pincode, phone, website, student_email_domain, "
        "faculty_email_domain, nep2020_enabled, academic_year_start_month, "
        "semester_system, created_at, updated_at, false FROM organizations LIMIT 1",
        id=other,
    )
    job_id = erp.insert(org=other)
    erp.tend()
    assert _job(erp, job_id) is None
    erp.servers.run("DELETE FROM public.generation_jobs")
    erp.servers.run("DELETE FROM public.organizations WHERE org_id = :id", id=other)


def test_a_lost_start_that_is_wrong_fails_with_the_reason(erp: Erp) -> None:
    job_id = erp.insert(data={"time_config": {**WEEK, "working_days": 0}})
    erp.tend()
    row = erp.row(job_id)
    assert row.status == "failed"
    assert "greater than or equal to 1" in row.error_message


def test_a_call_to_cancel_ends_a_waiting_job_and_its_row(erp: Erp) -> None:
    """The ERP marks the row after our answer; the next sweep ends it for good."""
    job_id = erp.insert()
    _start(erp, job_id)
    assert _cancel(erp, job_id)
    assert _job(erp, job_id).status is JobStatus.CANCELLED
    assert erp.progress(job_id)["status"] == "cancelled"
    erp.set_row(job_id, "cancelling")
    erp.tend()
    assert erp.row(job_id).status == "cancelled"
    assert erp.servers.redis.get(f"cancel:job:{job_id}")
    assert json.loads(erp.servers.redis.get(f"state:job:{job_id}"))["state"]


def test_a_running_job_heeds_call_row_and_flag(erp: Erp) -> None:
    """Each by itself; the flag may be any text."""
    for way in ("call", "row", "flag"):
        job_id = erp.insert()
        _start(erp, job_id)
        token = erp.claim(job_id)
        assert erp.bridge.work.requested_stop(job_id) is None
        if way == "call":
            assert _cancel(erp, job_id)
        elif way == "row":
            erp.set_row(job_id, "cancelling")
            erp.tend()
        else:
            erp.servers.redis.set(f"cancel:job:{job_id}", "true")
        assert erp.bridge.work.requested_stop(job_id) == "cancel"
        assert erp.bridge.work.cancelled(job_id, token)
        assert erp.row(job_id).status == "cancelled"
        assert erp.progress(job_id)["status"] == "cancelled"
        assert erp.row(job_id).timetable_data["time_config"] == WEEK


def test_a_job_that_was_never_seen_can_be_cancelled(erp: Erp) -> None:
    """Row and key end; the start that comes later starts nothing."""
    job_id = erp.insert()
    assert _cancel(erp, job_id)
    assert erp.row(job_id).status == "cancelled"
    assert erp.progress(job_id)["status"] == "cancelled"
    erp.set_row(job_id, "cancelling")
    assert _start(erp, job_id) is None
    erp.tend()
    assert erp.row(job_id).status == "cancelled"
    assert _job(erp, job_id) is None
    assert not _cancel(erp, str(uuid.uuid4()))


def test_a_result_that_was_cancelled_meanwhile_is_cancelled(erp: Erp) -> None:
    job_id = erp.insert()
    _start(erp, job_id)
    erp.set_row(job_id, "cancelling")
    erp.complete(job_id, erp.claim(job_id))
    assert erp.row(job_id).status == "cancelled"
    assert erp.progress(job_id)["status"] == "cancelled"


@pytest.mark.parametrize(
    "entry",
    [
        {"semester": 1, "academic_year": "2024-25", "department_id": "D0"},
        {
            "university_id": ORGANIZATION,
            "semester": "odd",
            "academic_year": "2024-2025",
            "generation_type": "full",
        },
    ],
)
def test_a_queue_entry_is_picked_up(erp: Erp, entry: dict[str, Any]) -> None:
    """In our words or in the ERP's, once."""
    job_id = str(uuid.uuid4())
    erp.servers.redis.set(f"generation_queue:{job_id}", json.dumps(entry))
    erp.tend()
    erp.tend()
    assert _job(erp, job_id).status is JobStatus.QUEUED
    assert erp.bridge.work.load_instance(job_id).num_events > 0


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        json.dumps({"tenant": "elsewhere", "semester": 1}),
        json.dumps({"organization_id": "Elsewhere", "semester": 1}),
        json.dumps({"semester": 1, "department_id": "nobody"}),
    ],
)
def test_a_queue_entry_that_is_wrong_harms_nothing(erp: Erp, text: str) -> None:
    """It is refused, and the good one beside it starts."""
    bad, good = str(uuid.uuid4()), str(uuid.uuid4())
    erp.servers.redis.set(f"generation_queue:{bad}", text)
    erp.servers.redis.set("generation_queue:not-an-id", text)
    erp.servers.redis.set(f"generation_queue:{good}", json.dumps({"semester": 1}))
    erp.tend()
    assert _job(erp, bad) is None
    assert _job(erp, good) is not None


def test_where_it_is_not_the_erp_its_rows_are_left_alone(
    erp: Erp, erp_settings: BridgeSettings
) -> None:
    job_id = erp.insert()
    erp.servers.redis.set(f"generation_queue:{job_id}", json.dumps({"semester": 1}))
    plain = BridgeStores(replace(erp_settings, reference=None))
    plain.work.tend()
    assert plain.reference is None
    assert plain.jobs.get(job_id, "default") is None
    plain.close()
    assert erp.row(job_id).status == "running"
    assert erp.progress(job_id) is None


def test_tables_that_are_not_the_erps_do_not_stop_the_queue(
    erp_settings: BridgeSettings,
) -> None:
    """A wrong schema is logged at every sweep; claims go on."""
    bridge = BridgeStores(replace(erp_settings, catalogue_schema="nowhere"))
    bridge.work.tend()
    assert bridge.work.claim("w", 60.0) is None
    bridge.close()

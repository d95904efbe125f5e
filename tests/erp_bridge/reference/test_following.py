"""Rows and keys of the ERP as our jobs go, over its own schema and a real Valkey."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, event

from erp_bridge import JobStatus, OtherOrganization
from erp_bridge.catalogue.wishes import TermWishes
from solvers import MaxRuntime, solve
from solvers.exceptions import InputError, Issue
from tests.erp_bridge.reference.conftest import WEEK, Erp
from tests.erp_bridge.reference.test_requests import call

pytestmark = pytest.mark.integration


def _start(erp: Erp, job_id: str, **changes: Any) -> Any:
    assert erp.bridge.reference is not None
    body = call(job_id=job_id, **changes)
    return erp.bridge.reference.start(erp.bridge.reference.read(body))


def _started(erp: Erp) -> tuple[str, int]:
    job_id = erp.insert()
    _start(erp, job_id)
    return job_id, erp.claim(job_id)


def _status(erp: Erp, job_id: str) -> JobStatus:
    job = erp.bridge.jobs.get(job_id, "default")
    assert job is not None
    return job.status


def test_a_job_goes_all_the_way(erp: Erp) -> None:
    """Its keys live with their lifetimes, its row merged, both spellings in entries."""
    job_id, token = _started(erp)
    assert erp.progress(job_id)["status"] == "running"
    erp.publish(job_id, 1, 40, stage="cpsat")
    live = erp.progress(job_id)
    assert (live["stage"], live["overall_progress"]) == ("cpsat_solving", 40.0)
    assert live["metadata"]["academic_year"] == "2024-2025"
    assert 7000 < erp.servers.redis.ttl(f"progress:job:{job_id}") <= 7200
    assert erp.servers.redis.get(f"start_time:job:{job_id}")
    instance = erp.bridge.work.load_instance(job_id)
    best = solve(instance, stop=MaxRuntime(6.0), seed=1).best
    erp.complete(job_id, token, best)

    row = erp.row(job_id)
    assert (row.status, row.progress, row.error_message) == ("completed", 100, None)
    assert row.completed_at is not None
    data = row.timetable_data
    assert (data["time_config"], data["priority"]) == (WEEK, "normal")
    assert data["variants_count"] == len(data["variants"]) == 5
    assert erp.progress(job_id)["status"] == "completed"
    result = json.loads(erp.servers.redis.get(f"result:job:{job_id}"))
    assert 86_000 < erp.servers.redis.ttl(f"result:job:{job_id}") <= 86_400
    assert all("timetable_entries" not in v for v in result["variants"])
    _check_variants(erp, job_id, data, instance.num_events)


def _check_variants(erp: Erp, job_id: str, data: Any, num_events: int) -> None:
    rooms = dict(erp.servers.run("SELECT room_id::text, room_number FROM public.rooms"))
    offerings = {
        row[0]
        for row in erp.servers.run("SELECT offering_id::text FROM course_offerings")
    }
    students = {
        row[0] for row in erp.servers.run("SELECT student_id::text FROM students")
    }
    ids = [variant["variant_id"] for variant in data["variants"]]
    assert ids == [f"{job_id}-variant-{n}" for n in range(1, 6)]
    for variant in data["variants"]:
        quality = variant["quality_metrics"]
        assert 0 <= quality["overall_score"] == variant["score"] <= 100
        assert (quality["hard_violations"] == 0) == (variant["score"] >= 50)
        assert len(variant["timetable_entries"]) == num_events
        for entry in variant["timetable_entries"]:
            assert entry["subject_code"] == entry["course_code"]
            assert entry["time_slot"] == f"{entry['start_time']}-{entry['end_time']}"
            assert entry["offering_id"] in offerings
            assert entry["course_id"].partition("_off_")[2][:36] == entry["offering_id"]
            assert entry["room_number"] == rooms[entry["room_id"]]
            assert uuid.UUID(entry["faculty_id"])
            assert set(entry["student_ids"]) <= students
            assert entry["enrolled_count"] == len(entry["student_ids"]) > 0
            assert (entry["batch_ids"], bool(entry["batch_name"])) == ([], True)
            assert entry["time_slot_id"] is not None


def test_the_week_of_the_call_decides(erp: Erp) -> None:
    """Two days, four slots: nothing meets outside them."""
    job_id = erp.insert()
    config = {
        **WEEK,
        "working_days": 2,
        "slots_per_day": 4,
        "lunch_break_enabled": False,
    }
    _start(erp, job_id, time_config=config)
    instance = erp.bridge.work.load_instance(job_id)
    assert instance.num_days == 2
    starts = {option.time.start for event in instance.events for option in event.times}
    assert len(starts) == 4


def test_the_fallback_call_finds_the_week_in_the_row(erp: Erp) -> None:
    data = {"time_config": {**WEEK, "working_days": 3}}
    job_id = erp.insert(data=data)
    _start(erp, job_id, time_config=None, semester="odd")
    assert erp.bridge.work.load_instance(job_id).num_days == 3


def test_the_call_may_come_before_the_row(erp: Erp) -> None:
    """The job runs; the row that is committed later gets its end."""
    job_id = str(uuid.uuid4())
    _start(erp, job_id)
    erp.complete(job_id, erp.claim(job_id))
    assert _status(erp, job_id) is JobStatus.COMPLETED
    late = erp.insert(id=job_id)
    erp.tend()
    row = erp.servers.run(
        "SELECT status FROM public.generation_jobs WHERE id = :i", i=job_id
    )
    assert (row[0][0], late != job_id) == ("completed", True)


def test_repeated_calls_are_one_job(erp: Erp) -> None:
    """In parallel, and in another spelling."""
    job_id = erp.insert()
    found: list[Any] = []

    def post() -> None:
        found.append(_start(erp, job_id))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    found.append(_start(erp, job_id, semester="odd", time_config=None))
    assert sorted(one.replayed for one in found) == [False] + [True] * 8
    assert erp.servers.run("SELECT count(*) FROM horarium.generation_jobs")[0][0] == 1


def test_another_organization_is_refused(erp: Erp) -> None:
    with pytest.raises(OtherOrganization):
        _start(erp, erp.insert(), organization_id="Elsewhere")
    for name in ("ACME", "ACME - Acme University", str(erp.org_id)):
        assert not _start(erp, erp.insert(), organization_id=name).replayed


def test_a_term_that_is_not_there_is_told_at_once(erp: Erp) -> None:
    with pytest.raises(InputError) as caught:
        _start(erp, erp.insert(), academic_year="1999-2000")
    assert caught.value.issues[0].code == "empty_term"


def test_a_failure_is_written_with_its_reason(erp: Erp) -> None:
    job_id, token = _started(erp)
    erp.bridge.work.fail(job_id, token, "It broke.", [Issue("x", "y" * 600)])
    row = erp.row(job_id)
    assert (row.status, len(row.error_message)) == ("failed", 500)
    assert row.timetable_data["time_config"] == WEEK
    shown = erp.progress(job_id)
    assert (shown["status"], shown["metadata"]["error"]) == ("failed", "It broke.")


@pytest.mark.parametrize("kept", ["approved", "rejected", "completed"])
def test_what_the_erp_has_decided_stays(erp: Erp, kept: str) -> None:
    """A late result un-approves nothing, nor does a late failure."""
    job_id, token = _started(erp)
    erp.set_row(job_id, kept)
    erp.complete(job_id, token)
    assert erp.row(job_id).status == kept
    assert "variants" not in erp.row(job_id).timetable_data


def test_a_row_without_an_object_gets_one(erp: Erp) -> None:
    for data in (None, [1]):
        job_id = erp.insert(data=data)
        _start(erp, job_id)
        erp.complete(job_id, erp.claim(job_id))
        assert len(erp.row(job_id).timetable_data["variants"]) == 5


def test_a_locked_row_is_written_by_the_next_sweep(erp: Erp) -> None:
    """Our job ends; Redis does not say so before the row does."""
    job_id, token = _started(erp)
    with erp.servers.engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE public.generation_jobs IN SHARE MODE")
        erp.complete(job_id, token)
        assert _status(erp, job_id) is JobStatus.COMPLETED
        assert erp.progress(job_id)["status"] == "running"
    assert erp.row(job_id).status == "running"
    erp.tend()
    assert erp.row(job_id).status == "completed"
    assert erp.progress(job_id)["status"] == "completed"


def test_progress_never_goes_back_and_an_end_stays(erp: Erp) -> None:
    job_id, token = _started(erp)
    erp.publish(job_id, 1, 40)
    erp.publish(job_id, 2, 30)
    assert erp.progress(job_id)["overall_progress"] == 40.0
    erp.complete(job_id, token)
    erp.publish(job_id, 3, 50)
    assert erp.progress(job_id)["status"] == "completed"


def test_nothing_is_lost_when_redis_forgets(erp: Erp) -> None:
    """While it waits, while it runs, and after its end."""
    waiting = erp.insert()
    _start(erp, waiting)
    erp.servers.redis.flushall()
    erp.tend()
    assert erp.progress(waiting)["status"] == "queued"
    token = erp.claim(waiting)
    erp.publish(waiting, 1, 20)
    erp.servers.redis.flushall()
    erp.publish(waiting, 2, 30)
    shown = erp.progress(waiting)
    assert (shown["overall_progress"], shown["metadata"]["semester"]) == (30.0, 1)
    erp.servers.redis.flushall()
    erp.complete(waiting, token)
    assert erp.row(waiting).status == "completed"
    assert erp.progress(waiting)["status"] == "completed"


def test_jobs_that_are_not_the_erps_leave_its_rows_alone(erp: Erp) -> None:
    from tests.erp_bridge.conftest import draft

    job = draft(tenant="default")
    erp.bridge.jobs.enqueue(job)
    erp.complete(job.job_id, erp.claim(job.job_id))
    assert erp.servers.run("SELECT count(*) FROM public.generation_jobs")[0][0] == 0


def test_wishes_survive_the_store() -> None:
    from erp_bridge.reference.requests import start_of

    wishes = start_of(call()).wishes
    assert TermWishes.of(json.loads(json.dumps(wishes.to_options()))) == wishes


def test_a_sweep_asks_of_all_rows_at_once(erp: Erp) -> None:
    """It stands between two claims, so it must not take long."""
    for _ in range(50):
        _start(erp, erp.insert())
    erp.tend()
    asked: list[str] = []

    def note(*words: Any) -> None:
        asked.append(words[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        erp.tend()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert 3 <= len(asked) <= 6, Counter(asked)

"""Faults that the reference ERP and its own engine are known for: none breaks ours."""

from __future__ import annotations

import json
import pickle
import uuid
import zlib
from collections.abc import Sequence
from typing import Any

import pytest

from erp_bridge import JobStatus
from erp_bridge.exceptions import StoreUnavailable
from erp_bridge.jobs import JobRepository
from solvers import MaxRuntime, solve
from solvers.exceptions import InputError
from solvers.model import Instance, Timetable
from tests.erp_bridge.documents import outcome
from tests.erp_bridge.reference.conftest import ORGANIZATION, WEEK, Erp
from tests.erp_bridge.reference.test_requests import call

pytestmark = pytest.mark.integration


def _start(erp: Erp, job_id: str, **changes: Any) -> Any:
    assert erp.bridge.reference is not None
    body = call(job_id=job_id, **changes)
    return erp.bridge.reference.start(erp.bridge.reference.read(body))


def _nothing(instance: Instance) -> Timetable:
    unplaced = [-1] * instance.num_events
    return Timetable.of(unplaced, unplaced, [])


def _solved(instance: Instance) -> Timetable:
    best = solve(instance, stop=MaxRuntime(3.0), seed=1).best
    assert best is not None
    return best


def _complete(erp: Erp, job_id: str, timetables: Sequence[Timetable]) -> None:
    token = erp.claim(job_id)
    instance = erp.bridge.work.load_instance(job_id)
    variants = [outcome(instance, n, found) for n, found in enumerate(timetables, 1)]
    assert erp.bridge.work.complete(job_id, token, instance, variants, {})


def _instance(erp: Erp, job_id: str) -> Instance:
    return erp.bridge.work.load_instance(job_id)


def test_names_of_organizations_are_not_unique(erp: Erp) -> None:
    """The tenant, which is a code, decides; rows of the namesake are left alone."""
    other = uuid.uuid4()
    assert erp.bridge.reference is not None
    erp.servers.run(
        "INSERT INTO organizations SELECT :id, 'TWIN', org_name, org_type, address, "
        "city, state, country, pincode, phone, website, student_email_domain, "
        "faculty_email_domain, nep2020_enabled, academic_year_start_month, "
        "semester_system, created_at, updated_at, true FROM organizations LIMIT 1",
        id=other,
    )
    try:
        for tenant in (ORGANIZATION, "default"):
            with pytest.raises(InputError, match="not the only one"):
                erp.bridge.catalogue.organization(tenant)
        assert erp.bridge.catalogue.organization("ACME").org_id != other
        assert erp.bridge.catalogue.organization("TWIN").org_id == other
    finally:
        erp.servers.run("DELETE FROM public.organizations WHERE org_id = :id", id=other)


def test_what_its_cache_pickles_is_not_read(erp: Erp) -> None:
    """Flags and queue entries that are no text, under our names or under its own."""
    pickled = zlib.compress(pickle.dumps({"job_id": "x"}))
    cancelled, unreadable, good = erp.insert(), str(uuid.uuid4()), str(uuid.uuid4())
    _start(erp, cancelled)
    erp.claim(cancelled)
    erp.servers.redis.set(f"cancel:job:{cancelled}", b"\x80\x04\x95" + pickled)
    assert erp.bridge.work.requested_stop(cancelled) == "cancel"
    other = erp.insert()
    erp.servers.redis.set(f"cancel:job:{other}", pickled)
    assert _start(erp, other) is None
    for name in (f"generation_queue:{unreadable}", f"sih28:1:generation_queue:{good}"):
        erp.servers.redis.set(name, pickled)
    erp.servers.redis.hset(f"generation_queue:{uuid.uuid4()}", "data", "x")
    erp.servers.redis.set(f"generation_queue:{good}", json.dumps({"semester": 1}))
    erp.tend()
    assert erp.bridge.jobs.get(unreadable, "default") is None
    assert erp.bridge.jobs.get(good, "default") is not None


def test_a_flag_may_be_of_any_type(erp: Erp) -> None:
    job_id = erp.insert()
    _start(erp, job_id)
    erp.claim(job_id)
    erp.servers.redis.hset(f"cancel:job:{job_id}", "reason", "user_requested")
    assert erp.bridge.work.requested_stop(job_id) == "cancel"


def test_a_retry_that_marked_the_row_failed_is_made_good(erp: Erp) -> None:
    """Its Celery task calls the job failed, calls again, and goes on."""
    job_id = erp.insert("failed")
    words = "Retry in 30s: 503"
    query = "UPDATE public.generation_jobs SET error_message = :w WHERE id = :i"
    erp.servers.run(query, w=words, i=job_id)
    assert not _start(erp, job_id).replayed
    _complete(erp, job_id, [_nothing(_instance(erp, job_id))] * 5)
    row = erp.row(job_id)
    assert (row.status, row.progress, row.error_message) == ("completed", 100, None)


def test_a_redelivered_call_of_a_finished_job_ends_again(erp: Erp) -> None:
    """The task sets the row to ``running`` once more; the result stays what it was."""
    job_id = erp.insert()
    _start(erp, job_id)
    _complete(erp, job_id, [_nothing(_instance(erp, job_id))] * 5)
    before = erp.row(job_id).timetable_data
    assert _start(erp, job_id).replayed
    erp.set_row(job_id, "running")
    erp.tend()
    row = erp.row(job_id)
    assert (row.status, row.timetable_data) == ("completed", before)
    assert erp.progress(job_id)["status"] == "completed"


def test_a_timetable_with_violations_is_no_hundred(erp: Erp) -> None:
    """Not even when it is the best of the run; every unplaced meeting is marked."""
    job_id = erp.insert()
    _start(erp, job_id)
    _complete(erp, job_id, [_nothing(_instance(erp, job_id))] * 5)
    for variant in erp.row(job_id).timetable_data["variants"]:
        quality = variant["quality_metrics"]
        assert 0 < quality["overall_score"] <= 25
        assert quality["hard_violations"] > 0
        assert quality["total_conflicts"] == variant["entry_count"] > 0
        assert all(entry["has_conflict"] for entry in variant["timetable_entries"])
        assert all(entry["day"] is None for entry in variant["timetable_entries"])


def test_the_best_variant_comes_first_and_is_the_same_everywhere(erp: Erp) -> None:
    """The ERP takes the first for chosen, and names variants by their places."""
    job_id = erp.insert()
    _start(erp, job_id)
    instance = _instance(erp, job_id)
    empty = _nothing(instance)
    _complete(erp, job_id, [empty, empty, _solved(instance), empty, empty])
    row = erp.row(job_id).timetable_data["variants"]
    assert [variant["number"] for variant in row] == [3, 1, 2, 4, 5]
    assert row[0]["score"] >= 50 > row[1]["score"]
    assert erp.bridge.reference is not None
    assert list(erp.bridge.reference.variant_order(job_id)) == [3, 1, 2, 4, 5]
    result = json.loads(erp.servers.redis.get(f"result:job:{job_id}"))
    assert [v["id"] for v in result["variants"]] == [v["id"] for v in row]


def test_places_of_variants_need_a_result_of_ours(erp: Erp) -> None:
    """Without a row, before the end, and after a callback that replaced it."""
    assert erp.bridge.reference is not None
    order = erp.bridge.reference.variant_order
    foreign = erp.insert("completed", data={"variants": [{"name": "x"}, 7]})
    nothing = erp.insert(data=None)
    names = (str(uuid.uuid4()), erp.insert(), foreign, nothing)
    assert [list(order(job_id)) for job_id in names] == [[], [], [], []]


def test_no_entry_is_cut_and_each_says_whose_it_is(erp: Erp) -> None:
    """All meetings, with department, students and capacity, in each variant."""
    job_id = erp.insert()
    _start(erp, job_id)
    instance = _instance(erp, job_id)
    _complete(erp, job_id, [_solved(instance)] * 5)
    departments = {
        str(row[0]) for row in erp.servers.run("SELECT dept_id FROM public.departments")
    }
    for variant in erp.row(job_id).timetable_data["variants"]:
        entries = variant["timetable_entries"]
        assert len(entries) == instance.num_events
        assert {entry["department_id"] for entry in entries} == departments
        assert all(len(e["student_ids"]) == e["enrolled_count"] > 0 for e in entries)


@pytest.mark.parametrize(("word", "number"), [("high", 1), ("LOW", -1), (None, 0)])
def test_the_priority_of_a_row_is_honoured(
    erp: Erp, word: str | None, number: int
) -> None:
    """Whether it was called or found; among several the high one is claimed first."""
    data = {"time_config": WEEK, "priority": word}
    called, found = erp.insert(data=data), erp.insert(data=data)
    _start(erp, called)
    erp.tend()
    stored = erp.servers.run("SELECT job_id, priority FROM horarium.generation_jobs")
    assert {str(row[0]): row[1] for row in stored} == {called: number, found: number}


def test_a_high_priority_goes_first(erp: Erp) -> None:
    for word in ("low", "normal", "high"):
        last = erp.insert(data={"time_config": WEEK, "priority": word})
        _start(erp, last)
    erp.claim(last)


def test_a_lost_start_survives_a_database_that_was_away(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next sweep takes it up; so it is with a queue entry."""
    found, entry = erp.insert(), str(uuid.uuid4())
    erp.servers.redis.set(f"generation_queue:{entry}", json.dumps({"semester": 1}))

    def away(*_: Any) -> Any:
        raise StoreUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(JobRepository, "enqueue", away)
        erp.tend()
    assert erp.row(found).status == "running"
    erp.tend()
    for job_id in (found, entry):
        assert erp.bridge.jobs.get(job_id, "default") is not None


def test_a_row_without_a_term_has_it_beside(erp: Erp) -> None:
    """Both columns may be null."""
    data = {"time_config": WEEK, "semester": "odd", "academic_year": "2024-2025"}
    job_id = erp.insert(data=data, semester=None, year=None)
    erp.tend()
    job = erp.bridge.jobs.get(job_id, "default")
    assert job is not None
    assert (job.scope.semester, job.scope.academic_year) == (1, "2024-2025")


def test_a_semester_in_other_words_is_not_taken_for_even(erp: Erp) -> None:
    with pytest.raises(InputError):
        _start(erp, erp.insert(), semester="summer")


@pytest.mark.parametrize("enabled", [True, False])
def test_a_lunch_break_may_have_no_hours(erp: Erp, enabled: bool) -> None:
    """Null where it is switched off, and where nobody filled it in."""
    week = {
        **WEEK,
        "lunch_break_enabled": enabled,
        "lunch_break_start": None,
        "lunch_break_end": None,
    }
    job_id = erp.insert()
    _start(erp, job_id, time_config=week)
    assert _instance(erp, job_id).num_events > 0


def test_a_job_that_cannot_be_read_fails_and_is_no_success(erp: Erp) -> None:
    """A catalogue that is emptied meanwhile: a reason, not an empty timetable."""
    job_id = erp.insert()
    _start(erp, job_id)
    token = erp.claim(job_id)
    offered = "UPDATE public.course_offerings SET is_active = :on"
    erp.servers.run(offered, on=False)
    try:
        with pytest.raises(InputError) as caught:
            erp.bridge.work.load_instance(job_id)
    finally:
        erp.servers.run(offered, on=True)
    erp.bridge.work.fail(job_id, token, "Nothing to plan.", caught.value.issues)
    assert erp.row(job_id).status == "failed"
    assert "Nothing to plan." in erp.row(job_id).error_message
    job = erp.bridge.jobs.get(job_id, "default")
    assert job is not None
    assert job.status is JobStatus.FAILED

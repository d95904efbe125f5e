"""Submissions: stored once, in both stores or in neither."""

import json
import uuid
from typing import Any

import pytest

from erp_bridge import (
    IdempotencyKeyReused,
    JobExists,
    JobStatus,
    Scope,
    StoreUnavailable,
)
from solvers.exceptions import InputError
from tests.erp_bridge.conftest import World, draft


def test_a_job_is_stored_and_shown(world: World) -> None:
    """The row has all of it, Redis the queue entry and the state."""
    job_id = world.submit(created_by="me")
    job = world.bridge.jobs.get(job_id, "t")
    assert (job.status, job.progress, job.created_by) == (JobStatus.QUEUED, 0, "me")
    assert job.scope == Scope(department_id="CSE", semester=3)
    assert (job.time_limit_seconds, job.seed, job.source) == (9.0, 5, "institution")
    entry = json.loads(world.key(f"generation_queue:{job_id}") or "")
    assert (entry["job_id"], entry["department_id"]) == (job_id, "CSE")
    assert world.key(f"generation_status:{job_id}") == "queued"
    assert world.key(f"generation_progress:{job_id}") == "0"


def test_some_jobs_are_got_at_once(world: World) -> None:
    """Those that there are, by id, and of the tenant alone."""
    ids = [world.submit(), world.submit()]
    jobs = world.bridge.jobs
    nobody = "00000000-0000-4000-8000-000000000000"
    found = jobs.get_many([*ids, nobody], "t")
    assert found == {job_id: jobs.get(job_id, "t") for job_id in ids}
    assert jobs.get_many(ids, "other") == jobs.get_many([], "t") == {}


def test_another_tenant_sees_nothing(world: World) -> None:
    """Neither the job, nor its count, nor may it stop it."""
    job_id = world.submit()
    jobs = world.bridge.jobs
    assert jobs.get(job_id, "other") is None
    assert (jobs.num_unfinished("t"), jobs.num_unfinished("other")) == (1, 0)
    assert not jobs.request_stop(job_id, "other", "cancel")
    assert [job.job_id for job in jobs.list("t")] == [job_id]
    assert list(jobs.list("other")) == []


def test_the_newest_jobs_come_first_and_may_be_chosen_by_status(world: World) -> None:
    """``list`` is what a person looks at."""
    first, second = world.submit(), world.submit()
    world.bridge.jobs.request_stop(first, "t", "cancel")
    jobs = world.bridge.jobs
    assert [job.job_id for job in jobs.list("t")] == [second, first]
    assert [j.job_id for j in jobs.list("t", status=JobStatus.CANCELLED)] == [first]
    assert len(jobs.list("t", limit=1)) == 1


def test_a_repeated_submission_gets_the_first_job(world: World) -> None:
    """The same key and submission, under whatever new id."""
    first = draft(idempotency_key="k")
    again = draft(idempotency_key="k")
    jobs = world.bridge.jobs
    assert not jobs.enqueue(first).replayed
    replayed = jobs.enqueue(again)
    assert (replayed.replayed, replayed.job.job_id) == (True, first.job_id)
    assert jobs.num_unfinished("t") == 1


def test_a_key_is_refused_for_another_submission(world: World) -> None:
    """But another tenant may use the same key."""
    world.submit(idempotency_key="k")
    with pytest.raises(IdempotencyKeyReused):
        world.submit(idempotency_key="k", fingerprint="other")
    world.submit(idempotency_key="k", tenant="u", fingerprint="other")


def test_a_job_id_is_taken_once(world: World) -> None:
    """The same submission is answered again, another one or tenant refused."""
    job_id = world.submit()
    assert world.bridge.jobs.enqueue(draft(job_id=job_id)).replayed
    for change in ({"fingerprint": "other"}, {"tenant": "u"}):
        with pytest.raises(JobExists):
            world.submit(job_id=job_id, **change)
    assert world.key(f"generation_status:{job_id}") == "queued"


@pytest.mark.parametrize("down", [{"redis": True}, {"database": True}])
def test_an_outage_leaves_nothing_half_stored(
    world: World, down: dict[str, bool]
) -> None:
    """The submission fails clearly and both stores know nothing."""
    job = draft(idempotency_key="k")
    with world.outage(**down) as bridge, pytest.raises(StoreUnavailable):
        bridge.jobs.enqueue(job)
    assert world.bridge.jobs.get(job.job_id, "t") is None
    assert world.key(f"generation_queue:{job.job_id}") is None
    assert world.key(f"generation_status:{job.job_id}") is None
    assert not world.bridge.jobs.enqueue(job).replayed


def test_a_queue_entry_of_the_erp_is_found_and_stays(world: World) -> None:
    """What the ERP wrote is read, and not written over by the submission."""
    job_id = str(uuid.uuid4())
    live = world.bridge.live
    assert live.announced(job_id) is None
    assert live.announce(job_id, {"department_id": "CSE", "semester": "3"})
    assert live.announced(job_id) == {"department_id": "CSE", "semester": "3"}
    world.submit(job_id=job_id)
    assert live.announced(job_id) == {"department_id": "CSE", "semester": "3"}


@pytest.mark.parametrize("text", ["no json", "[1]"])
def test_a_malformed_queue_entry_is_told(world: Any, text: str) -> None:
    """It is wrong input, not an outage."""
    job_id = str(uuid.uuid4())
    world.set_key(f"generation_queue:{job_id}", text)
    with pytest.raises(InputError, match="malformed_queue_entry"):
        world.bridge.live.announced(job_id)


def test_a_ticket_is_used_once(world: World) -> None:
    """The first showing of a key answers True, every later one False."""
    live = world.bridge.live
    assert [live.first_use("x", 9), live.first_use("x", 9)] == [True, False]


@pytest.mark.parametrize("down", [{"redis": True}, {"database": True}])
def test_a_dead_server_does_not_answer_a_ping(
    world: World, down: dict[str, bool]
) -> None:
    """And a living one does."""
    world.bridge.live.ping()
    world.bridge.jobs.ping()
    with world.outage(**down) as bridge:
        pinged = bridge.live if "redis" in down else bridge.jobs
        with pytest.raises(StoreUnavailable):
            pinged.ping()

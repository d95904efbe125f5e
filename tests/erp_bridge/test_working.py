"""Claims, leases, fencing, ends: the contract of ``cluster.ports``."""

import threading
import time
from collections import Counter
from typing import Any

import pytest

from erp_bridge import JobStatus, StoreUnavailable, UnknownJob
from erp_bridge.records import ClaimedJob
from solvers.exceptions import InputError, Issue
from tests.erp_bridge.conftest import World
from tests.erp_bridge.documents import outcomes, tiny_instance, tiny_timetable

BRIEF = 0.15


def _claim(world: World, lease: float = 60.0) -> ClaimedJob:
    claim: ClaimedJob | None = world.bridge.work.claim("w", lease)
    assert claim is not None
    return claim


def _complete(world: World, job_id: str, token: int) -> bool:
    instance = tiny_instance()
    done: bool = world.bridge.work.complete(
        job_id, token, instance, outcomes(instance), {"seed": 5}
    )
    return done


def test_a_claim_carries_the_job(world: World) -> None:
    """And the queue is empty after it."""
    job_id = world.submit()
    claim = _claim(world)
    assert (claim.job_id, claim.attempt, claim.fencing_token) == (job_id, 1, 1)
    assert (claim.time_limit_seconds, claim.seed) == (9.0, 5)
    assert claim.options == {"a": 1}
    assert world.bridge.work.claim("w", 60.0) is None
    assert world.bridge.jobs.get(job_id, "t").status is JobStatus.RUNNING
    assert world.key(f"generation_status:{job_id}") == "running"


def test_priority_decides_within_a_tenant_then_age(world: World) -> None:
    """The higher goes first."""
    low, high, second = world.submit(), world.submit(priority=5), world.submit()
    assert [_claim(world).job_id for _ in range(3)] == [high, low, second]


def test_a_tenant_with_many_jobs_does_not_starve_another(world: World) -> None:
    """Whoever has the fewest running goes first, priority or not."""
    for _ in range(3):
        world.submit(tenant="many", priority=9)
    one = world.submit(tenant="one")
    first, second = _claim(world), _claim(world)
    assert second.job_id == one
    assert first.job_id != one


def test_one_slot_is_shared_in_turn(world: World) -> None:
    """When nothing runs, the tenant served longest ago is next."""
    for tenant in ("a", "a", "a", "b", "b"):
        world.submit(tenant=tenant)
    served = []
    for _ in range(5):
        claim = _claim(world)
        job = next((t for t in "ab" if world.bridge.jobs.get(claim.job_id, t)), "")
        served.append(job)
        assert world.bridge.work.cancelled(claim.job_id, claim.fencing_token)
    assert "".join(served) == "ababa"


def test_parallel_workers_claim_every_job_once(world: World) -> None:
    """Eight threads, thirty jobs, no job twice."""
    jobs = {world.submit() for _ in range(30)}
    claimed: list[str] = []

    def work(name: str) -> None:
        while (claim := world.bridge.work.claim(name, 60.0)) is not None:
            claimed.append(claim.job_id)

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Counter(claimed) == Counter(jobs)


def test_a_lease_that_ran_out_fences_the_first_worker(world: World) -> None:
    """The second claim has a newer token; writes with the old one change nothing."""
    job_id = world.submit()
    old = _claim(world, BRIEF)
    time.sleep(1.5 * BRIEF)
    new = _claim(world)
    assert (new.job_id, new.attempt, new.fencing_token) == (job_id, 2, 2)
    work = world.bridge.work
    assert not work.heartbeat(job_id, old.fencing_token, 60.0)
    assert not _complete(world, job_id, old.fencing_token)
    assert not work.fail(job_id, old.fencing_token, "x", ())
    assert not work.cancelled(job_id, old.fencing_token)
    assert world.bridge.jobs.get(job_id, "t").status is JobStatus.RUNNING
    assert _complete(world, job_id, new.fencing_token)


def test_a_heartbeat_keeps_the_lease_and_zero_gives_it_back(world: World) -> None:
    """A prolonged lease does not run out; one of zero seconds has."""
    job_id = world.submit()
    claim = _claim(world, BRIEF)
    assert world.bridge.work.heartbeat(job_id, claim.fencing_token, 60.0)
    time.sleep(1.5 * BRIEF)
    assert world.bridge.work.claim("w", 60.0) is None
    assert world.bridge.work.heartbeat(job_id, claim.fencing_token, 0.0)
    assert _claim(world).attempt == 2


def test_an_end_comes_once(world: World) -> None:
    """A repeated call is harmless, another end is refused."""
    job_id = world.submit()
    token = _claim(world).fencing_token
    assert _complete(world, job_id, token)
    assert _complete(world, job_id, token)
    work = world.bridge.work
    assert not work.fail(job_id, token, "x", ())
    assert not work.cancelled(job_id, token)
    assert not work.heartbeat(job_id, token, 60.0)
    assert work.claim("w", 60.0) is None
    assert len(world.bridge.jobs.variants(job_id, "t", entries=False)) == 5


def test_a_completed_job_has_all_that_was_found(world: World) -> None:
    """Variants with the verifier's word, entries, the timetable to the bit."""
    job_id = world.submit()
    assert _complete(world, job_id, _claim(world).fencing_token)
    job = world.bridge.jobs.get(job_id, "t")
    assert (job.status, job.progress) == (JobStatus.COMPLETED, 100)
    assert job.manifest == {"seed": 5}
    assert job.completed_at is not None
    expected = outcomes(tiny_instance())
    variants = world.bridge.jobs.variants(job_id, "t", entries=True)
    assert [v["number"] for v in variants] == [1, 2, 3, 4, 5]
    for variant, wanted in zip(variants, expected, strict=True):
        assert variant["priority"] == wanted.priority
        assert variant["weights"] == wanted.weights
        assert variant["criteria"] == wanted.verification.criteria
        assert variant["cost"] == wanted.verification.cost
        assert variant["hard_violations"] == wanted.verification.total_hard
        assert variant["verified"] == wanted.verification.feasible
        assert variant["adopted_from"] == wanted.adopted_from
        assert variant["warnings"] == list(wanted.warnings)
        assert variant["stages"] == [stage.to_dict() for stage in wanted.stages]
        number = wanted.number
        assert world.bridge.jobs.timetable(job_id, "t", number) == wanted.timetable
    assert len({variant["variant_id"] for variant in variants}) == 5
    with pytest.raises(UnknownJob):
        world.bridge.jobs.timetable(job_id, "t", 6)


def test_entries_tell_weekday_clock_and_names(world: World) -> None:
    """The second teaching day of a term that begins on Tuesdays is a Thursday."""
    job_id = world.submit()
    assert _complete(world, job_id, _claim(world).fencing_token)
    first, second = world.bridge.jobs.variants(job_id, "t", entries=True)[0]["entries"]
    assert (first["section_id"], first["meeting"], second["meeting"]) == (
        "CS1-L1",
        1,
        2,
    )
    assert (first["day"], second["day"]) == (1, 3)
    assert (first["start_time"], first["end_time"]) == ("08:00", "09:00")
    assert first["weeks"] == "11"
    assert (first["course_id"], first["course_code"]) == ("CS1", "CS 1")
    assert (first["room_id"], first["room_name"]) == ("R1", "Room 1")
    assert (first["instructor_ids"], first["instructor_names"]) == (["F1"], ["Ada"])
    assert (first["batch_ids"], first["enrolled"]) == (["A"], 30)


def test_what_has_no_place_is_an_entry_too(world: World) -> None:
    """Nothing is left out of a result."""
    job_id = world.submit()
    instance = tiny_instance()
    token = _claim(world).fencing_token
    empty = type(tiny_timetable(instance)).empty(instance)
    from tests.erp_bridge.documents import outcome

    variant = outcome(instance, 1, empty)
    assert world.bridge.work.complete(job_id, token, instance, [variant], {})
    (shown,) = world.bridge.jobs.variants(job_id, "t", entries=True)
    assert [entry["day"] for entry in shown["entries"]] == [None, None]
    assert shown["verified"] is False


def test_a_failure_tells_why(world: World) -> None:
    """Message and findings are kept, and shown at the end of the stream."""
    job_id = world.submit()
    issue = Issue("no_room", "No room.", "/sections/0")
    token = _claim(world).fencing_token
    assert world.bridge.work.fail(job_id, token, "It went wrong.", [issue])
    job = world.bridge.jobs.get(job_id, "t")
    assert (job.status, job.error_message) == (JobStatus.FAILED, "It went wrong.")
    assert [Issue(**found) for found in job.issues] == [issue]
    assert world.key(f"generation_status:{job_id}") == "failed"
    last = world.bridge.live.latest(job_id)
    assert (last["status"], last["message"]) == ("failed", "It went wrong.")


def test_a_waiting_job_is_cancelled_at_once(world: World) -> None:
    """No worker ever sees it."""
    job_id = world.submit()
    assert world.bridge.jobs.request_stop(job_id, "t", "cancel")
    assert world.bridge.jobs.get(job_id, "t").status is JobStatus.CANCELLED
    assert world.bridge.work.claim("w", 60.0) is None
    assert world.key(f"generation_status:{job_id}") == "cancelled"
    assert world.bridge.live.latest(job_id)["status"] == "cancelled"
    assert not world.bridge.jobs.request_stop(job_id, "t", "cancel")


def test_a_running_job_hears_of_its_cancellation(world: World) -> None:
    """Whoever claims it next hears of it too, and a later wish does not undo it."""
    job_id = world.submit()
    claim = _claim(world)
    work, jobs = world.bridge.work, world.bridge.jobs
    assert work.requested_stop(job_id) is None
    assert jobs.request_stop(job_id, "t", "cancel")
    assert jobs.get(job_id, "t").status is JobStatus.CANCELLING
    assert jobs.request_stop(job_id, "t", "finish")
    assert work.requested_stop(job_id) == "cancel"
    assert world.key(f"generation_status:{job_id}") == "running"
    assert work.heartbeat(job_id, claim.fencing_token, 0.0)
    again = _claim(world)
    assert jobs.get(job_id, "t").status is JobStatus.CANCELLING
    assert work.cancelled(job_id, again.fencing_token)
    assert jobs.get(job_id, "t").status is JobStatus.CANCELLED


def test_a_job_is_asked_to_finish(world: World) -> None:
    """It goes on running until its worker has saved the best."""
    job_id = world.submit()
    token = _claim(world).fencing_token
    assert world.bridge.jobs.request_stop(job_id, "t", "finish")
    assert world.bridge.work.requested_stop(job_id) == "finish"
    assert world.bridge.jobs.get(job_id, "t").status is JobStatus.RUNNING
    assert _complete(world, job_id, token)
    assert not world.bridge.jobs.request_stop(job_id, "t", "finish")


def test_an_instance_is_built_from_the_document(world: World) -> None:
    """Of an institution, and of ITC-2019's XML."""
    job_id = world.submit()
    assert world.bridge.work.load_instance(job_id) == tiny_instance()
    xml = world.submit(source="itc2019", document=b"<problem")
    with pytest.raises(InputError, match="malformed_xml"):
        world.bridge.work.load_instance(xml)
    bad = world.submit(document=b"{}")
    with pytest.raises(InputError):
        world.bridge.work.load_instance(bad)
    with pytest.raises(UnknownJob):
        world.bridge.work.load_instance("00000000-0000-4000-8000-000000000000")


@pytest.mark.parametrize(
    "call",
    [
        lambda work, job: work.claim("w", 1.0),
        lambda work, job: work.heartbeat(job, 1, 1.0),
        lambda work, job: work.requested_stop(job),
        lambda work, job: work.load_instance(job),
        lambda work, job: work.fail(job, 1, "x", ()),
    ],
)
def test_a_dead_database_is_told(world: World, call: Any) -> None:
    """The cluster waits and tries again."""
    job_id = world.submit()
    with world.outage(database=True) as bridge, pytest.raises(StoreUnavailable):
        call(bridge.work, job_id)


def test_a_job_completes_while_redis_is_away(world: World) -> None:
    """The row is the truth; Redis is rebuilt when somebody looks."""
    job_id = world.submit()
    token = _claim(world).fencing_token
    instance = tiny_instance()
    with world.outage(redis=True) as bridge:
        assert bridge.work.complete(job_id, token, instance, outcomes(instance), {})
    assert world.bridge.jobs.get(job_id, "t").status is JobStatus.COMPLETED
    world.flush()
    world.bridge.jobs.restore(job_id)
    assert world.key(f"generation_status:{job_id}") == "completed"

"""The Python client over stores in memory and over real servers."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from erp_bridge import (
    Actor,
    BridgeClosed,
    CommentsRequired,
    IdempotencyKeyReused,
    IllegalTransition,
    JobEnded,
    JobStatus,
    JobUnfinished,
    JobWithoutResult,
    Limits,
    OwnSubmission,
    Progress,
    Scope,
    StaleVersion,
    StoreUnavailable,
    TooManyJobs,
    UnknownJob,
    UnknownWorkflow,
    WaitTimeout,
    WorkflowStatus,
)
from erp_bridge.client import Client
from serve.intake import Intake
from solvers.exceptions import InputError
from tests.erp_bridge.conftest import MemoryWorld, RealWorld, World
from tests.erp_bridge.documents import DOCUMENT, TERM

NOBODY = "00000000-0000-4000-8000-000000000000"
CSE = Scope(department_id="CSE", semester=3)


@pytest.fixture
def client(world: World) -> Client:
    return Client(world.bridge, tenant="t")


def _told(client: Client, job_id: str, **how: float) -> list[Progress]:
    """Everything that is told, which never goes back and ends once."""
    told = list(client.follow(job_id, timeout=20, **how))  # type: ignore[arg-type]
    for before, after in pairwise(told):
        assert before.percent <= after.percent
        assert before.sequence <= after.sequence
    assert [progress.is_last for progress in told[:-1]] == [False] * (len(told) - 1)
    assert told[-1].is_last
    return told


def test_a_document_becomes_a_job(client: Client) -> None:
    """As bytes, text or a mapping; the answer is an id, and who submitted is kept."""
    for document in (DOCUMENT, DOCUMENT.decode(), TERM):
        enqueued = client.submit_document(document, by="anna", scope=CSE, seed=4)
        job = client.job(enqueued.job_id)
        assert job.status is JobStatus.QUEUED
        assert (job.created_by, job.scope, job.seed) == ("anna", CSE, 4)
        assert job.time_limit_seconds == 120.0
        assert not enqueued.replayed
    assert len(client.jobs()) == 3
    assert client.jobs(status=JobStatus.RUNNING) == []


def test_a_repeated_submission_is_one_job(client: Client) -> None:
    first = client.submit_document(DOCUMENT, by="a", idempotency_key="k")
    again = client.submit_document(DOCUMENT, by="a", idempotency_key="k")
    assert (again.job_id, again.replayed) == (first.job_id, True)
    with pytest.raises(IdempotencyKeyReused) as caught:
        client.submit_document(DOCUMENT, by="a", idempotency_key="k", seed=1)
    assert caught.value.code == "idempotency_key_reused"


def test_threads_that_submit_the_same_get_one_job(client: Client) -> None:
    def submit(_: int) -> str:
        return client.submit_document(DOCUMENT, by="a", idempotency_key="k").job_id

    with ThreadPoolExecutor(12) as pool:
        assert len(set(pool.map(submit, range(24)))) == 1
    assert len(client.jobs()) == 1


def test_http_and_the_client_know_a_submission_by_the_same_digest(
    client: Client,
) -> None:
    """So that one key guards both ways."""
    enqueued = client.submit_document(DOCUMENT, by="a", seed=3, time_limit_seconds=9)
    intake = Intake(
        source="institution", document=DOCUMENT, seed=3, time_limit_seconds=9
    )
    assert enqueued.job.fingerprint == intake.fingerprint


def test_wrong_documents_are_refused_with_all_findings(client: Client) -> None:
    rooms = [{"id": "R", "capacity": -1}, {"id": "R", "capacity": -2}]
    with pytest.raises(InputError) as caught:
        client.submit_document({**TERM, "rooms": rooms}, by="a")
    pointers = {issue.pointer for issue in caught.value.issues}
    assert {"/rooms/0/capacity", "/rooms/1/capacity"} <= pointers
    with pytest.raises(InputError, match="malformed_json"):
        client.submit_document({"name": float("nan")}, by="a")
    assert client.jobs() == []


def test_a_large_document_is_left_to_its_job(world: World) -> None:
    client = Client(world.bridge, tenant="t", limits=Limits(check_bytes=1))
    assert client.submit_document(b"{}", by="a").job.status is JobStatus.QUEUED


def test_names_that_cannot_be_stored_are_all_told(client: Client) -> None:
    scope = Scope(department_id="", batch_id="\x00", semester=99)
    with pytest.raises(InputError) as caught:
        client.submit_document(DOCUMENT, by="", scope=scope, idempotency_key="x" * 201)
    assert [(i.code, i.pointer) for i in caught.value.issues] == [
        ("semester_out_of_range", "/semester"),
        ("malformed_name", "/department_id"),
        ("malformed_name", "/batch_id"),
        ("malformed_name", "/by"),
        ("malformed_name", "/idempotency_key"),
    ]


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (0.0, "time_limit_not_positive"),
        (float("nan"), "time_limit_not_positive"),
        (1e6, "time_limit_too_long"),
    ],
)
def test_time_limits_have_bounds(client: Client, seconds: float, code: str) -> None:
    with pytest.raises(InputError, match=code):
        client.submit_document(DOCUMENT, by="a", time_limit_seconds=seconds)


def test_a_tenant_has_so_many_jobs(world: World) -> None:
    client = Client(world.bridge, tenant="t", limits=Limits(max_active_jobs=1))
    first = client.submit_document(DOCUMENT, by="a")
    with pytest.raises(TooManyJobs):
        client.submit_document(DOCUMENT, by="a")
    client.cancel(first.job_id)
    client.submit_document(DOCUMENT, by="a")


@pytest.mark.parametrize("number", [{"max_active_jobs": 0}, {"time_limit_seconds": 0}])
def test_limits_must_be_usable(number: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="needed"):
        Limits(**number)  # type: ignore[arg-type]


def test_another_tenant_has_no_such_job(world: World, client: Client) -> None:
    job_id = world.complete()
    other = Client(world.bridge, tenant="other")
    assert client.job(job_id).tenant == "t"
    for call in (other.job, other.progress, other.follow, other.result, other.cancel):
        with pytest.raises(UnknownJob):
            call(job_id)
    with pytest.raises(UnknownJob):
        other.select_variant(job_id, 1, by="a")


@pytest.mark.parametrize("job_id", [NOBODY, "none of ours"])
def test_an_unknown_job_is_told_at_the_call(client: Client, job_id: str) -> None:
    """Of ``follow`` too, before anything is iterated."""
    for call in (client.job, client.progress, client.follow, client.result):
        with pytest.raises(UnknownJob):
            call(job_id)


def test_progress_is_followed_to_the_end(world: World, client: Client) -> None:
    """Every message in order, typed, and the end."""
    job_id = world.submit()
    assert client.progress(job_id).message == "Waiting for a free worker."
    following = client.follow(job_id, timeout=20)
    assert next(following).status is JobStatus.QUEUED
    claim = world.bridge.work.claim("w", 60.0)
    for sequence in range(1, 4):
        world.publish(job_id, sequence, 10 * sequence)
    first = next(following)
    assert (first.sequence, first.percent) == (1, 10)
    assert (first.hard_violations, first.cost, first.stage) == (0, 9, "genetic")
    assert first.updated_at == datetime(2025, 1, 1, tzinfo=UTC)
    world.bridge.work.fail(job_id, claim.fencing_token, "No room.", [])
    rest = list(following)
    assert [p.sequence for p in rest] == [2, 3, 4]
    assert (rest[-1].status, rest[-1].message) == (JobStatus.FAILED, "No room.")
    assert (rest[-1].percent, rest[-1].eta_seconds) == (30, 0.0)
    assert _told(client, job_id)[-1] == client.progress(job_id)


def test_following_goes_on_where_it_was_left(world: World, client: Client) -> None:
    job_id = world.submit()
    claim = world.bridge.work.claim("w", 60.0)
    for sequence in range(1, 6):
        world.publish(job_id, sequence, sequence)
    world.bridge.work.cancelled(job_id, claim.fencing_token)
    assert [p.sequence for p in _told(client, job_id, after=3)] == [4, 5, 6]
    assert [p.status for p in _told(client, job_id, after=6)] == ["cancelled"]


def test_a_completed_job_is_at_a_hundred(world: World, client: Client) -> None:
    job_id = world.complete()
    end = client.wait(job_id, timeout=5)
    assert (end.status, end.percent) == (JobStatus.COMPLETED, 100)


def test_progress_survives_a_flush(world: World, client: Client) -> None:
    """What Redis has lost comes from PostgreSQL, and the end comes all the same."""
    job_id = world.submit()
    claim = world.bridge.work.claim("w", 60.0)
    world.publish(job_id, 1, 10)
    following = client.follow(job_id, timeout=20)
    assert next(following).percent == 10
    world.publish(job_id, 2, 20)
    world.flush()
    assert next(following).percent == 20
    world.bridge.work.cancelled(job_id, claim.fencing_token)
    assert [p.status for p in following] == [JobStatus.CANCELLED]


def test_progress_comes_from_postgresql_while_redis_is_away(
    world: World, client: Client
) -> None:
    job_id = world.submit()
    claim = world.bridge.work.claim("w", 60.0)
    world.publish(job_id, 1, 10)
    with world.outage(redis=True) as stores:
        lonely = Client(stores, tenant="t")
        following = lonely.follow(job_id, timeout=20)
        assert next(following).percent == 10
        assert lonely.progress(job_id).sequence == 1
        world.bridge.work.fail(job_id, claim.fencing_token, "No room.", [])
        assert [p.message for p in following] == ["No room."]


def test_progress_comes_from_redis_while_postgresql_is_away() -> None:
    """And the end, once PostgreSQL has it."""
    world = MemoryWorld()
    client = Client(world.bridge, tenant="t")
    job_id = world.submit()
    claim = world.bridge.work.claim("w", 60.0)
    following = client.follow(job_id, timeout=20)
    assert next(following).percent == 0
    world.bridge.database_is_down = True
    later = threading.Timer(1.0, lambda: world.publish(job_id, 1, 10))
    later.start()
    assert next(following).percent == 10
    later.join()
    world.bridge.database_is_down = False
    world.bridge.work.cancelled(job_id, claim.fencing_token)
    assert [p.status for p in following] == [JobStatus.CANCELLED]


def test_without_both_servers_there_is_no_progress(world: World) -> None:
    with world.outage(redis=True, database=True) as stores:
        lonely = Client(stores, tenant="t")
        for call in (lonely.follow, lonely.job, lonely.result):
            with pytest.raises(StoreUnavailable) as caught:
                call(NOBODY)
            assert caught.value.code == "unavailable"


def test_a_wait_has_an_end(world: World, client: Client) -> None:
    """The job goes on."""
    job_id = world.submit()
    with pytest.raises(WaitTimeout):
        client.wait(job_id, timeout=0.3)
    assert client.job(job_id).status is JobStatus.QUEUED


def test_a_closed_client_wakes_who_waits(world: World, client: Client) -> None:
    job_id = world.submit()
    caught: list[type[BaseException]] = []

    def wait() -> None:
        try:
            client.wait(job_id)
        except BridgeClosed as error:
            caught.append(type(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.3)
    with client:
        pass
    waiting.join(10)
    assert caught == [BridgeClosed]
    with pytest.raises(BridgeClosed):
        client.job(job_id)


def test_a_result_is_typed(world: World, client: Client) -> None:
    job_id = world.complete()
    found = client.result(job_id)
    assert [variant.number for variant in found.variants] == [1, 2, 3, 4, 5]
    assert found.job.status is JobStatus.COMPLETED
    assert set(found.pareto_front) <= {1, 2, 3, 4, 5}
    second = found.variant(2)
    assert (second.verified, second.hard_violations) == (True, 0)
    assert (second.adopted_from, second.priority) == (1, "faculty")
    assert (second.cost, second.criteria) == (
        found.variant(1).cost,
        found.variant(1).criteria,
    )
    entry = second.entries[0]
    assert (entry.section_id, entry.meeting, entry.day) == ("CS1-L1", 1, 1)
    assert (entry.start_time, entry.room_id) == ("08:00", "R1")
    assert entry.instructor_ids == ("F1",)
    assert entry.is_placed
    bare = client.result(job_id, entries=False)
    assert [variant.entries for variant in bare.variants] == [()] * 5
    with pytest.raises(UnknownJob, match="no variant 6"):
        found.variant(6)


def test_a_job_without_result_says_why(world: World, client: Client) -> None:
    job_id = world.submit()
    with pytest.raises(JobUnfinished) as unfinished:
        client.result(job_id)
    assert unfinished.value.job is not None
    assert unfinished.value.job.status is JobStatus.QUEUED
    claim = world.bridge.work.claim("w", 60.0)
    world.bridge.work.fail(job_id, claim.fencing_token, "No room.", [])
    with pytest.raises(JobWithoutResult, match=r"failed: No room\.") as caught:
        client.compare(job_id, 1, 2)
    assert caught.value.code == "job_without_result"


def test_variants_are_compared(world: World, client: Client) -> None:
    """The tiny term has the same timetable five times."""
    job_id = world.complete()
    found = client.compare(job_id, 1, 3)
    assert (found.a, found.b, found.unchanged) == (1, 3, 2)
    assert (found.moved, found.only_in_a, found.only_in_b) == ((), (), ())
    assert set(found.criteria_deltas.values()) == {0}
    assert found.pareto_front == (1, 2, 3, 4, 5)
    with pytest.raises(UnknownJob, match="no variant 9"):
        client.compare(job_id, 1, 9)


def test_jobs_are_stopped(world: World, client: Client) -> None:
    waiting = world.submit()
    assert client.cancel(waiting).status is JobStatus.CANCELLED
    with pytest.raises(JobEnded) as caught:
        client.cancel(waiting)
    assert caught.value.job is not None
    assert caught.value.job.status is JobStatus.CANCELLED
    running = world.submit()
    world.bridge.work.claim("w", 60.0)
    assert client.finish(running).status is JobStatus.RUNNING
    assert world.bridge.work.requested_stop(running) == "finish"
    assert client.cancel(running).status is JobStatus.CANCELLING


def test_a_variant_goes_to_publication(world: World, client: Client) -> None:
    """Every step with who took it, and nobody approves their own."""
    job_id = world.complete()
    draft = client.select_variant(job_id, 2, by="anna")
    again = client.select_variant(job_id, 2, by="anna")
    assert (draft.status, again) == (WorkflowStatus.DRAFT, draft)
    workflow_id = draft.workflow_id
    with pytest.raises(StaleVersion):
        client.submit_for_review(workflow_id, by="anna", version=9)
    client.submit_for_review(workflow_id, by="anna", version=draft.version)
    with pytest.raises(OwnSubmission):
        client.approve(workflow_id, by="anna")
    with pytest.raises(IllegalTransition):
        client.publish(workflow_id, by="anna")
    client.request_revision(workflow_id, by="dean", comments="Fewer gaps.")
    client.submit_for_review(workflow_id, by="anna")
    client.approve(workflow_id, by=Actor("dean", "staff"), comments="Well done.")
    published = client.publish(workflow_id, by="anna")
    assert published.status is WorkflowStatus.PUBLISHED
    assert client.workflow(workflow_id) == published
    assert client.workflows(status=WorkflowStatus.PUBLISHED) == [published]
    steps = [(e.action, e.actor, e.actor_role) for e in client.audit(workflow_id)]
    assert steps == [
        ("select_variant", "anna", "erp"),
        ("submit_for_review", "anna", "erp"),
        ("request_revision", "dean", "erp"),
        ("submit_for_review", "anna", "erp"),
        ("approve", "dean", "staff"),
        ("publish", "anna", "erp"),
    ]


def test_a_rejection_needs_words(world: World, client: Client) -> None:
    workflow = client.select_variant(world.complete(), 1, by="anna")
    client.submit_for_review(workflow.workflow_id, by="anna")
    with pytest.raises(CommentsRequired):
        client.reject(workflow.workflow_id, by="dean", comments=" ")
    rejected = client.reject(workflow.workflow_id, by="dean", comments="Empty labs.")
    assert rejected.status is WorkflowStatus.REJECTED


@pytest.mark.parametrize("workflow_id", [NOBODY, "none of ours"])
def test_unknown_workflows_are_told(client: Client, workflow_id: str) -> None:
    with pytest.raises(UnknownWorkflow):
        client.workflow(workflow_id)
    with pytest.raises(UnknownWorkflow):
        client.publish(workflow_id, by="anna")
    with pytest.raises(UnknownWorkflow):
        client.audit(workflow_id)


def test_self_approval_is_a_setting(world: World) -> None:
    client = Client(world.bridge, tenant="t", self_approval=True)
    workflow = client.select_variant(world.complete(), 1, by="anna")
    client.submit_for_review(workflow.workflow_id, by="anna")
    approved = client.approve(workflow.workflow_id, by="anna")
    assert approved.status is WorkflowStatus.APPROVED


@pytest.mark.integration
def test_many_threads_follow_over_few_connections(real: RealWorld) -> None:
    """More than there are connections; all hear the end."""
    client = Client(real.bridge, tenant="t")
    job_id = real.submit()
    claim = real.bridge.work.claim("w", 60.0)
    with ThreadPoolExecutor(32) as pool:
        ends = [pool.submit(client.wait, job_id, timeout=60) for _ in range(32)]
        for sequence in range(1, 30):
            real.publish(job_id, sequence, sequence)
        real.bridge.work.cancelled(job_id, claim.fencing_token)
        assert {end.result().status for end in ends} == {JobStatus.CANCELLED}


def test_importing_the_bridge_loads_no_engine() -> None:
    """An ERP's process needs neither Ray nor a compiler."""
    code = "import erp_bridge, json, sys; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert loaded & {"ray", "fastapi", "starlette", "numba", "ortools"} == set()
    assert "erp_bridge" in loaded

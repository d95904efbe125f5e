"""The outbox over the memory and the real store: claims, leases, dead letters."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest

from erp_bridge import MessageOnItsWay, StoreUnavailable, UnknownMessage
from erp_bridge.delivery.records import (
    Channel,
    ClaimedMessage,
    MessageStatus,
    Settlement,
)
from erp_bridge.workflow_records import OutboxDraft
from tests.erp_bridge.conftest import World

HOOKS, MAILS = Channel("webhook"), Channel("mail")
NOBODY = "00000000-0000-4000-8000-000000000000"
SENT = Settlement(status=MessageStatus.SENT)
DEAD = Settlement(status=MessageStatus.DEAD, error="x")


def claimed(world: World, channel: Channel = HOOKS) -> ClaimedMessage:
    message = world.bridge.outbox.claim(channel, 60.0)
    assert message is not None
    found: ClaimedMessage = message
    return found


def listed(world: World, tenant: str = "t", **wishes: Any) -> Any:
    return world.bridge.outbox.list(tenant, **wishes)


def test_the_end_of_a_job_is_told_once(world: World) -> None:
    """With what the contract says, in the transaction of the end."""
    job_id = world.complete()
    assert world.outbox("job") == [
        (
            "webhook",
            "job.completed",
            {
                "job_id": job_id,
                "status": "completed",
                "variants_count": 5,
                "links": {
                    "progress": f"/api/progress/{job_id}",
                    "result": f"/api/result/{job_id}",
                    "variants": f"/api/variants/{job_id}",
                },
                "error": None,
            },
        )
    ]


def test_failures_and_cancellations_are_told(world: World) -> None:
    """Also of a job that nobody had begun; a second end is none."""
    failed, cancelled = world.submit(), world.submit()
    for job_id in (failed, cancelled):
        claim = world.bridge.work.claim("w", 60.0)
        assert claim.job_id == job_id
        if job_id == failed:
            assert world.bridge.work.fail(job_id, claim.fencing_token, "Why.", [])
            assert world.bridge.work.fail(job_id, claim.fencing_token, "Again.", [])
        else:
            assert world.bridge.work.cancelled(job_id, claim.fencing_token)
    waiting = world.submit()
    assert world.bridge.jobs.request_stop(waiting, "t", "cancel")
    assert not world.bridge.jobs.request_stop(waiting, "t", "cancel")
    told = {payload["job_id"]: payload for _, _, payload in world.outbox("job")}
    assert len(world.outbox("job")) == 3
    assert (told[failed]["status"], told[failed]["error"]) == ("failed", "Why.")
    assert told[failed]["variants_count"] == 0
    assert "result" not in told[failed]["links"]
    assert told[cancelled]["status"] == told[waiting]["status"] == "cancelled"


def test_a_fenced_worker_tells_nothing(world: World) -> None:
    job_id = world.submit()
    token = world.bridge.work.claim("w", 60.0).fencing_token
    assert not world.bridge.work.fail(job_id, token - 1, "Why.", [])
    assert world.outbox("job") == []


def test_a_claimed_message_is_nobody_elses(world: World) -> None:
    """Until its lease is over; what was sent is never claimed again."""
    world.complete()
    message = claimed(world)
    assert (message.kind, message.topic, message.attempt) == (
        "webhook",
        "job.completed",
        1,
    )
    assert world.bridge.outbox.claim(HOOKS, 60.0) is None
    assert world.bridge.outbox.settle(message, SENT)
    assert world.bridge.outbox.claim(HOOKS, 60.0) is None
    (record,) = listed(world, status=MessageStatus.SENT)
    assert record.sent_at is not None
    assert (record.message_id, record.attempts) == (message.message_id, 1)


def test_a_lease_that_is_over_frees_the_message(world: World) -> None:
    """The next one sends it under the same id; what the first says then is nothing."""
    world.complete()
    first = world.bridge.outbox.claim(HOOKS, 0.0)
    second = claimed(world)
    assert (second.message_id, second.attempt) == (first.message_id, 2)
    assert not world.bridge.outbox.settle(first, DEAD)
    assert world.bridge.outbox.settle(second, SENT)
    assert not world.bridge.outbox.settle(second, DEAD)
    assert [record.status for record in listed(world)] == ["sent"]


def test_a_failed_message_waits(world: World) -> None:
    world.complete()
    message = claimed(world)
    wait = Settlement(status=MessageStatus.PENDING, error="500", delay_seconds=60.0)
    assert world.bridge.outbox.settle(message, wait)
    assert world.bridge.outbox.claim(HOOKS, 60.0) is None
    (record,) = listed(world)
    assert (record.status, record.last_error) == ("pending", "500")
    assert 50 < (record.next_attempt_at - record.created_at).total_seconds() < 90


def test_a_short_wait_ends(world: World) -> None:
    """With the id and the payload of before, and one more attempt."""
    world.complete()
    first = claimed(world)
    wait = Settlement(status=MessageStatus.PENDING, error="500", delay_seconds=0.05)
    world.bridge.outbox.settle(first, wait)
    time.sleep(0.1)
    second = claimed(world)
    assert (second.message_id, second.payload) == (first.message_id, first.payload)
    assert (second.attempt, second.created_at) == (2, first.created_at)


@pytest.mark.parametrize(
    "channel", [MAILS, Channel("webhook", "other"), Channel("webhook", "t", "work")]
)
def test_a_channel_gets_only_its_own(world: World, channel: Channel) -> None:
    """Kind, tenant and topic decide."""
    world.complete()
    assert world.bridge.outbox.claim(channel, 60.0) is None
    assert claimed(world, Channel("webhook", "t", "job.")).topic == "job.completed"


def test_dead_messages_can_be_sent_again(world: World) -> None:
    """Under the same id, with all attempts before them; each decision once."""
    world.complete()
    message = claimed(world)
    assert world.bridge.outbox.settle(message, DEAD)
    assert world.bridge.outbox.claim(HOOKS, 60.0) is None
    again = world.bridge.outbox.redeliver(message.message_id, "t")
    assert (again.status, again.last_error) == ("pending", "x")
    with pytest.raises(MessageOnItsWay):
        world.bridge.outbox.redeliver(message.message_id, "t")
    second = claimed(world)
    assert (second.message_id, second.attempt, second.attempts) == (
        message.message_id,
        1,
        2,
    )
    assert not world.bridge.outbox.settle(message, DEAD)


def test_all_dead_messages_of_a_tenant_go_out_again(world: World) -> None:
    for _ in range(3):
        world.complete()
    for settlement in (DEAD, DEAD, SENT):
        world.bridge.outbox.settle(claimed(world), settlement)
    assert world.bridge.outbox.redeliver_dead("other") == 0
    assert world.bridge.outbox.redeliver_dead("t") == 2
    states = Counter(record.status for record in listed(world))
    assert states == {"pending": 2, "sent": 1}


def test_messages_of_another_tenant_are_not_there(world: World) -> None:
    world.complete()
    world.bridge.outbox.settle(claimed(world), DEAD)
    (record,) = listed(world)
    assert listed(world, "other") == []
    for message_id, tenant in ((record.message_id, "other"), (NOBODY, "t")):
        with pytest.raises(UnknownMessage):
            world.bridge.outbox.redeliver(message_id, tenant)


def test_parts_take_the_place_of_their_message(world: World) -> None:
    """In one step, or not at all; what could not be reached is kept."""
    world.complete()
    whole = claimed(world)
    part = OutboxDraft(
        tenant="t",
        kind="mail",
        topic="workflow.published",
        payload={"addresses": ["a@example.edu", "b@example.edu"]},
        idempotency_key="part",
        part_of=whole.message_id,
    )
    missing = {"without_address": {"count": 1, "who": ["F9"]}}
    split = Settlement(status=MessageStatus.ADDRESSED, parts=[part], report=missing)
    stale = ClaimedMessage(**{**_members(whole), "attempts": 7})
    assert not world.bridge.outbox.settle(stale, split)
    assert world.bridge.outbox.claim(MAILS, 60.0) is None
    assert world.bridge.outbox.settle(whole, split)
    mail = claimed(world, MAILS)
    assert (mail.is_addressed, mail.kind) == (True, "mail")
    found = {record.message_id: record for record in listed(world)}
    assert found[mail.message_id].part_of == whole.message_id
    assert found[mail.message_id].recipients == 2
    assert found[whole.message_id].report == missing
    assert found[whole.message_id].status == "addressed"


def test_a_report_grows_and_a_payload_shrinks(world: World) -> None:
    """What earlier attempts left is there for the next."""
    world.complete()
    left = Settlement(
        status=MessageStatus.PENDING, report={"a": 1}, payload={"addresses": ["b"]}
    )
    world.bridge.outbox.settle(claimed(world), left)
    second = claimed(world)
    assert (second.report, second.payload) == ({"a": 1}, {"addresses": ["b"]})
    more = Settlement(status=MessageStatus.SENT, report={"c": 2})
    world.bridge.outbox.settle(second, more)
    assert listed(world)[0].report == {"a": 1, "c": 2}


def test_what_nobody_can_send_is_held_then_skipped(world: World) -> None:
    """It can be sent later; what a channel takes is left to it."""
    world.complete()
    assert world.bridge.outbox.tidy([], 3600.0, 7200.0) == (0, 0)
    assert world.bridge.outbox.tidy([HOOKS], 0.0, 7200.0) == (0, 0)
    assert world.bridge.outbox.tidy([MAILS], 0.0, 7200.0) == (1, 0)
    (record,) = listed(world)
    assert (record.status, "configured" in record.last_error) == ("skipped", True)
    assert world.bridge.outbox.redeliver(record.message_id, "t").status == "pending"
    assert claimed(world).message_id == record.message_id


def test_what_is_over_is_forgotten(world: World) -> None:
    """But never what still waits, nor that of which a part still waits."""
    world.complete()
    whole = claimed(world)
    part = OutboxDraft(
        tenant="t",
        kind="mail",
        topic="x",
        payload={"addresses": []},
        idempotency_key="part",
        part_of=whole.message_id,
    )
    split = Settlement(status=MessageStatus.ADDRESSED, parts=[part])
    world.bridge.outbox.settle(whole, split)
    both = [HOOKS, MAILS]
    assert world.bridge.outbox.tidy(both, 0.0, 0.0) == (0, 0)
    world.bridge.outbox.settle(claimed(world, MAILS), SENT)
    assert world.bridge.outbox.tidy(both, 0.0, 3600.0) == (0, 0)
    assert world.bridge.outbox.tidy(both, 0.0, 0.0)[1] == 2
    assert listed(world) == []


def test_several_deliverers_share_the_messages(world: World) -> None:
    """Each message is claimed once, whoever is fast."""
    num_messages = 24
    for _ in range(num_messages):
        job_id = world.submit()
        assert world.bridge.jobs.request_stop(job_id, "t", "cancel")
    got: list[str] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait(30)
        while (message := world.bridge.outbox.claim(HOOKS, 60.0)) is not None:
            got.append(message.message_id)
            assert world.bridge.outbox.settle(message, SENT)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(got) == len(set(got)) == num_messages


def test_a_dead_database_is_told(world: World) -> None:
    with world.outage(database=True) as bridge, pytest.raises(StoreUnavailable):
        bridge.outbox.claim(HOOKS, 60.0)


def _members(message: ClaimedMessage) -> dict[str, Any]:
    names = ClaimedMessage.__dataclass_fields__
    return {name: getattr(message, name) for name in names}

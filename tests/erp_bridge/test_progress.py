"""Progress: one monotone sequence per job, with one end, out of two stores."""

import asyncio
import json
import threading
import time
from typing import Any

import pytest

from erp_bridge import JobStatus, StoreUnavailable
from tests.erp_bridge.conftest import World, message
from tests.erp_bridge.documents import outcomes, tiny_instance


def _running(world: World) -> tuple[str, int]:
    job_id = world.submit()
    claim = world.bridge.work.claim("w", 60.0)
    return job_id, claim.fencing_token


def _complete(world: World, job_id: str, token: int) -> None:
    instance = tiny_instance()
    done = world.bridge.work.complete(
        job_id, token, instance, outcomes(instance), {"seed": 5}
    )
    assert done


def test_messages_are_shown_in_both_stores(world: World) -> None:
    """Redis has the stream, the row the newest message."""
    job_id, _ = _running(world)
    world.publish(job_id, 1, 10)
    world.publish(job_id, 2, 40)
    assert world.bridge.live.latest(job_id) == message(job_id, 2, 40)
    assert world.key(f"generation_progress:{job_id}") == "40"
    job = world.bridge.jobs.get(job_id, "t")
    assert (job.progress, job.last_progress) == (40, message(job_id, 2, 40))
    assert [m["sequence"] for m in world.read(job_id, 1)] == [2]
    assert [m["sequence"] for m in world.read(job_id, -1)] == [1, 2]


def test_the_percentage_never_goes_back(world: World) -> None:
    """Even when a writer is wrong."""
    job_id, _ = _running(world)
    for sequence, percent in enumerate((10, 40, 20, 41), start=1):
        world.publish(job_id, sequence, percent)
    assert [m["progress"] for m in world.read(job_id, 0)] == [10, 40, 40, 41]
    assert world.bridge.jobs.get(job_id, "t").progress == 41


def test_a_message_that_was_shown_changes_nothing(world: World) -> None:
    """A writer that is not sure may send again."""
    job_id, _ = _running(world)
    for sequence in (1, 2, 2, 1):
        world.publish(job_id, sequence, 10 * sequence)
    assert [m["sequence"] for m in world.read(job_id, 0)] == [1, 2]
    assert world.bridge.jobs.get(job_id, "t").last_progress["sequence"] == 2


def test_an_end_is_not_shown_before_the_row_has_it(world: World) -> None:
    """A writer that is too early is not believed."""
    job_id, _ = _running(world)
    world.publish(job_id, 1, 99)
    world.publish(job_id, 2, 100, status="completed")
    assert world.key(f"generation_status:{job_id}") == "running"
    assert world.bridge.live.latest(job_id)["sequence"] == 1


def test_a_job_has_one_end_and_nothing_after_it(world: World) -> None:
    """Late messages of whatever writer change nothing."""
    job_id, token = _running(world)
    world.publish(job_id, 1, 50)
    _complete(world, job_id, token)
    world.publish(job_id, 2, 60)
    world.publish(job_id, 3, 100, status="completed")
    world.publish(job_id, 4, 100, status="completed")
    messages = world.read(job_id, 0)
    assert [m["status"] for m in messages] == ["running", "completed"]
    assert [m["sequence"] for m in messages] == [1, 2]
    assert messages[-1]["progress"] == 100
    assert world.key(f"generation_status:{job_id}") == "completed"


def test_the_end_takes_the_next_number_when_its_own_is_gone(world: World) -> None:
    """A message that PostgreSQL missed does not swallow the end."""
    job_id, token = _running(world)
    world.publish(job_id, 1, 50)
    with world.outage(database=True) as bridge:
        bridge.progress.publish(message(job_id, 2, 55))
    _complete(world, job_id, token)
    assert [m["sequence"] for m in world.read(job_id, 0)] == [1, 2, 3]


def test_another_attempt_goes_on_from_the_last_message(world: World) -> None:
    """Its claim says where, even if only Redis knew."""
    job_id, token = _running(world)
    world.publish(job_id, 7, 30)
    assert world.bridge.work.heartbeat(job_id, token, 0.0)
    claim = world.bridge.work.claim("w", 60.0)
    assert (claim.progress, claim.sequence) == (30, 7)


def test_progress_is_shown_while_postgresql_is_away(world: World) -> None:
    """Redis alone is live; the row follows later."""
    job_id, _ = _running(world)
    with world.outage(database=True) as bridge:
        bridge.progress.publish(message(job_id, 1, 10))
    assert world.bridge.live.latest(job_id)["progress"] == 10
    assert world.bridge.jobs.get(job_id, "t").progress == 0


def test_a_dead_redis_is_told_to_the_writer(world: World) -> None:
    """It tries again with the same number; the row has it already."""
    job_id, _ = _running(world)
    with world.outage(redis=True) as bridge, pytest.raises(StoreUnavailable):
        bridge.progress.publish(message(job_id, 1, 10))
    assert world.bridge.jobs.get(job_id, "t").progress == 10
    world.publish(job_id, 1, 12)
    assert [m["progress"] for m in world.read(job_id, 0)] == [12]


def test_a_running_job_is_shown_again_after_redis_lost_all(world: World) -> None:
    """From the row, and then by its own next message; the percentage stays."""
    job_id, _ = _running(world)
    world.publish(job_id, 4, 60)
    world.flush()
    world.bridge.jobs.restore(job_id)
    assert world.bridge.live.latest(job_id)["progress"] == 60
    assert world.key(f"generation_status:{job_id}") == "running"
    world.flush()
    world.publish(job_id, 5, 10)
    assert world.key(f"generation_progress:{job_id}") == "60"
    assert world.bridge.live.latest(job_id)["sequence"] == 5


def test_an_ended_job_is_rebuilt_after_redis_lost_all(world: World) -> None:
    """Status, progress, result and the last message come back from PostgreSQL."""
    job_id, token = _running(world)
    world.publish(job_id, 1, 50)
    _complete(world, job_id, token)
    names = ("status", "progress", "result")
    before = [world.key(f"generation_{name}:{job_id}") for name in names]
    last = world.bridge.live.latest(job_id)
    world.flush()
    world.bridge.jobs.restore(job_id)
    assert [world.key(f"generation_{name}:{job_id}") for name in names] == before
    assert world.bridge.live.latest(job_id) == last
    result = json.loads(before[2] or "")
    assert [len(variant["entries"]) for variant in result["variants"]] == [2] * 5
    assert result["manifest"] == {"seed": 5}


def test_nothing_is_restored_of_a_job_that_is_not(world: World) -> None:
    """No keys appear for a stranger's id."""
    stranger = "00000000-0000-4000-8000-000000000000"
    world.bridge.jobs.restore(stranger)
    assert world.key(f"generation_status:{stranger}") is None


def test_a_reader_is_woken_by_the_next_message(world: World) -> None:
    """Well before its patience ends."""
    job_id, _ = _running(world)
    timer = threading.Timer(0.3, world.publish, (job_id, 1, 10))
    timer.start()
    begin = time.perf_counter()
    found = world.read(job_id, 0, wait=10.0)
    timer.join()
    assert [m["sequence"] for m in found] == [1]
    assert time.perf_counter() - begin < 5


def test_a_reader_waits_no_longer_than_it_wants(world: World) -> None:
    """Then there is nothing to read."""
    job_id, _ = _running(world)
    assert world.read(job_id, 0, wait=0.1) == []


def test_many_readers_share_the_connections(world: World) -> None:
    """A hundred wait at once and all are served."""
    job_id, _ = _running(world)

    async def run() -> list[Any]:
        events = world.bridge.events
        readers = [asyncio.create_task(events.read(job_id, 0, 8.0)) for _ in range(100)]
        await asyncio.sleep(0.3)
        await asyncio.to_thread(world.publish, job_id, 1, 10)
        try:
            return await asyncio.gather(*readers)
        finally:
            await events.aclose()

    found = asyncio.run(run())
    assert [[m["sequence"] for m in messages] for messages in found] == [[1]] * 100


def test_reading_from_a_dead_redis_is_told(world: World) -> None:
    """The watcher looks into PostgreSQL then."""
    with world.outage(redis=True) as bridge:

        async def run() -> None:
            try:
                await bridge.events.read("x", 0, 0.1)
            finally:
                await bridge.events.aclose()

        with pytest.raises(StoreUnavailable):
            asyncio.run(run())


def test_a_result_of_a_job_that_failed_is_none(world: World) -> None:
    """Only a completed job has the key."""
    job_id, token = _running(world)
    assert world.bridge.work.fail(job_id, token, "x", ())
    assert world.key(f"generation_result:{job_id}") is None
    assert world.bridge.jobs.get(job_id, "t").status is JobStatus.FAILED

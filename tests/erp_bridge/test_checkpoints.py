"""Checkpoints of running jobs: the contract of ``cluster.ports.CheckpointStore``."""

import uuid

import pytest

from erp_bridge import StoreUnavailable
from tests.erp_bridge.conftest import World


def _claimed(world: World, lease: float = 60.0) -> tuple[str, int]:
    world.submit()
    claim = world.bridge.work.claim("w", lease)
    return claim.job_id, claim.fencing_token


def test_the_newest_checkpoint_is_kept(world: World) -> None:
    """It takes the place of the one before; each job has its own."""
    keeper = world.bridge.checkpoints
    job_id, token = _claimed(world)
    assert keeper.load(job_id) is None
    assert keeper.save(job_id, token, b"first")
    assert keeper.save(job_id, token, b"\x00second")
    assert keeper.load(job_id) == b"\x00second"
    other, _ = _claimed(world)
    assert keeper.load(other) is None


def test_a_checkpoint_outlives_the_attempt_that_made_it(world: World) -> None:
    """The next claim finds it; a late word of the old one is fenced off."""
    keeper = world.bridge.checkpoints
    job_id, token = _claimed(world)
    keeper.save(job_id, token, b"of the first")
    world.bridge.work.heartbeat(job_id, token, 0.0)
    again = world.bridge.work.claim("w", 60.0)
    assert keeper.load(again.job_id) == b"of the first"
    assert not keeper.save(job_id, token, b"late")
    assert keeper.save(job_id, again.fencing_token, b"of the second")
    assert keeper.load(job_id) == b"of the second"


def test_the_end_of_a_job_takes_its_checkpoint_away(world: World) -> None:
    """And no other is kept after it."""
    keeper = world.bridge.checkpoints
    job_id, token = _claimed(world)
    keeper.save(job_id, token, b"content")
    assert world.bridge.work.fail(job_id, token, "no", ())
    assert keeper.load(job_id) is None
    assert not keeper.save(job_id, token, b"late")


def test_an_outage_is_told_of(world: World) -> None:
    """The cluster waits and tries again."""
    with world.outage(database=True) as bridge, pytest.raises(StoreUnavailable):
        bridge.checkpoints.load(str(uuid.uuid4()))

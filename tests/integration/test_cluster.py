"""The cluster on a real Ray of two CPUs: jobs end, whatever is asked or lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest

from cluster import ClusterParams, DispatcherClient, start_dispatcher
from cluster.engine import Engine
from cluster.placement import variant_speed
from cluster.solving import SolversEngine
from cluster.variant import VariantTask
from cluster.warming import tiny_instance
from solvers.model import Instance, Weights
from solvers.params import SolveParams
from solvers.search import AnnealingParams
from tests.cluster.fakes import PROFILES, FakeEngine, FakeJob
from tests.cluster.switching import Switch, faked
from tests.cluster.waiting import wait_for

ray = pytest.importorskip("ray")
actors = pytest.importorskip("cluster.actors")
stores = pytest.importorskip("tests.cluster.ray_stores")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore"),
]

PATIENCE = 120.0
STOP_SECONDS = 5.0
LIMIT = 15.0
PARAMS = ClusterParams(
    namespace="cluster-tests",
    lease_seconds=3.0,
    heartbeat_seconds=0.5,
    smallest_restart_seconds=0.1,
    island_start_seconds=20.0,
    max_attempts=3,
    retry_seconds=0.5,
)


QUICK = SolveParams(annealing=AnnealingParams(event_work=2000, student_work=400))
"""Short chunks, so that epochs end in time on a machine that does much else."""


class Fleet:
    """One dispatcher at a time; the next test finds its processes warm."""

    def __init__(self) -> None:
        self._client: DispatcherClient | None = None

    @property
    def client(self) -> DispatcherClient:
        """The dispatcher, started if none is up."""
        return self._client or self.start(Switch(QUICK))

    def start(self, engine: Engine) -> DispatcherClient:
        """Start a dispatcher in place of the one that is up."""
        self.shut_down()
        params = replace(PARAMS, name=f"dispatcher-{uuid4().hex[:8]}")
        self._client = start_dispatcher(stores.open_stores, params, engine=engine)
        return self._client

    def shut_down(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            client.shutdown()


@pytest.fixture(scope="module")
def fleet(local_ray: None, compiled_kernels: None) -> Iterator[Fleet]:
    handle = stores.start_stores()
    made = Fleet()
    yield made
    made.shut_down()
    ray.kill(handle)


@pytest.fixture
def client(fleet: Fleet) -> DispatcherClient:
    return fleet.client


def submit(seconds: float, instance: Instance | None = None) -> str:
    """Queue a job, by default of the fake problem; returns its id."""
    is_real = instance is not None and not instance.name.startswith("fake")
    options = {} if is_real else {"profiles": PROFILES}
    job = FakeJob(job_id=uuid4().hex, time_limit_seconds=seconds, options=options)
    stores.enqueue(job, instance or faked())
    return job.job_id


def end_of(job_id: str) -> Any:
    """Wait for the end of a job; returns its row."""
    ends = ("completed", "failed", "cancelled")
    wait_for(lambda: stores.row(job_id).status in ends, PATIENCE)
    return stores.row(job_id)


def messages_of(job_id: str) -> list[dict[str, Any]]:
    return [item for item in stores.messages() if item["job_id"] == job_id]


def wait_for_search(job_id: str) -> None:
    def is_searching() -> bool:
        newest = messages_of(job_id)[-1:]
        return bool(newest) and all(
            item["cost"] is not None for item in newest[0]["variants"]
        )

    wait_for(is_searching, PATIENCE)


def seconds_to_stop(kind: str, job_id: str) -> float:
    """Ask for an end; returns how long it took."""
    began = monotonic()
    stores.RemoteStores().jobs.ask(kind, job_id)
    end_of(job_id)
    return monotonic() - began


def check_messages(job_id: str, status: str) -> None:
    wait_for(lambda: messages_of(job_id)[-1]["status"] == status)
    messages = messages_of(job_id)
    percents = [item["progress"] for item in messages]
    assert percents == sorted(percents)
    sequences = [item["sequence"] for item in messages]
    assert sequences == list(range(1, len(messages) + 1))


def check_five(row: Any) -> None:
    """Five variants, once, each the best of them under its own weights."""
    assert (row.status, row.message, row.writes) == ("completed", "", 1)
    assert [variant.number for variant in row.variants] == [1, 2, 3, 4, 5]
    for variant in row.variants:
        assert variant.verification.feasible
        own = Weights.of(variant.weights)
        costs = [own.cost(other.verification.criteria) for other in row.variants]
        assert variant.verification.cost == min(costs)


def test_the_real_engine_makes_five_verified_variants(client: DispatcherClient) -> None:
    """Every stage ran, islands exchanged migrants, one limit held for all five."""
    wait_for(lambda: client.state(PATIENCE).idle_variants == 5, PATIENCE)
    job_id = submit(LIMIT, tiny_instance())
    row = end_of(job_id)
    check_five(row)
    for variant in row.variants:
        stages = {stage.name: stage for stage in variant.stages}
        assert [stage for stage in stages.values() if not stage.ran] == []
        assert {"communities", "cpsat", "shared", "genetic", "refinement"} <= set(
            stages
        )
        assert stages["genetic"].details["islands"] >= 2
        assert stages["genetic"].details["migrants"] > 0
    assert row.manifest["versions"]["ray"] == ray.__version__
    check_messages(job_id, "completed")
    searched = max(variant.seconds for variant in row.variants)
    assert searched < LIMIT + PARAMS.stop_grace_seconds
    assert messages_of(job_id)[-1]["elapsed_seconds"] < LIMIT + 10.0
    stamps = [datetime.fromisoformat(m["updated_at"]) for m in messages_of(job_id)]
    assert len(stamps) > 6
    assert all(before <= after for before, after in pairwise(stamps))


def test_a_real_search_is_finished_within_seconds(client: DispatcherClient) -> None:
    """The best so far of all five, verified, without a process lost."""
    job_id = submit(600.0, tiny_instance())
    wait_for(lambda: messages_of(job_id)[-1:], PATIENCE)
    wait_for(
        lambda: messages_of(job_id)[-1]["stage"] in ("shared", "genetic"), PATIENCE
    )
    assert seconds_to_stop("finish", job_id) < STOP_SECONDS
    row = stores.row(job_id)
    check_five(row)
    assert [variant.warnings for variant in row.variants] == [()] * 5
    check_messages(job_id, "completed")


def test_variants_that_search_are_finished_within_seconds(
    client: DispatcherClient,
) -> None:
    """They stop, conclude and are saved; the next job finds them idle."""
    job_id = submit(30.0)
    wait_for_search(job_id)
    assert seconds_to_stop("finish", job_id) < STOP_SECONDS
    row = stores.row(job_id)
    check_five(row)
    assert [variant.warnings for variant in row.variants] == [()] * 5
    wait_for(lambda: client.state().idle_variants == 5)


def test_cancel_ends_a_running_job_within_seconds(client: DispatcherClient) -> None:
    """Nothing is saved, and the variants are free again."""
    job_id = submit(600.0)
    wait_for_search(job_id)
    assert seconds_to_stop("cancel", job_id) < STOP_SECONDS
    row = stores.row(job_id)
    assert (row.status, row.variants) == ("cancelled", ())
    check_messages(job_id, "cancelled")
    wait_for(lambda: client.state().idle_variants == 5)


def test_a_killed_variant_is_started_again(
    client: DispatcherClient, tmp_path: Path
) -> None:
    """SIGKILL in the middle of a search; the job ends as if nothing was."""
    marker = tmp_path / "died"
    row = end_of(submit(4.0, faked(kill_in="refine", marker=str(marker))))
    check_five(row)
    assert marker.exists()
    assert sum(bool(variant.warnings) for variant in row.variants) == 1
    assert row.attempt == 1


def test_a_job_survives_its_killed_supervisor(
    client: DispatcherClient, tmp_path: Path
) -> None:
    """It is given back and run again, and written once."""
    marker = tmp_path / "died"
    row = end_of(submit(2.0, faked(kill_in="prepare", marker=str(marker))))
    check_five(row)
    assert row.attempt == 2
    assert client.state().last_error


def test_an_engine_that_raises_fails_the_job(client: DispatcherClient) -> None:
    """In each of its attempts; with the message of what was raised in the actors."""
    job_id = submit(1.0, faked(raise_in="refine"))
    row = end_of(job_id)
    assert (row.status, row.attempt) == ("failed", PARAMS.max_attempts)
    assert "fake failure in refine" in row.message
    check_messages(job_id, "failed")


def test_islands_may_live_in_actors_of_their_own(fleet: Fleet) -> None:
    """Where the cluster has room for them; migrants cross between the processes."""
    params, engine = replace(PARAMS, islands_per_actor=1), FakeEngine()
    start = engine.prepare(
        faked(), seconds=1.0, seed=1, on_stage=print, should_stop=bool
    )
    weights = Weights.of({"time": 2, "student": 1})
    task = VariantTask(number=1, launch=0, weights=weights, seed=1, seconds=8.0)
    variant = actors._spawn_variant(engine, params, 0.1)
    ended = ray.get(variant.run.remote("key", task, [ray.put(start)]), timeout=PATIENCE)
    ray.kill(variant)
    assert ended.stages[0].details["islands"] == 2
    assert ended.stages[0].details["migrants"] > 0


def test_a_job_outlives_its_dispatchers(fleet: Fleet) -> None:
    """One is killed and restarted by Ray, one shuts down and gives the job back."""
    killed = fleet.start(FakeEngine())
    job_id = submit(6.0)
    wait_for_search(job_id)
    ray.kill(killed._actor, no_restart=False)
    wait_for(lambda: stores.row(job_id).attempt == 2, PATIENCE)
    fleet.start(FakeEngine())
    row = end_of(job_id)
    check_five(row)
    assert row.attempt == 3
    assert row.manifest["resumed_seconds"] > 0


def test_two_cpus_are_crowded_by_ten_islands(local_ray: None) -> None:
    """What the shared search of these tests follows from."""
    total = float(ray.cluster_resources()["CPU"])
    assert variant_speed(total, PARAMS) == pytest.approx(0.2)
    assert SolversEngine().versions()["ray"] == ray.__version__

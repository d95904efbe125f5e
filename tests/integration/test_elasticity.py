"""Nodes come and go while a job runs: those that come are used, those that go missed.

The nodes are real Ray nodes on this machine; the engine is a fake one that hardly
computes, so that a node's logical CPUs need not be there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from cluster import ClusterParams, DispatcherClient, start_dispatcher
from solvers.model import Cost
from tests.chaos.nodes import title_of
from tests.cluster.fakes import PROFILES, FakeEngine, FakeJob, fake_instance
from tests.cluster.waiting import wait_for

ray = pytest.importorskip("ray")
stores = pytest.importorskip("tests.cluster.ray_stores")
cluster_utils = pytest.importorskip("ray.cluster_utils")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore"),
]

PATIENCE = 180.0
USED_SECONDS = 30.0
NODE_CPUS = 20
SEARCH_SECONDS = 45.0
PARAMS = ClusterParams(namespace="elasticity-tests", requested_islands=4)


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cluster of one node with two CPUs, and this process in it."""
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_worker_niceness", "0")
    made = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False}
    )
    ray.init(address=made.address, log_to_driver=False)
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.fixture
def client(nodes: Any) -> Iterator[DispatcherClient]:
    """A dispatcher of this cluster."""
    # The actor lives as long as its handle.
    handle = stores.start_stores()
    params = replace(PARAMS, name=f"dispatcher-{uuid4().hex[:8]}")
    made = start_dispatcher(stores.open_stores, params, engine=FakeEngine(pause=0.2))
    yield made
    made.shutdown()
    ray.kill(handle)


def islands_on(node: Any) -> list[int]:
    """Processes of a node in which an island searches."""
    raylet = node.all_processes["raylet"][0].process.pid
    return [
        int(name)
        for name in os.listdir("/proc")
        if name.isdigit()
        and "IslandShell.step" in title_of(int(name))
        and _is(name, raylet)
    ]


def _is(pid: str, parent: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return int(stat.read().rpartition(")")[2].split()[1]) == parent
    except OSError:
        return False


def is_searching(job_id: str) -> bool:
    newest = [item for item in stores.messages() if item["job_id"] == job_id][-1:]
    return bool(newest) and all(item["cost"] for item in newest[0]["variants"])


def test_a_node_that_joins_is_used_and_one_that_leaves_is_missed(
    nodes: Any, client: DispatcherClient
) -> None:
    """Archipelagos grow onto it within half a minute, and outlive it."""
    client.wait_until_ready(PATIENCE)
    job = FakeJob(
        job_id=uuid4().hex,
        time_limit_seconds=SEARCH_SECONDS,
        options={"profiles": PROFILES},
    )
    stores.enqueue(job, fake_instance())
    wait_for(lambda: is_searching(job.job_id), PATIENCE)

    joined = nodes.add_node(num_cpus=NODE_CPUS)
    wait_for(lambda: bool(islands_on(joined)), USED_SECONDS)
    assert stores.row(job.job_id).status == "running"

    nodes.remove_node(joined, allow_graceful=False)
    wait_for(lambda: stores.row(job.job_id).status != "running", PATIENCE)
    row = stores.row(job.job_id)
    assert (row.status, row.attempt, row.writes) == ("completed", 1, 1)
    assert [variant.number for variant in row.variants] == [1, 2, 3, 4, 5]
    searches = [
        next(stage for stage in variant.stages if stage.name == "genetic")
        for variant in row.variants
    ]
    grown = max(search.details["islands"] for search in searches)
    assert grown > PARAMS.islands_per_variant
    for variant, search in zip(row.variants, searches, strict=True):
        assert variant.verification.feasible
        assert Cost(0, variant.verification.cost) <= search.cost_before

"""Many jobs of twenty tenants at once: all end, and nobody is flooded out.

Workers take the queue of the real databases and end each job at once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from time import perf_counter
from uuid import uuid4

import pytest

from erp_bridge import BridgeSettings, BridgeStores, JobDraft, Scope, migrate
from serve.embedded import EmbeddedServices
from tests.erp_bridge.documents import DOCUMENT, outcomes

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(600)]

TENANTS = [f"tenant-{number:02d}" for number in range(20)]
FLOODING = TENANTS[0]
SLOTS = 4


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeStores]:
    folder = tmp_path_factory.mktemp("fairness")
    with EmbeddedServices(folder, durable=False) as urls:
        migrate(urls.database_url, "horarium")
        settings = BridgeSettings(
            database_url=urls.database_url,
            redis_url=urls.redis_url,
            pool_size=2 * SLOTS,
        )
        made = BridgeStores(settings)
        yield made
        made.close()


def _queue(bridge: BridgeStores, num_jobs: int) -> dict[str, str]:
    """Return who owns which job; the flooding tenant comes first with all it has."""
    of_others = num_jobs // 50
    flood = num_jobs - of_others * (len(TENANTS) - 1)
    owners = [FLOODING] * flood + TENANTS[1:] * of_others
    jobs = {str(uuid4()): owner for owner in owners}
    for job_id, owner in jobs.items():
        draft = JobDraft(
            job_id=job_id,
            tenant=owner,
            source="institution",
            scope=Scope(),
            document=DOCUMENT,
            time_limit_seconds=1.0,
        )
        bridge.jobs.enqueue(draft)
    return jobs


class Slots:
    """Workers that end each job at once, and the order in which they got them."""

    def __init__(self, bridge: BridgeStores, owners: Mapping[str, str]) -> None:
        self._bridge = bridge
        self._owners = owners
        self._lock = threading.Lock()
        self.order: list[str] = []
        self.claim_seconds: list[float] = []

    def run(self) -> None:
        threads = [threading.Thread(target=self._work) for _ in range(SLOTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        jobs = self._bridge.work
        while True:
            with self._lock:
                began = perf_counter()
                claim = jobs.claim("slot", 60.0)
                if claim is None:
                    return
                self.claim_seconds.append(perf_counter() - began)
                self.order.append(self._owners[claim.job_id])
            instance = jobs.load_instance(claim.job_id)
            assert jobs.complete(
                claim.job_id, claim.fencing_token, instance, outcomes(instance), {}
            )


@pytest.mark.parametrize("num_jobs", [200, pytest.param(1000, marks=pytest.mark.chaos)])
def test_jobs_of_twenty_tenants(bridge: BridgeStores, num_jobs: int) -> None:
    """While others wait, the flooding tenant gets no two turns to their one."""
    owners = _queue(bridge, num_jobs)
    slots = Slots(bridge, owners)
    slots.run()
    assert Counter(slots.order) == Counter(owners.values())
    assert all(bridge.jobs.num_unfinished(tenant) == 0 for tenant in TENANTS)
    for tenant in TENANTS[1:]:
        last = len(slots.order) - 1 - slots.order[::-1].index(tenant)
        behind = 0
        for owner in slots.order[: last + 1]:
            behind = 0 if owner == tenant else behind + (owner == FLOODING)
            assert behind <= 1, f"{tenant} was passed over"

"""1,000 tiny jobs of twenty tenants through the real dispatcher.

::

    uv run python -m tests.benchmarks.flood --jobs 1000 --slots 4

One tenant floods the queue before the others come with a few jobs each. Printed: if
all ended, how often the flooding tenant was served twice while another one waited, how
long tenants waited, and what the dispatcher and PostgreSQL used.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg

from cluster import ClusterParams
from erp_bridge import BridgeStores, JobDraft, Scope
from tests.erp_bridge.documents import DOCUMENT

from .submissions import percentile
from .workbench import Workbench, bridge_of, databases, workbench

NUM_TENANTS = 20
TENANTS = [f"tenant-{number:02d}" for number in range(NUM_TENANTS)]
FLOODING = TENANTS[0]
SEARCH_SECONDS = 0.2
LOOK_SECONDS = 1.0
SHARE_OF_OTHERS = 50


def owners(num_jobs: int) -> list[str]:
    """Tenant of each job in the order of submission: the flood comes first."""
    each = max(1, num_jobs // SHARE_OF_OTHERS)
    flood = num_jobs - each * (NUM_TENANTS - 1)
    return [FLOODING] * flood + TENANTS[1:] * each


class Turn(NamedTuple):
    """When a job was queued, and when its turn came, in seconds from any moment."""

    tenant: str
    queued: float
    claimed: float


def most_passed_over(turns: Sequence[Turn], tenant: str) -> int:
    """Most turns of the flooding tenant while another waits for its next.

    A tenant waits from when its next job is queued, or, if that is later, from its last
    turn. What the flood got before does not count: nobody else was there.
    """
    floods = [turn.claimed for turn in turns if turn.tenant == FLOODING]
    mine = sorted(
        (turn.claimed, turn.queued) for turn in turns if turn.tenant == tenant
    )
    most, last = 0, -inf
    for claimed, queued in mine:
        begin = max(last, queued)
        most = max(most, sum(begin < moment < claimed for moment in floods))
        last = claimed
    return most


def _submit(bridge: BridgeStores, num_jobs: int) -> None:
    for tenant in owners(num_jobs):
        bridge.jobs.enqueue(
            JobDraft(
                job_id=str(uuid4()),
                tenant=tenant,
                source="institution",
                scope=Scope(),
                document=DOCUMENT,
                time_limit_seconds=SEARCH_SECONDS,
            )
        )


class _Row(NamedTuple):
    tenant: str
    queued: float
    claimed: float
    seconds: float
    status: str
    attempt: int


def _jobs(bench: Workbench) -> list[_Row]:
    """Every job as claimed; moments and durations in seconds."""
    query = """
        SELECT tenant,
               extract(epoch FROM created_at)::float,
               extract(epoch FROM claimed_at)::float,
               coalesce(extract(epoch FROM completed_at - claimed_at)::float, -1),
               status, attempt
        FROM horarium.generation_jobs ORDER BY claimed_at
    """
    with psycopg.connect(bench.database_url) as connection:
        return [_Row(*row) for row in connection.execute(query)]


def _wait_for_ends(bench: Workbench) -> None:
    query = """
        SELECT count(*) FROM horarium.generation_jobs
        WHERE status IN ('queued', 'running', 'cancelling')
    """
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        while True:
            row = connection.execute(query).fetchone()
            if row is not None and row[0] == 0:
                return
            time.sleep(LOOK_SECONDS)


def measure(num_jobs: int, slots: int) -> dict[str, Any]:
    """Queue all, wait for the last; returns plain figures."""
    params = ClusterParams(max_concurrent_jobs=slots, warm_variants=5 * slots)
    with workbench(params, num_cpus=2) as bench:
        began = time.monotonic()
        _submit(bench.bridge, num_jobs)
        submitted = time.monotonic() - began
        first = bench.read()
        _wait_for_ends(bench)
        rates = bench.read().rates_since(first)
        rows = _jobs(bench)
    turns = [Turn(row.tenant, row.queued, row.claimed) for row in rows]
    waited = {
        name: [t.claimed - t.queued for t in turns if (t.tenant == FLOODING) is floods]
        for name, floods in (("flooding", True), ("others", False))
    }
    return {
        "jobs": num_jobs,
        "slots": slots,
        "submit_seconds": submitted,
        "statuses": dict(Counter(row.status for row in rows)),
        "repeated": sum(row.attempt > 1 for row in rows),
        "flooding_jobs": sum(turn.tenant == FLOODING for turn in turns),
        "most_passed_over": max(most_passed_over(turns, t) for t in TENANTS[1:]),
        "run_seconds_p50": percentile([row.seconds for row in rows], 0.5),
        "waited_seconds_max": {name: max(values) for name, values in waited.items()},
        "jobs_per_second": num_jobs / rates["seconds"],
        "per_second": rates,
    }


def measure_claims(num_jobs: int) -> dict[str, Any]:
    """Queue all and claim half of them, without running any; returns milliseconds."""
    with databases() as urls, bridge_of(urls) as bridge:
        _submit(bridge, num_jobs)
        claims: list[float] = []
        heartbeats: list[float] = []
        for _ in range(num_jobs // 2):
            began = time.perf_counter()
            claim = bridge.work.claim("bench", 60.0)
            claimed = time.perf_counter()
            assert claim is not None
            bridge.work.heartbeat(claim.job_id, claim.fencing_token, 60.0)
            heartbeats.append(1000 * (time.perf_counter() - claimed))
            claims.append(1000 * (claimed - began))
    return {
        "jobs": num_jobs,
        "claim_ms": {"p50": percentile(claims, 0.5), "p99": percentile(claims, 0.99)},
        "heartbeat_ms": {
            "p50": percentile(heartbeats, 0.5),
            "p99": percentile(heartbeats, 0.99),
        },
    }


def main() -> None:
    """Run the measurement and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument(
        "--claims", action="store_true", help="only claim, and run nothing"
    )
    given = parser.parse_args()
    if given.claims:
        found = measure_claims(given.jobs)
    else:
        found = measure(given.jobs, given.slots)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

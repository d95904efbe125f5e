"""Latency of submissions while a job runs.

``horarium up`` serves; then::

    uv run python -m tests.benchmarks.submissions http://127.0.0.1:8000 \\
        "$(uv run horarium token --role admin)"

One job of the whole catalogue is started, and submissions follow while it runs: the
ERP's short call, and a whole institution in the body. All jobs are canceled at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

ERP_BODY = {
    "department_id": "CSE",
    "batch_id": "2024-CSE-A",
    "semester": 3,
    "academic_year": "2024-25",
}


def percentile(values: list[float], share: float) -> float:
    """Smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def wait_until_running(client: httpx.Client, job_id: str) -> None:
    """Wait until the search of a job has begun."""
    while client.get(f"/api/progress/{job_id}").json()["progress"] < 1:
        time.sleep(0.2)


def measure(
    submit: Callable[[], httpx.Response], count: int, jobs: list[str]
) -> dict[str, Any]:
    """Submit one after the other; returns milliseconds."""
    spent = []
    for _ in range(count):
        begin = time.perf_counter()
        answer = submit()
        spent.append(1000 * (time.perf_counter() - begin))
        answer.raise_for_status()
        jobs.append(answer.json()["job_id"])
    return {
        "count": count,
        "p50_ms": round(percentile(spent, 0.50), 1),
        "p99_ms": round(percentile(spent, 0.99), 1),
        "max_ms": round(max(spent), 1),
        "slowest": sorted(
            ((round(ms), at) for at, ms in enumerate(spent)), reverse=True
        )[:5],
    }


def main() -> None:
    """Run the measurement and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--institution", type=Path, help="also submit this document")
    given = parser.parse_args()
    headers = {"Authorization": f"Bearer {given.token}"}
    jobs: list[str] = []
    with httpx.Client(base_url=given.url, headers=headers, timeout=60) as client:
        body = {"catalogue": {}, "time_limit_seconds": 600}
        first = client.post("/api/generate_variants", json=body).json()["job_id"]
        wait_until_running(client, first)
        erp = "/api/generation-jobs/generate/"
        found = {
            "erp": measure(lambda: client.post(erp, json=ERP_BODY), given.count, jobs)
        }
        if given.institution:
            document = given.institution.read_bytes()
            found["institution"] = measure(
                lambda: client.post("/api/generate_variants", content=document),
                given.count,
                jobs,
            )
            found["institution"]["bytes"] = len(document)
        for job_id in [*jobs, first]:
            client.post(f"/api/cancel/{job_id}")
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

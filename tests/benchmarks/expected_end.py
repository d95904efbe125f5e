"""How far the expected end of running jobs is from their real one.

::

    uv run python -m tests.benchmarks.expected_end --scale 0.3 --seconds 20 60

One job of the sample university after the other runs through the dispatcher with real
databases. Printed for each: the error of the expected end over the quarters of the
job's time, positive where it ended earlier than was said.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from statistics import median
from typing import Any

from cluster import ClusterParams
from erp_bridge import BridgeStores
from solvers.sample import sample_institution

from .workbench import ENDS, TENANT, document_of, workbench

LOOK_SECONDS = 0.25
QUARTERS = 4


def errors(seen: list[tuple[float, float]], began: float, ended: float) -> list[float]:
    """Signed errors in seconds of the remaining seconds that were shown.

    Parameters
    ----------
    seen
        Moment and remaining seconds of each look.
    began, ended
        Moments between which the job ran.
    """
    return [eta - (ended - at) for at, eta in seen if began <= at <= ended]


def quarters(
    seen: list[tuple[float, float]], began: float, ended: float
) -> list[dict[str, float]]:
    """Median and largest absolute error in each quarter of the job's time."""
    found = []
    for quarter in range(QUARTERS):
        low = began + (ended - began) * quarter / QUARTERS
        high = began + (ended - began) * (quarter + 1) / QUARTERS
        mine = [item for item in seen if low <= item[0] <= high]
        sizes = errors(mine, began, ended)
        if sizes:
            worst = max(sizes, key=abs)
            found.append({"median": round(median(sizes), 2), "worst": round(worst, 2)})
    return found


def follow(bridge: BridgeStores, job_id: str) -> dict[str, Any]:
    """Look at a job until it ends."""
    seen: list[tuple[float, float]] = []
    began: float | None = None
    while True:
        time.sleep(LOOK_SECONDS)
        record = bridge.jobs.get(job_id, TENANT)
        assert record is not None
        now = time.monotonic()
        if str(record.status) in ENDS:
            break
        progress = dict(record.last_progress or {})
        if (eta := progress.get("eta_seconds")) is not None:
            began = now if began is None else began
            seen.append((now, float(eta)))
    assert began is not None, "no message told an expected end"
    return {
        "status": str(record.status),
        "seconds": round(now - began, 1),
        "first_expected": seen[0][1],
        "median_absolute": round(
            median(abs(error) for error in errors(seen, began, now)), 2
        ),
        "quarters": quarters(seen, began, now),
    }


def main() -> None:
    """Print one JSON object a job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.3)
    parser.add_argument("--seconds", type=float, nargs="+", default=[20.0, 60.0])
    given = parser.parse_args()
    institution = sample_institution(scale=given.scale, seed=1)
    document = document_of(institution)
    with workbench(ClusterParams(), num_cpus=2) as bench:
        for seconds in given.seconds:
            job_id = bench.submit(document, seconds)
            found = {"time_limit_seconds": seconds, **follow(bench.bridge, job_id)}
            sys.stdout.write(json.dumps(found) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

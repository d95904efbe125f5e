"""The sample university at a large scale: time to feasible, cost and memory.

::

    uv run python -m tests.benchmarks.large --scale 20 --time-limit 60 --workers 2
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from solvers.bench import cpu_clock, run_trial
from solvers.formats.institution import build_instance
from solvers.params import SolveParams
from solvers.sample import sample_institution
from solvers.specialization import warm_up
from tests.memory import peak_bytes


def main() -> None:
    """Solve once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=20.0)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    instance = build_instance(sample_institution(given.scale, seed=1))
    warm_up(instance)
    before = peak_bytes()
    trial = run_trial(
        instance,
        seconds=given.time_limit,
        seed=given.seed,
        params=SolveParams(workers=given.workers),
        clock=cpu_clock(given.workers),
    )
    found = {
        "events": instance.num_events,
        "students": instance.num_students,
        "workers": given.workers,
        "cpu_seconds_per_worker": given.time_limit,
        **asdict(trial),
        "peak_megabytes_before": round(before / 2**20),
        "peak_megabytes": round(peak_bytes() / 2**20),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

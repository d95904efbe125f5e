"""What one job costs in bytes, transactions, memory and processor seconds.

::

    uv run python -m tests.benchmarks.unit_costs --scale 1.0 --seconds 60

One job of the sample university runs through the dispatcher with real databases, one
island of each variant in an actor of its own. ``docs/scaling.md`` reckons with the
figures.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import time
from statistics import fmean
from typing import Any

import psycopg

from cluster import ClusterParams
from cluster.bench import start_of
from cluster.checkpoint import Checkpoint
from cluster.island import IslandReport
from cluster.solving import SolversEngine
from solvers.formats.institution import build_instance
from solvers.sample import sample_institution

from .workbench import ENDS, TENANT, Reading, Workbench, document_of, workbench

IDLE_SECONDS = 10.0
LOOK_SECONDS = 1.0
NUM_VARIANTS = 5
MIGRANTS_PER_EPOCH = 2


def pickled_bytes(value: Any) -> int:
    """Bytes on the wire: the pickle and the buffers beside it."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    return len(head) + sum(buffer.raw().nbytes for buffer in buffers)


def sizes(institution: Any, seconds: float) -> dict[str, float]:
    """Bytes of what travels between the processes of a job."""
    instance = build_instance(institution)
    start = start_of(instance, seconds, seed=1)
    scenario = SolversEngine().scenario(start, instance.weights)
    migrant = scenario.migrant(start.timetable)
    news = IslandReport(
        migrant.cost, start.timetable, 1, [migrant] * MIGRANTS_PER_EPOCH
    )
    best = dict.fromkeys(range(1, NUM_VARIANTS + 1), start.timetable)
    return {
        "events": len(instance.events),
        "students": len(instance.students),
        "document_bytes": len(document_of(institution)),
        "shared_start_bytes": pickled_bytes(start),
        "timetable_bytes": pickled_bytes(start.timetable),
        "migrant_bytes": pickled_bytes(migrant),
        "island_report_bytes": pickled_bytes(news),
        "alike_checkpoint_bytes": len(
            Checkpoint(1.0, 0.5, start.timetable, best).to_bytes()
        ),
    }


class Watch:
    """Looks at a job until it ends."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.searching: list[Reading] = []
        self.memory: dict[str, int] = {}
        self.processes: dict[str, int] = {}
        self.checkpoints: list[int] = []
        self.message_bytes: list[int] = []

    def follow(self, job_id: str) -> dict[str, Any]:
        """Return the job's last message."""
        while True:
            time.sleep(LOOK_SECONDS)
            record = self._bench.bridge.jobs.get(job_id, TENANT)
            assert record is not None
            if str(record.status) in ENDS:
                return dict(record.last_progress)
            self._look(job_id, dict(record.last_progress))

    def _look(self, job_id: str, progress: dict[str, Any]) -> None:
        self.message_bytes.append(len(json.dumps(progress)))
        for kind, found in self._bench.memory().items():
            self.memory[kind] = max(self.memory.get(kind, 0), *found)
            self.processes[kind] = max(self.processes.get(kind, 0), len(found))
        if any(variant.get("cost") for variant in progress.get("variants", ())):
            self.searching.append(self._bench.read())
        query = "SELECT octet_length(content) FROM horarium.checkpoints"
        with psycopg.connect(self._bench.database_url) as connection:
            self.checkpoints += [int(row[0]) for row in connection.execute(query)]


def measure(scale: float, seconds: float) -> dict[str, Any]:
    """Run one job; returns plain figures."""
    institution = sample_institution(scale=scale, seed=1)
    found: dict[str, Any] = {"scale": scale, "time_limit_seconds": seconds}
    found |= sizes(institution, seconds=max(2.0, 0.1 * seconds))
    params = ClusterParams(islands_per_actor=1, variant_cpus=0.1)
    with workbench(params, num_cpus=8) as bench:
        first = bench.read()
        time.sleep(IDLE_SECONDS)
        found["idle_per_second"] = bench.read().rates_since(first)
        job_id = bench.submit(document_of(institution), seconds)
        watch = Watch(bench)
        last = watch.follow(job_id)
        found |= {
            "status": last["status"],
            "messages": last["sequence"],
            "message_bytes": fmean(watch.message_bytes),
            "checkpoint_bytes": max(watch.checkpoints, default=0),
            "memory_bytes": watch.memory,
            "processes": watch.processes,
            "search_per_second": watch.searching[-1].rates_since(watch.searching[0]),
            "migrants_per_second": _migrants(bench, job_id) / seconds,
        }
    return found


def _migrants(bench: Workbench, job_id: str) -> int:
    """Migrants that arrived in all five archipelagos."""
    rows = bench.bridge.jobs.variants(job_id, TENANT, entries=False)
    return sum(
        int(stage["details"].get("migrants", 0))
        for row in rows
        for stage in row["stages"]
    )


def main() -> None:
    """Run the measurement and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    found = measure(given.scale, given.seconds)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

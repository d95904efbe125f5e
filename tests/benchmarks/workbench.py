"""The databases, a local Ray and a dispatcher, with counters of what each uses."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import psycopg
import redis
from pydantic_core import to_json

from cluster import ClusterParams, DispatcherClient, start_dispatcher
from cluster.bench import processes_below
from erp_bridge import BridgeSettings, BridgeStores, JobDraft, Scope, migrate
from serve.embedded import EmbeddedServices, Urls
from serve.settings import Settings
from serve.storage import stores_factory

__all__ = [
    "ENDS",
    "KINDS",
    "TENANT",
    "Reading",
    "Workbench",
    "bridge_of",
    "databases",
    "document_of",
    "workbench",
]

KINDS = {
    "dispatcher": "ray::DispatcherShell",
    "supervisor": "ray::SupervisorShell",
    "variant": "ray::VariantShell",
    "island": "ray::IslandShell",
    "raylet": "/raylet/raylet ",
    "head": "/gcs_server ",
    "postgres": "postgres",
    "valkey": "valkey-server",
}
"""Kinds of processes by words of their titles."""
READY_SECONDS = 300.0
TENANT = "default"
ENDS = ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Reading:
    """Counters at a moment.

    Parameters
    ----------
    at
        Monotonic seconds.
    cpu_seconds
        Processor seconds by kind, of processes that live.
    transactions
        Of PostgreSQL, committed.
    redis_in_bytes, redis_out_bytes, redis_commands
        Of Valkey.
    """

    at: float
    cpu_seconds: dict[str, float]
    transactions: int
    redis_in_bytes: int
    redis_out_bytes: int
    redis_commands: int

    def rates_since(self, earlier: Reading) -> dict[str, float]:
        """What a wall second took since an earlier reading."""
        seconds = self.at - earlier.at
        counts = {
            name: (getattr(self, name) - getattr(earlier, name)) / seconds
            for name in (
                "transactions",
                "redis_in_bytes",
                "redis_out_bytes",
                "redis_commands",
            )
        }
        cpu = {
            f"cpu_{kind}": (used - earlier.cpu_seconds.get(kind, 0.0)) / seconds
            for kind, used in self.cpu_seconds.items()
        }
        return {"seconds": seconds, **counts, **cpu}


@dataclass(frozen=True, slots=True)
class Workbench:
    """What runs, and how to look at it."""

    bridge: BridgeStores
    dispatcher: DispatcherClient
    database_url: str
    redis_url: str

    def read(self) -> Reading:
        """Read all counters; that itself costs a few transactions and commands."""
        with redis.Redis.from_url(self.redis_url) as client:
            stats = client.info("stats")
        query = "SELECT sum(xact_commit) FROM pg_stat_database"
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return Reading(
            monotonic(),
            self.cpu_seconds(),
            int(row[0]),
            int(stats["total_net_input_bytes"]),
            int(stats["total_net_output_bytes"]),
            int(stats["total_commands_processed"]),
        )

    def cpu_seconds(self) -> dict[str, float]:
        """Processor seconds by kind, those of children that have ended included."""
        used: dict[str, float] = {}
        for process in processes_below(os.getpid()):
            if (kind := _kind_of(process.title)) is not None:
                seconds = process.own + process.children
                used[kind] = used.get(kind, 0.0) + seconds
        return used

    def submit(self, document: bytes, seconds: float) -> str:
        """Queue a job of an institution document; returns its id."""
        job_id = str(uuid4())
        self.bridge.jobs.enqueue(
            JobDraft(
                job_id=job_id,
                tenant=TENANT,
                source="institution",
                scope=Scope(),
                document=document,
                time_limit_seconds=seconds,
            )
        )
        return job_id

    def memory(self) -> dict[str, list[int]]:
        """Bytes of every process by kind; what several share is shared out."""
        found: dict[str, list[int]] = {}
        for process in processes_below(os.getpid()):
            kind = _kind_of(process.title)
            if kind is not None and (size := _proportional_bytes(process.pid)):
                found.setdefault(kind, []).append(size)
        return found


def document_of(institution: Any) -> bytes:
    """Bytes of an institution as it is posted."""
    return to_json(
        institution.model_dump(mode="json", by_alias=True, exclude_none=True)
    )


def _kind_of(title: str) -> str | None:
    for kind, words in KINDS.items():
        if words in title:
            return kind
    return None


def _proportional_bytes(pid: int) -> int:
    try:
        lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    sizes = [line.split()[1] for line in lines if line.startswith("Pss:")]
    return 1024 * int(sizes[0]) if sizes else 0


@contextmanager
def databases() -> Iterator[Urls]:
    """A PostgreSQL with all tables and a Valkey, for the time of a ``with``."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        EmbeddedServices(Path(folder), durable=False) as urls,
    ):
        migrate(urls.database_url, "horarium")
        yield urls


@contextmanager
def bridge_of(urls: Urls) -> Iterator[BridgeStores]:
    """The bridge of this process, for the time of a ``with``."""
    bridge = BridgeStores(
        BridgeSettings(database_url=urls.database_url, redis_url=urls.redis_url)
    )
    try:
        yield bridge
    finally:
        bridge.close()


@contextmanager
def workbench(params: ClusterParams, num_cpus: int) -> Iterator[Workbench]:
    """Start everything for the time of a ``with``."""
    os.environ.update(
        RAY_AUTH_MODE="disabled",
        RAY_USAGE_STATS_ENABLED="0",
        RAY_worker_niceness="0",
        RAY_ENABLE_UV_RUN_RUNTIME_ENV="0",
    )
    import ray

    with databases() as urls, bridge_of(urls) as bridge:
        settings = Settings().with_urls(
            database_url=urls.database_url,
            redis_url=urls.redis_url,
            jwt_secret="-" * 32,
        )
        ray.init(
            "local", num_cpus=num_cpus, include_dashboard=False, log_to_driver=False
        )
        dispatcher = start_dispatcher(stores_factory(settings), params)
        try:
            dispatcher.wait_until_ready(READY_SECONDS)
            yield Workbench(bridge, dispatcher, urls.database_url, urls.redis_url)
        finally:
            dispatcher.shutdown()
            ray.shutdown()

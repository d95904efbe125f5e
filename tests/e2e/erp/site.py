"""The reference ERP beside the running product: what it does on the wire."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import redis

from serve.embedded import EmbeddedServices
from tests.e2e.programs import running
from tests.erp_bridge.reference_dumps import dump, reference_database

__all__ = ["ENDS", "FAR", "NEAR", "ORGANIZATION", "WEEK", "Seen", "Site", "site"]

ORGANIZATION = "Acme University"
NEAR, FAR = "127.0.0.5", "127.0.0.1"
"""Where the ERP's workers call from, and where others do; both reach the service."""
ENDS = ("completed", "failed", "cancelled")
WEEK = {
    "working_days": 6,
    "slots_per_day": 8,
    "start_time": "08:00",
    "end_time": "17:00",
    "slot_duration_minutes": 60,
    "lunch_break_enabled": True,
    "lunch_break_start": "12:00",
    "lunch_break_end": "13:00",
}
_HEADERS = {"User-Agent": "python-requests/2.32.3", "Accept": "*/*"}
_PATIENCE = 300.0
_PAUSE = 0.05
_INSERT = """
INSERT INTO generation_jobs (id, status, created_at, updated_at, progress,
                             academic_year, semester, timetable_data, org_id)
SELECT %s, 'running', now() - make_interval(secs => %s), now(), 0, '2024-2025', 1, %s,
       org_id
FROM organizations WHERE org_name = %s
"""


@dataclass
class Seen:
    """What was seen of a job until its end.

    Parameters
    ----------
    values
        Values of ``progress:job:``, each time another one.
    moments
        Seconds after the call, at each of them.
    lifetimes
        Seconds that the key had left, at each of them.
    keys
        Other keys of the job that were there while it ran.
    row
        The row at the very moment in which Redis told of the end.
    seconds
        From the call to that moment.
    """

    values: list[dict[str, Any]] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    lifetimes: list[int] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    row: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def end(self) -> dict[str, Any]:
        return self.values[-1]

    def stages(self) -> dict[str, float]:
        """When each stage was first seen, in seconds after the call."""
        first: dict[str, float] = {}
        for value, moment in zip(self.values, self.moments, strict=True):
            first.setdefault(value["stage"], moment)
        return first


class Site:
    """The ERP: its database, its Redis, and its calls.

    Parameters
    ----------
    url
        Where the service answers.
    database_url, redis_url
        What both share.
    """

    def __init__(self, url: str, database_url: str, redis_url: str) -> None:
        self.url, self.database_url = url, database_url
        self.redis = redis.Redis.from_url(redis_url, decode_responses=True)
        self._clients = {address: _client(url, address) for address in (NEAR, FAR)}

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self.redis.close()

    def connect(self) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(
            self.database_url,
            row_factory=psycopg.rows.dict_row,
            options="-c search_path=public",
        )

    def insert(self, job_id: str | None = None, *, age: float = 0.0) -> str:
        """Insert a row as the view of the ERP does; returns the id."""
        job_id = job_id or str(uuid.uuid4())
        data = {
            "academic_year": "2024-2025",
            "semester": "odd",
            "org_id": ORGANIZATION,
            "priority": "normal",
            "generation_type": "full",
            "scope": "university",
            "time_config": WEEK,
        }
        with self.connect() as connection:
            values = (job_id, age, json.dumps(data), ORGANIZATION)
            connection.execute(_INSERT, values)
        return job_id

    def row(self, job_id: str) -> dict[str, Any]:
        with self.connect() as connection:
            query = "SELECT * FROM generation_jobs WHERE id = %s"
            found = connection.execute(query, (job_id,)).fetchone()
        assert found is not None
        return found

    def set_status(self, job_id: str, status: str) -> None:
        query = "UPDATE generation_jobs SET status = %s WHERE id = %s"
        with self.connect() as connection:
            connection.execute(query, (status, job_id))

    def start(
        self, job_id: str, *, address: str = NEAR, headers: Any = None, **changes: Any
    ) -> httpx.Response:
        """Call as the Celery worker does."""
        body = {
            "job_id": job_id,
            "organization_id": ORGANIZATION,
            "department_id": None,
            "batch_ids": [],
            "semester": 1,
            "academic_year": "2024-2025",
            "time_config": WEEK,
            **changes,
        }
        client = self._clients[address]
        return client.post("/api/generate_variants", json=body, headers=headers)

    def cancel(self, job_id: str, *, address: str = NEAR) -> httpx.Response:
        """Call as the view does, which then marks the row, whatever is answered."""
        answer = self._clients[address].post(f"/api/cancel/{job_id}")
        if self.row(job_id)["status"] not in ("completed", "cancelled"):
            self.set_status(job_id, "cancelling")
        return answer

    def at(self, address: str) -> httpx.Client:
        """Client that calls from an address."""
        return self._clients[address]

    def progress(self, job_id: str) -> dict[str, Any] | None:
        text = self.redis.get(f"progress:job:{job_id}")
        return None if text is None else dict(json.loads(text))

    def follow(self, job_id: str) -> Seen:
        """Look at the keys until one tells of an end; then, at once, at the row."""
        seen, begin = Seen(), time.perf_counter()
        while time.perf_counter() - begin < _PATIENCE:
            value = self.progress(job_id)
            if value is not None and value["status"] in ENDS:
                seen.row = self.row(job_id)
                seen.seconds = time.perf_counter() - begin
            if value is not None and (not seen.values or value != seen.end):
                seen.values.append(value)
                seen.moments.append(time.perf_counter() - begin)
                seen.lifetimes.append(self.redis.ttl(f"progress:job:{job_id}"))
            if seen.row:
                return seen
            seen.keys.update(
                key
                for key in ("state", "start_time", "result", "cancel")
                if self.redis.exists(f"{key}:job:{job_id}")
            )
            time.sleep(_PAUSE)
        raise AssertionError(f"the job does not end: {seen.values[-1:]}")

    @contextmanager
    def locked(self, job_id: str) -> Iterator[None]:
        """Hold a row, as a transaction of the ERP may."""
        with self.connect() as connection:
            query = "SELECT 1 FROM generation_jobs WHERE id = %s FOR UPDATE"
            connection.execute(query, (job_id,))
            yield

    def wait_until_own_job_completes(self, job_id: str) -> None:
        """Look at our own job, a few times a second; say how it is if it does not."""
        query = """
            SELECT status, progress, claimed_at, lease_until, attempt, worker,
                   stop_requested, error_message, last_progress, now() AS asked_at
            FROM horarium.generation_jobs WHERE job_id = %s
        """
        begin = time.perf_counter()
        with psycopg.connect(
            self.database_url, row_factory=psycopg.rows.dict_row, autocommit=True
        ) as connection:
            while True:
                found = connection.execute(query, (job_id,)).fetchone()
                if found is not None and found["status"] == "completed":
                    return
                over = found is not None and found["status"] in ENDS
                if over or time.perf_counter() - begin > _PATIENCE:
                    shown = self.progress(job_id)
                    raise AssertionError(f"the job does not complete: {found}, {shown}")
                time.sleep(_PAUSE)

    def count_jobs(self, job_id: str) -> int:
        """Jobs of the service with this id."""
        query = "SELECT count(*) AS n FROM horarium.generation_jobs WHERE job_id = %s"
        with self.connect() as connection:
            found = connection.execute(query, (job_id,)).fetchone()
        assert found is not None
        return int(found["n"])


def _client(url: str, address: str) -> httpx.Client:
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(base_url=url, headers=_HEADERS, timeout=30, transport=transport)


@contextmanager
def site(folder: Path, size: str, *, time_limit: float) -> Iterator[Site]:
    """Serve an ERP of this size by the whole product, which runs as a program."""
    dump(size)
    with (
        EmbeddedServices(folder / "erp", durable=False) as urls,
        reference_database(urls.database_url, f"erp_{size}", size) as database_url,
    ):
        redis_url = urls.redis_url.rpartition("/")[0] + "/1"
        environment = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "HORARIUM_ERP": "reference",
            "HORARIUM_ERP_NETWORKS": NEAR,
            "HORARIUM_TIME_LIMIT_SECONDS": str(time_limit),
        }
        arguments = ("up", "--port", "0")
        with running(folder / "up", *arguments, environment=environment) as program:
            lines = program.lines_until("Ctrl-C stops.")
            url = next(line.split()[1] for line in lines if line.startswith("API"))
            found = Site(url, database_url, redis_url)
            try:
                yield found
            finally:
                found.close()
                program.process.terminate()
                program.process.wait(90)

"""The ERP's database with our tables beside, its Redis, and both of our processes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from erp_bridge import BridgeSettings, BridgeStores, ReferenceSettings, migrate
from tests.erp_bridge.conftest import message
from tests.erp_bridge.documents import outcome
from tests.erp_bridge.reference.test_requests import call
from tests.erp_bridge.reference_dumps import reference_database
from tests.erp_bridge.servers import Servers

WEEK = call()["time_config"]
ORGANIZATION = "Acme University"


@dataclass
class Erp:
    """What the ERP has and does, and a bridge to it."""

    servers: Servers
    bridge: BridgeStores

    @property
    def org_id(self) -> uuid.UUID:
        assert self.bridge.reference is not None
        return self.bridge.reference.org_id

    def insert(self, status: str = "running", **changes: Any) -> str:
        """Insert a row as its generate view does; returns the id."""
        job_id = str(uuid.uuid4())
        values = {
            "id": job_id,
            "status": status,
            "age": 60,
            "year": "2024-2025",
            "semester": 1,
            "org": self.org_id,
            "data": {
                "academic_year": "2024-2025",
                "semester": 1,
                "org_id": ORGANIZATION,
                "priority": "normal",
                "generation_type": "full",
                "scope": "university",
                "time_config": WEEK,
            },
            **changes,
        }
        self.servers.run(
            "INSERT INTO public.generation_jobs VALUES (:id, :status, "
            "now() - make_interval(secs => :age), now(), NULL, NULL, 0, :year, "
            ":semester, CAST(:data AS jsonb), :org)",
            **{**values, "data": json.dumps(values["data"])},
        )
        return job_id

    def row(self, job_id: str) -> Any:
        query = "SELECT * FROM public.generation_jobs WHERE id = :id"
        return self.servers.run(query, id=job_id)[0]

    def set_row(self, job_id: str, status: str) -> None:
        query = "UPDATE public.generation_jobs SET status = :status WHERE id = :id"
        self.servers.run(query, id=job_id, status=status)

    def progress(self, job_id: str) -> Any:
        text = self.servers.redis.get(f"progress:job:{job_id}")
        return None if text is None else json.loads(text)

    def claim(self, job_id: str) -> int:
        claim = self.bridge.work.claim("w", 60.0)
        assert claim is not None
        assert claim.job_id == job_id
        return claim.fencing_token

    def publish(self, job_id: str, sequence: int, percent: int, **more: Any) -> None:
        self.bridge.progress.publish(message(job_id, sequence, percent, **more))

    def complete(self, job_id: str, token: int, timetable: Any = None) -> None:
        """End a claimed job with five variants of a timetable, else of an empty one."""
        instance = self.bridge.work.load_instance(job_id)
        if timetable is None:
            from solvers.model import Timetable

            nothing = [-1] * instance.num_events
            timetable = Timetable.of(nothing, nothing, [])
        variants = [outcome(instance, number, timetable) for number in range(1, 6)]
        assert self.bridge.work.complete(job_id, token, instance, variants, {})

    def tend(self) -> None:
        self.bridge.work.tend()


@pytest.fixture(scope="session")
def erp_database(servers: Servers) -> Iterator[str]:
    url = servers.settings.database_url
    with reference_database(url, "reference_erp", "small") as url:
        migrate(url)
        yield url


@pytest.fixture
def erp_settings(servers: Servers, erp_database: str) -> BridgeSettings:
    sweeping = ReferenceSettings(
        time_limit_seconds=9.0, sweep_seconds=0.0, scan_seconds=0.0
    )
    return replace(servers.settings, database_url=erp_database, reference=sweeping)


@pytest.fixture
def erp(erp_settings: BridgeSettings) -> Iterator[Erp]:
    servers = Servers.at(erp_settings.database_url, erp_settings.redis_url)
    servers.clear()
    servers.run("DELETE FROM public.generation_jobs")
    found = Erp(servers, BridgeStores(erp_settings))
    yield found
    found.bridge.close()
    servers.close()

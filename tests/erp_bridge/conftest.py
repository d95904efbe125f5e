"""The bridge in memory and over real servers, behind one face."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from erp_bridge import JobDraft, Scope, migrate
from erp_bridge.testing import MemoryBridge
from serve.embedded import EmbeddedServices
from tests.erp_bridge.documents import DOCUMENT, outcomes
from tests.erp_bridge.servers import Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("servers")
    with EmbeddedServices(folder, durable=False) as urls:
        migrate(urls.database_url)
        servers = Servers.at(urls.database_url, urls.redis_url)
        yield servers
        servers.close()


class World:
    """A bridge, and what can happen to its servers."""

    bridge: Any

    def key(self, name: str) -> str | None:
        raise NotImplementedError

    def set_key(self, name: str, value: str) -> None:
        raise NotImplementedError

    def flush(self) -> None:
        raise NotImplementedError

    def outage(self, *, redis: bool = False, database: bool = False) -> Any:
        """Context of a bridge to which servers do not answer."""
        raise NotImplementedError

    def outbox(self, about: str = "workflow") -> list[tuple[str, str, dict[str, Any]]]:
        """Kind, topic and payload of every message about it, sorted by key."""
        raise NotImplementedError

    def submit(self, **changes: Any) -> str:
        """Enqueue a job; returns its id."""
        job = draft(**changes)
        self.bridge.jobs.enqueue(job)
        return job.job_id

    def complete(self, **changes: Any) -> str:
        """Enqueue a job and let it end with five variants; returns its id."""
        job_id = self.submit(**changes)
        claim = self.bridge.work.claim("w", 60.0)
        assert claim.job_id == job_id
        instance = self.bridge.work.load_instance(job_id)
        variants = outcomes(instance)
        token = claim.fencing_token
        assert self.bridge.work.complete(job_id, token, instance, variants, {})
        return job_id

    def publish(self, job_id: str, sequence: int, percent: int, **more: Any) -> None:
        self.bridge.progress.publish(message(job_id, sequence, percent, **more))

    def read(self, job_id: str, after: int, wait: float = 0.0) -> list[dict[str, Any]]:
        async def run() -> list[dict[str, Any]]:
            try:
                return list(await self.bridge.events.read(job_id, after, wait))
            finally:
                await self.bridge.events.aclose()

        return asyncio.run(run())


def draft(**changes: Any) -> JobDraft:
    values: dict[str, Any] = {
        "job_id": str(uuid.uuid4()),
        "tenant": "t",
        "source": "institution",
        "document": DOCUMENT,
        "scope": Scope(department_id="CSE", semester=3),
        "time_limit_seconds": 9.0,
        "seed": 5,
        "options": {"a": 1},
        "fingerprint": "f",
    }
    return JobDraft(**(values | changes))


def message(job_id: str, sequence: int, percent: int, **more: Any) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "status": "running",
        "progress": percent,
        "stage": "genetic",
        "variant": 1,
        "sequence": sequence,
        "incumbent": {"hard": 0, "soft": 9},
        "eta_seconds": 1.0,
        "elapsed_seconds": 1.0,
        "message": "",
        "variants": [],
        "updated_at": "2025-01-01T00:00:00+00:00",
        **more,
    }


class MemoryWorld(World):
    def __init__(self) -> None:
        self.bridge = MemoryBridge()

    def outbox(self, about: str = "workflow") -> list[tuple[str, str, dict[str, Any]]]:
        return [
            (draft.kind, draft.topic, dict(draft.payload))
            for draft in self.bridge.outbox.drafts()
            if draft.topic.startswith(f"{about}.")
        ]

    def key(self, name: str) -> str | None:
        return self.bridge.live.get_key(name)

    def set_key(self, name: str, value: str) -> None:
        self.bridge.live.keys[name] = value

    def flush(self) -> None:
        self.bridge.live.flush()

    @contextmanager
    def outage(self, *, redis: bool = False, database: bool = False) -> Iterator[Any]:
        self.bridge.redis_is_down, self.bridge.database_is_down = redis, database
        yield self.bridge
        self.bridge.redis_is_down = self.bridge.database_is_down = False


class RealWorld(World):
    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.bridge = servers.bridge()

    def outbox(self, about: str = "workflow") -> list[tuple[str, str, dict[str, Any]]]:
        return [
            tuple(row)
            for row in self.servers.run(
                "SELECT kind, topic, payload FROM horarium.outbox "
                "WHERE topic LIKE :about || '.%' "
                'ORDER BY idempotency_key COLLATE "C"',
                about=about,
            )
        ]

    def key(self, name: str) -> str | None:
        return self.servers.redis.get(name)

    def set_key(self, name: str, value: str) -> None:
        self.servers.redis.set(name, value)

    def flush(self) -> None:
        self.servers.redis.flushall()

    @contextmanager
    def outage(self, *, redis: bool = False, database: bool = False) -> Iterator[Any]:
        bridge = self.servers.bridge(redis_down=redis, database_down=database)
        yield bridge
        bridge.close()


@pytest.fixture
def real(servers: Servers) -> Iterator[RealWorld]:
    servers.clear()
    world = RealWorld(servers)
    yield world
    world.bridge.close()


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.integration)])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        return MemoryWorld()
    found: World = request.getfixturevalue("real")
    return found

"""The app over storage in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from erp_bridge.inputs import instance_of
from erp_bridge.testing import MemoryBridge
from serve.app import create_app
from serve.credentials import Gatekeeper
from serve.diagnosing import DiagnosisService
from serve.health import Health
from serve.outbox import OutboxService
from serve.published import PublishedService
from serve.security import Role, TicketOffice, TokenAuthority
from serve.services import JobService, Services
from serve.settings import Settings
from serve.telemetry import Metrics
from serve.workflows import WorkflowService
from solvers.exceptions import InputError, Issue
from tests.serve.office import Office, open_office
from tests.serve.twins import MemoryArchive, MemoryCatalogue, MemoryLive

SECRET = "a secret that is long enough for tests, really"


@dataclass(frozen=True)
class World:
    """The app, its storage, and tokens for it."""

    client: TestClient
    archive: MemoryArchive
    live: MemoryLive
    services: Services

    def headers(self, role: str = "admin", **claims: object) -> dict[str, str]:
        """Authorization header of a role."""
        token = self.services.authority.issue(
            Role(role),
            subject="somebody",
            **claims,  # type: ignore[arg-type]
        )
        return {"Authorization": f"Bearer {token}"}

    def submit(self) -> str:
        """Submit a generation from the catalogue; returns its id."""
        answer = self.client.post(
            "/api/generate_variants", json={"catalogue": {}}, headers=self.headers()
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])


def _check_institution(document: bytes, _options: object) -> None:
    if b'"sections":[]' in document.replace(b" ", b""):
        raise InputError(Issue("empty_term", "No section.", "/sections"))


def _check_xml(document: bytes, _options: object) -> None:
    if b"</problem>" not in document:
        raise InputError(Issue("malformed_xml", "Truncated.", "1:1"))


def make_services(settings: Settings) -> tuple[Services, MemoryArchive, MemoryLive]:
    """Wire the services over storage in memory."""
    archive, live = MemoryArchive(), MemoryLive()
    authority = TokenAuthority(SECRET, settings.tenant)
    checks = {
        "institution": _check_institution,
        "itc2019": _check_xml,
        "cbctt": lambda _document, _options: None,
        "pectt": lambda _document, _options: None,
    }
    catalogue, bridge = MemoryCatalogue(), MemoryBridge()
    jobs = JobService(archive, live, catalogue, checks, settings)  # type: ignore[arg-type]
    probes = {"postgresql": archive.ping, "redis": live.ping}
    services = Services(
        settings=settings,
        authority=authority,
        gate=Gatekeeper(authority, bridge.api_keys),
        tickets=TicketOffice(authority, live.first_use),
        jobs=jobs,
        workflows=WorkflowService(bridge.workflows, bridge.publications, jobs),
        published=PublishedService(bridge.publications, catalogue),
        diagnosis=DiagnosisService(jobs, archive, catalogue, instance_of),
        outbox=OutboxService(bridge.outbox),
        live=live,
        health=Health({name: _probe(ping) for name, ping in probes.items()}),
        metrics=Metrics(),
    )
    return services, archive, live


def _probe(ping: Callable[[], None]) -> Callable[[], dict[str, object]]:
    def probe() -> dict[str, object]:
        ping()
        return {}

    return probe


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, max_body_bytes=100_000, max_active_jobs=3)


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    services, archive, live = make_services(settings)
    app = create_app(services)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield World(client, archive, live, services)


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    complete = settings.with_urls(database_url="x", redis_url="x", jwt_secret=SECRET)
    with open_office(complete) as office:
        yield office

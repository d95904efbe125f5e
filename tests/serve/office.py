"""The app over a bridge in memory, and the people who use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from erp_bridge import Scope
from erp_bridge.testing import MemoryBridge
from serve.app import create_app
from serve.security import Role
from serve.services import Services
from serve.settings import Settings
from serve.storage import services_over
from tests.erp_bridge.documents import DOCUMENT, outcomes
from tests.serve.twins import MemoryCatalogue

HOME = "/api/timetable-workflow"
SELECT = "/api/timetable-variants/select_variant/"
NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass
class Office:
    """The app over a bridge in memory, and the people who use it."""

    client: TestClient
    bridge: Any
    services: Services

    def headers(self, who: str, role: str = "staff", **claims: Any) -> dict[str, str]:
        if role == "staff":
            claims.setdefault("departments", ("CSE",))
        token = self.services.authority.issue(Role(role), subject=who, **claims)
        return {"Authorization": f"Bearer {token}"}

    def post(self, path: str, who: dict[str, str], **body: Any) -> Any:
        return self.client.post(path, json=body, headers=who)

    def get(self, path: str, who: dict[str, str]) -> Any:
        return self.client.get(path, headers=who)

    def complete(self, department: str | None = "CSE", year: str | None = None) -> str:
        """A job with five variants, its submission and result by other ways."""
        admin = self.headers("registrar", "admin")
        posted = self.client.post(
            "/api/generate?time_limit_seconds=9", content=DOCUMENT, headers=admin
        )
        job_id = str(posted.json()["job_id"])
        row = self.bridge.rows[job_id]
        row.change(scope=Scope(department_id=department, academic_year=year))
        claim = self.bridge.work.claim("w", 60.0)
        instance = self.bridge.work.load_instance(job_id)
        token = claim.fencing_token
        self.bridge.work.complete(job_id, token, instance, outcomes(instance), {})
        return job_id

    def selected(self, number: int = 1, **scope: Any) -> dict[str, Any]:
        body = {"job_id": self.complete(**scope), "variant_number": number}
        answer = self.post(SELECT, self.headers("ann"), **body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def act(self, workflow: dict[str, Any], action: str, who: Any, **body: Any) -> Any:
        return self.post(f"{HOME}/{workflow['id']}/{action}/", who, **body)

    def published(self, number: int = 1, **scope: Any) -> dict[str, Any]:
        workflow = self.selected(number, **scope)
        ann, hod = self.headers("ann"), self.headers("hod")
        for action, who in (
            ("submit_for_review", ann),
            ("approve", hod),
            ("publish", ann),
        ):
            answer = self.act(workflow, action, who)
            assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def open_office(settings: Settings) -> Iterator[Office]:
    """Open one; the settings are complete."""
    bridge: Any = MemoryBridge()
    bridge.catalogue = MemoryCatalogue()
    services = services_over(bridge, settings)
    app = create_app(services)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Office(client, bridge, services)

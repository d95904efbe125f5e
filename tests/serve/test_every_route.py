"""Every route of the API document: who gets in, so that no new one is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from erp_bridge.delivery.records import Channel, MessageStatus, Settlement
from tests.serve.office import Office

PUBLIC = {"/", "/health", "/api/health", "/metrics"}
FOR_EVERYBODY = {
    "/api/demo-data",
    "/api/timetable/department/{department_id}/",
}
OWN = {"faculty": "/api/timetable/faculty/me/", "student": "/api/timetable/student/me/"}
BODIES: dict[str, Any] = {
    "/api/generation-jobs/{job_id}/approve/": {"action": "approve"},
    "/api/timetable-variants/select_variant/": {"variant_id": "{variant_id}"},
    "/api/generate_variants": {"catalogue": {}},
    "/api/validate": {"catalogue": {}},
    "/api/generation-jobs/generate/": {"semester": 3, "academic_year": "2024-25"},
    "/api/timetable/generate/": {"semester": 3, "academic_year": "2024-25"},
}


class Routes:
    """All documented operations, with ids of one workflow in their paths."""

    def __init__(self, office: Office) -> None:
        self.workflow = office.selected()
        self._office = office
        self._ids = {
            "job_id": self.workflow["job_id"],
            "workflow_id": self.workflow["id"],
            "timetable_id": self.workflow["timetable_id"],
            "variant_id": self.workflow["variant_id"],
            "department_id": "CSE",
            "number": "1",
            "message_id": self._message(),
        }
        app: Any = office.client.app
        self._document = app.openapi()

    def _message(self) -> str:
        """One that is dead, so that it may be sent again."""
        outbox = self._office.bridge.outbox
        claimed = outbox.claim(Channel("webhook"), 60.0)
        outbox.settle(claimed, Settlement(status=MessageStatus.DEAD, error="x"))
        return str(claimed.message_id)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for path, operations in self._document["paths"].items():
            if path not in PUBLIC:
                yield from ((method.upper(), path) for method in operations)

    def call(self, method: str, path: str, headers: dict[str, str]) -> Any:
        body = BODIES.get(path, {})
        if "variant_id" in body:
            body = {"variant_id": self._ids["variant_id"]}
        query = "?a=1&b=2" if path.endswith("/compare") else ""
        return self._office.client.request(
            method,
            path.format(**self._ids) + query,
            json=body if method != "GET" else None,
            headers=headers,
        )


@pytest.fixture
def routes(office: Office) -> Routes:
    return Routes(office)


def test_nobody_gets_in_without_a_token(routes: Routes) -> None:
    """401 on every path that is not public."""
    refused = {(m, p): routes.call(m, p, {}).status_code for m, p in routes}
    assert len(refused) > 30
    assert set(refused.values()) == {401}


@pytest.mark.parametrize("role", ["faculty", "student"])
def test_who_does_not_plan_sees_published_ones_only(
    office: Office, routes: Routes, role: str
) -> None:
    """403 on every path but the own timetable and those for everybody."""
    headers = office.headers("somebody", role)
    allowed = FOR_EVERYBODY | {OWN[role]}
    for method, path in routes:
        answer = routes.call(method, path, headers)
        expected = 200 if path in allowed else 403
        assert answer.status_code == expected, (method, path, answer.text)


def test_another_institution_finds_nothing(office: Office, routes: Routes) -> None:
    """404 wherever an id of this one is named, and nothing in what is listed."""
    stranger = office.headers("stranger", "admin", tenant="elsewhere")
    for method, path in routes:
        if "_id}" not in path and "select_variant" not in path:
            continue
        answer = routes.call(method, path, stranger)
        if "department" in path:
            assert answer.json()["entries"] == []
        else:
            assert answer.status_code == 404, (method, path, answer.text)
    listed = routes.call("GET", "/api/timetable-workflow/", stranger)
    assert listed.json()["workflows"] == []


def test_another_department_is_refused(office: Office, routes: Routes) -> None:
    """403 wherever a job, workflow or timetable of this one is named."""
    other = office.headers("ece", departments=("ECE",))
    for method, path in routes:
        if "_id}" not in path or "department" in path:
            continue
        answer = routes.call(method, path, other)
        assert answer.status_code == 403, (method, path, answer.text)

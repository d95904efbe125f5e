"""The ERP's calls over HTTP, without credentials: taken from its address alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from erp_bridge import BridgeSettings
from serve.app import create_app
from serve.security import Role
from serve.settings import Settings
from serve.storage import open_services
from tests.erp_bridge.reference.conftest import Erp
from tests.erp_bridge.reference.test_requests import call

pytestmark = pytest.mark.integration
NEAR, FAR = "10.1.2.3", "203.0.113.7"
SECRET = "a secret that is long enough for tests, really"

Connect = Callable[..., TestClient]


@pytest.fixture
def connect(erp_settings: BridgeSettings, tmp_path: Path) -> Iterator[Connect]:
    """Opens clients of the app at an address."""
    opened: list[Any] = []

    def client(address: str = NEAR, **changes: Any) -> TestClient:
        given = {
            "erp": "reference",
            "erp_networks": "10.1.0.0/16, 192.0.2.1",
            **changes,
        }
        settings = Settings(
            data_dir=tmp_path,
            database_url=SecretStr(erp_settings.database_url),
            redis_url=SecretStr(erp_settings.redis_url),
            jwt_secret=SecretStr(SECRET),
            **given,
        )
        services = open_services(settings)
        opened.append(services)
        app = create_app(services.services)
        return TestClient(app, client=(address, 50_000), raise_server_exceptions=False)

    yield client
    for services in opened:
        services.bridge.close()


def _token(client: TestClient, role: str, **claims: Any) -> dict[str, str]:
    app: Any = client.app
    token = app.state.services.authority.issue(Role(role), subject="x", **claims)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", ["/api/generate_variants", "/api/generate/"])
def test_the_call_is_answered_as_the_erp_expects(
    erp: Erp, connect: Connect, path: str
) -> None:
    """200 and these members; again when repeated, and by the fallback's body."""
    job_id = erp.insert()
    client = connect()
    fallback = {
        "job_id": job_id,
        "organization_id": "Acme University",
        "semester": "odd",
        "academic_year": "2024-2025",
        "quality_mode": "balanced",
    }
    for body in (call(job_id=job_id), call(job_id=job_id), fallback):
        answer = client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        started = answer.json()
        assert set(started) == {
            "job_id",
            "status",
            "message",
            "estimated_time_minutes",
        }
        assert (started["job_id"], started["status"]) == (job_id, "started")
        assert started["estimated_time_minutes"] > 0
    assert erp.progress(job_id)["status"] == "queued"
    assert erp.servers.run("SELECT count(*) FROM horarium.generation_jobs")[0][0] == 1


def test_it_cancels_and_reads_variants(erp: Erp, connect: Connect) -> None:
    client, job_id = connect(), erp.insert()
    client.post("/api/generate_variants", json=call(job_id=job_id))
    erp.complete(job_id, erp.claim(job_id))
    found = client.get(f"/api/variants/{job_id}").json()
    assert (found["job_id"], found["status"]) == (job_id, "completed")
    row = erp.row(job_id).timetable_data["variants"]
    assert [v["number"] for v in found["variants"]] == [v["number"] for v in row]
    assert [v["id"] for v in found["variants"]] == [
        f"{job_id}-variant-{n}" for n in range(1, 6)
    ]
    assert all(variant["name"] for variant in found["variants"])
    other = erp.insert()
    client.post("/api/generate_variants", json=call(job_id=other))
    answer = client.post(f"/api/cancel/{other}")
    assert (answer.status_code, answer.json()["status"]) == (
        200,
        "cancellation_requested",
    )
    assert erp.row(other).status == "cancelled"
    assert client.post(f"/api/cancel/{uuid.uuid4()}").status_code == 404
    assert client.get(f"/api/variants/{uuid.uuid4()}").status_code == 404


def test_a_row_is_started_by_its_id(erp: Erp, connect: Connect) -> None:
    client, job_id = connect(), erp.insert()
    assert client.post(f"/api/generate/{job_id}").json()["status"] == "started"
    assert erp.progress(job_id)["status"] == "queued"
    assert client.post(f"/api/generate/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        (NEAR, True),
        ("192.0.2.1", True),
        ("::ffff:10.1.2.3", True),
        (FAR, False),
        ("192.0.2.2", False),
        ("testclient", False),
        ("::1", False),
    ],
)
def test_only_given_addresses_are_taken(
    erp: Erp, connect: Connect, address: str, taken: bool
) -> None:
    answer = connect(address).post(
        "/api/generate_variants", json=call(job_id=erp.insert())
    )
    assert answer.status_code == (200 if taken else 401)


@pytest.mark.parametrize(
    "header",
    [
        *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"),
        *("X-Real-IP", "Via", "True-Client-IP", "CF-Connecting-IP"),
    ],
)
def test_what_came_through_a_proxy_is_not_taken(
    erp: Erp, connect: Connect, header: str
) -> None:
    """Neither is the header believed, nor the address of the proxy itself."""
    body = call(job_id=erp.insert())
    for address in (NEAR, FAR):
        answer = connect(address).post(
            "/api/generate_variants", json=body, headers={header: NEAR}
        )
        assert answer.status_code == 401


def test_a_proxy_that_hides_callers_is_refused(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Serve's HAProxy shows its own address: there is none left to go by."""
    monkeypatch.setenv("RAY_SERVE_ENABLE_HA_PROXY", "1")
    with pytest.raises(ValueError, match="erp_networks"):
        connect()
    connect(erp_networks="")


def test_nobody_is_taken_by_default(erp: Erp, connect: Connect) -> None:
    answer = connect(erp_networks="").post(
        "/api/generate_variants", json=call(job_id=erp.insert())
    )
    assert answer.status_code == 401


def test_those_calls_and_no_other(erp: Erp, connect: Connect) -> None:
    """401 on every other path of the API without credentials, 403 by a token."""
    client, job_id = connect(), erp.insert()
    client.post("/api/generate_variants", json=call(job_id=job_id))
    app: Any = client.app
    token = _token(client, "erp")
    closed = 0
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            named = path.replace("{job_id}", job_id).replace("{number}", "1")
            allowed = (method, path) in {
                ("post", "/api/generate_variants"),
                ("post", "/api/generate/{job_id}"),
                ("post", "/api/cancel/{job_id}"),
                ("get", "/api/variants/{job_id}"),
            }
            if allowed or path in ("/", "/health", "/metrics"):
                continue
            closed += 1
            assert client.request(method, named).status_code == 401, (method, path)
            refused = client.request(method, named, headers=token)
            assert refused.status_code == 403, (method, path, refused.text)
    assert closed > 25


def test_it_sends_no_other_input(erp: Erp, connect: Connect) -> None:
    """No document, and no catalogue of ours: only its own call."""
    client = connect()
    for body in ({"catalogue": {}}, {"schema_version": 1}):
        assert client.post("/api/generate_variants", json=body).status_code in (
            403,
            422,
        )
    assert erp.servers.run("SELECT count(*) FROM horarium.generation_jobs")[0][0] == 0


def test_other_callers_get_what_they_always_got(erp: Erp, connect: Connect) -> None:
    """A token from anywhere; 202 and a view of the job."""
    client, job_id = connect(FAR), erp.insert()
    admin = _token(client, "admin")
    scope = {"catalogue": {"academic_year": "2024-25"}}
    answer = client.post("/api/generate_variants", json=scope, headers=admin)
    assert answer.status_code == 202
    cancelled = client.post(f"/api/cancel/{answer.json()['job_id']}", headers=admin)
    assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
    body = call(job_id=job_id)
    for role, status in (("student", 403), ("faculty", 403), ("staff", 200)):
        answer = client.post(
            "/api/generate_variants", json=body, headers=_token(client, role)
        )
        assert answer.status_code == status
    stranger = _token(client, "admin", tenant="elsewhere")
    answer = client.post("/api/generate_variants", json=body, headers=stranger)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"semester": 7}, 422, "literal_error"),
        ({"organization_id": "Elsewhere"}, 403, "other_organization"),
        ({"academic_year": "1999-2000"}, 422, "empty_term"),
        ({"department_id": "nobody"}, 422, "unknown_department_id"),
    ],
)
def test_what_is_wrong_is_told(
    erp: Erp, connect: Connect, changes: dict[str, Any], status: int, code: str
) -> None:
    """The ERP keeps the first 500 characters of the answer for a person."""
    body = call(job_id=erp.insert(), **changes)
    answer = connect().post("/api/generate_variants", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert code in answer.text[:500]


def test_without_the_setting_the_call_is_no_input(erp: Erp, connect: Connect) -> None:
    client = connect(erp=None, erp_networks="")
    answer = client.post(
        "/api/generate_variants",
        json=call(job_id=erp.insert()),
        headers=_token(client, "admin"),
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
        422,
        "unknown_envelope",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"erp": "another"},
        {"erp_networks": "everywhere"},
        {"erp_networks": "10.1.2.3/16"},
        {"erp_networks": "0.0.0.0/0"},
        {"erp": None, "erp_networks": "10.0.0.1"},
    ],
)
def test_settings_that_make_no_sense_are_refused(
    connect: Connect, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="erp"):
        connect(**wrong)

"""The service about itself."""

import json
from pathlib import Path

import pytest

from serve.openapi import openapi_text
from tests.serve.conftest import World

ROOT = Path(__file__).resolve().parent.parent.parent


def test_health_names_what_is_down(world: World) -> None:
    """503 when a required server is down, and which."""
    assert world.client.get("/health").json()["status"] == "ok"
    world.live.down = True
    answer = world.client.get("/health")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks["redis"]["status"] == "down"
    assert checks["postgresql"]["status"] == "ok"


def test_metrics_name_routes_not_paths(world: World) -> None:
    """A job's id never becomes a label."""
    job_id = world.submit()
    world.client.get(f"/api/progress/{job_id}", headers=world.headers())
    text = world.client.get("/metrics").text
    assert 'route="/api/progress/{job_id}"' in text
    assert 'horarium_jobs_submitted_total{source="catalogue"} 1.0' in text
    assert job_id not in text


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/api/generate_variants", 405)]
)
def test_even_strange_requests_get_problems(
    world: World, path: str, status: int
) -> None:
    answer = world.client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_answer_has_a_request_id(world: World) -> None:
    """The caller's own if it is sane."""
    own = world.client.get("/", headers={"X-Request-ID": "abc-1"})
    odd = world.client.get("/", headers={"X-Request-ID": "a b\tc"})
    assert own.headers["X-Request-ID"] == "abc-1"
    assert odd.headers["X-Request-ID"] != "a b\tc"


def test_the_openapi_document_changes_only_on_purpose() -> None:
    """When planned: ``uv run python -m serve.openapi > docs/openapi.json``."""
    committed = (ROOT / "docs" / "openapi.json").read_text()
    assert json.loads(committed) == json.loads(openapi_text())

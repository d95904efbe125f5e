"""The Django project of the documentation, run as a person runs it.

PostgreSQL and Valkey are real, and so is the search: the cluster's supervision with
the real engine, in a thread of this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from cluster.messages import Ending
from erp_bridge import WorkerStores
from serve.settings import Settings
from serve.storage import stores_factory
from tests.integration.test_bridge_services import settings
from tests.integration.worker import working

__all__ = ["settings"]

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
PROJECT = Path(__file__).parents[2] / "docs" / "examples" / "django"
TERM = {
    "department": "CSE",
    "batch": "2024-CSE-A",
    "semester": 3,
    "academic_year": "2024-25",
    "time_limit_seconds": 3,
}


@dataclass
class Campus:
    """The project's pages as its people see them, and its command line."""

    environment: dict[str, str]

    def manage(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    def person(self, name: str) -> Any:
        from django.contrib.auth.models import User
        from django.test import Client

        client = Client()
        client.force_login(User.objects.get_or_create(username=name)[0])
        return client


@pytest.fixture(scope="module")
def campus(settings: Settings, compiled_kernels: None) -> Iterator[Campus]:
    """The project over its own tables; Django is set up once in a process."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    addresses = {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "DJANGO_SETTINGS_MODULE": "campus.settings",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in addresses.items():
            patch.setenv(name, value)
        patch.syspath_prepend(str(PROJECT))
        import django

        django.setup()
        found = Campus({**os.environ, **addresses, "PYTHONPATH": str(PROJECT)})
        found.manage("migrate")
        yield found
        from django.db import connections
        from planning.bridge import bridge

        bridge().close()
        connections.close_all()


@pytest.fixture
def endings(settings: Settings) -> Iterator[Queue[Ending]]:
    stores = stores_factory(settings)()
    assert isinstance(stores, WorkerStores)
    with working(stores) as endings:
        yield endings
    stores.close()


def _post(person: Any, path: str, status: int = 200, **body: Any) -> Any:
    answer = person.post(path, json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def _events(person: Any, path: str) -> list[tuple[str, dict[str, Any]]]:
    """Kind and data of every server-sent event, to the end of the stream."""
    answer = person.get(path)
    assert answer["Content-Type"] == "text/event-stream"
    found = []
    for block in b"".join(answer.streaming_content).decode().strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_the_project_is_sound(campus: Campus) -> None:
    """Django's own checks, and a migration for every model."""
    assert "no issues" in campus.manage("check")
    assert "No changes" in campus.manage("makemigrations", "--check", "--dry-run")


def test_a_term_goes_from_a_page_to_publication(
    campus: Campus, endings: Queue[Ending]
) -> None:
    """Saved, submitted by the signal, watched, selected, reviewed, published."""
    anna, dean = campus.person("anna"), campus.person("dean")
    term = _post(anna, "/terms/", 201, **TERM)
    here = f"/terms/{term['id']}"
    told = _events(anna, f"{here}/events/")
    assert [kind for kind, _ in told[:-1]] == ["progress"] * (len(told) - 1)
    assert told[-1][0] == "done"
    assert (told[-1][1]["status"], told[-1][1]["percent"]) == ("completed", 100)
    for (_, before), (_, after) in pairwise(told):
        assert before["percent"] <= after["percent"]
    assert {data["job_id"] for _, data in told} == {term["job_id"]}
    assert anna.get(f"{here}/").json()["status"] == "completed"
    assert endings.get(timeout=60) is Ending.COMPLETED

    found = anna.get(f"{here}/variants/").json()["variants"]
    assert [variant["number"] for variant in found] == [1, 2, 3, 4, 5]
    assert [variant["verified"] for variant in found] == [True] * 5
    assert _post(anna, f"{here}/select/", number=3)["status"] == "draft"
    _post(anna, f"{here}/review/submit_for_review/")
    refused = _post(anna, f"{here}/review/approve/", 403)
    assert refused["code"] == "own_submission"
    approved = _post(dean, f"{here}/review/approve/", comments="Well done.")
    assert approved["status"] == "approved"
    published = _post(anna, f"{here}/review/publish/")
    assert (published["status"], published["variant_number"]) == ("published", 3)
    assert _post(anna, f"{here}/review/publish/", 409)["code"] == "illegal_transition"


def test_a_term_is_generated_from_the_command_line(
    campus: Campus, endings: Queue[Ending]
) -> None:
    said = campus.manage(
        "generate_timetable",
        *("2024-25", "--department", "CSE", "--semester", "3"),
        *("--time-limit", "3", "--timeout", "300"),
    )
    assert "100 % completed" in said
    assert said.count(" violations") == 5
    assert "selected " in said
    assert endings.get(timeout=60) is Ending.COMPLETED


def test_a_term_that_is_not_there_is_told_at_once(campus: Campus) -> None:
    """On the page and on the command line, with all that is wrong."""
    anna = campus.person("anna")
    wrong = {**TERM, "department": "XX", "batch": "YY"}
    problem = _post(anna, "/terms/", 422, **wrong)["problem"]
    assert "no department 'XX'" in problem
    assert "no batch 'YY'" in problem
    said = campus.manage("generate_timetable", "1999-00", code=1)
    assert "Nothing is offered" in said


def test_strangers_are_sent_to_log_in(campus: Campus) -> None:
    from django.test import Client

    assert Client().get("/terms/1/").status_code == 302


def test_a_job_that_waits_has_no_variants_and_is_cancelled(campus: Campus) -> None:
    """Nobody works here."""
    anna = campus.person("anna")
    here = f"/terms/{_post(anna, '/terms/', 201, **TERM)['id']}"
    answer = anna.get(f"{here}/variants/")
    assert (answer.status_code, answer.json()["code"]) == (409, "job_unfinished")
    waiting = anna.get(f"{here}/").json()
    assert (waiting["status"], waiting["percent"]) == ("queued", 0)
    assert _post(anna, f"{here}/cancel/") == {"status": "cancelled"}
    assert _post(anna, f"{here}/cancel/", 409)["code"] == "job_ended"
    assert [kind for kind, _ in _events(anna, f"{here}/events/")] == ["done"]

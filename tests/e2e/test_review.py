"""From generation to publication on the whole platform, as its users call it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from serve.security import Role, TokenAuthority
from serve.settings import Settings, secret_of
from tests.e2e.programs import running
from tests.erp_bridge.delivery.receivers import (
    SECRET,
    Receiver,
    is_signed,
    receiving,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

BODY = {
    "department_id": "CSE",
    "batch_id": "2024-CSE-A",
    "semester": 3,
    "academic_year": "2024-25",
}
PATIENCE_SECONDS = 240.0


class People:
    """Clients of the API, one per person."""

    def __init__(self, url: str, data_dir: Path) -> None:
        settings = Settings(data_dir=data_dir)
        self._authority = TokenAuthority(secret_of(settings), settings.tenant)
        self._url = url

    def client(self, subject: str, role: str, **claims: Any) -> httpx.Client:
        token = self._authority.issue(Role(role), subject=subject, **claims)
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self._url, headers=headers, timeout=60)


def _post(client: httpx.Client, path: str, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def _completed(client: httpx.Client, job_id: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        progress = client.get(f"/api/generation-jobs/{job_id}/progress/").json()
        if progress["status"] == "completed":
            return
        assert progress["status"] in ("queued", "running"), progress
        time.sleep(0.5)
    raise AssertionError("the job does not end")


def test_a_generated_timetable_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ERP's body, five variants of the real engine, review, and who sees it."""
    monkeypatch.setenv("HORARIUM_TIME_LIMIT_SECONDS", "10")
    monkeypatch.setenv("HORARIUM_PORT", "0")
    with (
        receiving() as erp,
        running(
            tmp_path, "demo", "--time-limit", "5", environment=_callback(erp)
        ) as program,
    ):
        lines = program.lines_until("Ctrl-C stops.")
        url = next(line.split()[1] for line in lines if line.startswith("API"))
        people = People(url, tmp_path)
        scheduler = people.client("scheduler", "staff", departments=("CSE",))
        hod = people.client("hod", "staff", departments=("CSE",))
        student = people.client("sam", "student", batches=("2024-CSE-A",))
        with scheduler, hod, student:
            _run(scheduler, hod, student)
            teacher = _teacher(scheduler)
            with people.client(teacher, "faculty") as faculty:
                mine = faculty.get("/api/timetable/faculty/me/").json()
                assert mine["entries"]
        _told(erp)


def _callback(erp: Receiver) -> dict[str, str]:
    return {
        "ERP_CALLBACK_URL": f"http://127.0.0.1:{erp.port}",
        "HORARIUM_WEBHOOK_SECRET": SECRET,
        "HORARIUM_CALLBACK_PRIVATE": "yes",
        "HORARIUM_CALLBACK_WORKFLOW": "yes",
    }


def _told(erp: Receiver) -> None:
    """The ERP hears of every step, signed, without asking."""
    wanted = {
        "job.completed",
        "workflow.submitted",
        "workflow.approved",
        "workflow.published",
    }
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        told = {json.loads(body)["type"] for _, _, body in erp.requests}
        if told >= wanted:
            break
        time.sleep(0.2)
    assert told == wanted
    assert all(is_signed(headers, body) for _, headers, body in erp.requests)
    ids = [headers["webhook-id"] for _, headers, _ in erp.requests]
    assert len(set(ids)) == len(ids)


def _run(scheduler: httpx.Client, hod: httpx.Client, student: httpx.Client) -> None:
    job_id = _post(scheduler, "/api/generation-jobs/generate/", **BODY)["job_id"]
    _completed(scheduler, job_id)
    found = scheduler.get(f"/api/variants/{job_id}").json()["variants"]
    assert [variant["verified"] for variant in found] == [True] * 5
    for variant in found:
        clashes = hod.get(f"/api/conflicts/{variant['variant_id']}").json()
        assert {k: n for k, n in clashes["counts"].items() if k != "student"} == {
            "instructor": 0,
            "room": 0,
            "student_group": 0,
            "equipment": 0,
        }
    workflow = _post(
        scheduler,
        "/api/timetable-variants/select_variant/",
        job_id=job_id,
        variant_number=3,
    )
    here = f"/api/timetable-workflow/{workflow['id']}"
    _post(scheduler, f"{here}/submit_for_review/")
    assert scheduler.post(f"{here}/approve/").status_code == 403
    _post(hod, f"{here}/approve/", comments="Well done.")
    assert student.post(f"{here}/publish/").status_code == 403
    assert student.get("/api/timetable/student/me/").json()["entries"] == []
    assert _post(scheduler, f"{here}/publish/")["status"] == "published"
    assert student.get("/api/timetable/student/me/").json()["entries"]


def _teacher(scheduler: httpx.Client) -> str:
    shown = scheduler.get("/api/timetable/department/CSE/").json()
    return str(
        next(e["instructor_ids"][0] for e in shown["entries"] if e["instructor_ids"])
    )

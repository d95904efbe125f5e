"""A term from generation to publication over HTTP, by everybody who takes part.

The bodies are those of the API's contract, to the letter; databases are real, the
engine is called directly in the place of the cluster.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from erp_bridge import WorkerStores
from serve.app import create_app
from serve.security import Role, TokenAuthority
from serve.settings import Settings
from serve.storage import open_services, stores_factory
from solvers import MaxRuntime, solve
from tests.erp_bridge.documents import outcome
from tests.integration.test_bridge_services import ERP_BODY, settings

__all__ = ["settings"]

pytestmark = pytest.mark.integration
SELECT = "/api/timetable-variants/select_variant/"
HOME = "/api/timetable-workflow"


@dataclass
class Campus:
    """The app, the worker's stores, and tokens of the people."""

    client: TestClient
    stores: WorkerStores
    authority: TokenAuthority
    database_url: str

    def who(self, subject: str, role: str = "staff", **claims: Any) -> dict[str, str]:
        if role == "staff":
            claims.setdefault("departments", ("CSE",))
        token = self.authority.issue(Role(role), subject=subject, **claims)
        return {"Authorization": f"Bearer {token}"}

    def post(self, path: str, who: dict[str, str], **body: Any) -> Any:
        return self.client.post(path, json=body, headers=who)

    def get(self, path: str, who: dict[str, str], status: int = 200) -> Any:
        answer = self.client.get(path, headers=who)
        assert answer.status_code == status, answer.text
        return answer.json()

    def generate(self, who: dict[str, str]) -> str:
        answer = self.post("/api/generation-jobs/generate/", who, **ERP_BODY)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["job_id"])

    def work(self, job_id: str, seed: int) -> None:
        """Search a second, and save what is found five times."""
        while (claim := self.stores.jobs.claim("w", 60.0)) is not None:
            if claim.job_id == job_id:
                break
            self.stores.jobs.cancelled(claim.job_id, claim.fencing_token)
        assert claim is not None
        instance = self.stores.jobs.load_instance(job_id)
        best = solve(instance, stop=MaxRuntime(1.0), seed=seed).best
        variants = [outcome(instance, number, best) for number in range(1, 6)]
        token = claim.fencing_token
        assert self.stores.jobs.complete(job_id, token, instance, variants, {})

    def rows(self, query: str) -> list[Any]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture
def campus(settings: Settings) -> Iterator[Campus]:
    opened = open_services(settings)
    app = create_app(opened.services, on_stop=opened.close)
    stores = stores_factory(settings)()
    assert isinstance(stores, WorkerStores)
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Campus(client, stores, opened.services.authority, url)
    stores.close()


@dataclass
class People:
    """Everybody with a part in it, and some without."""

    admin: dict[str, str]
    scheduler: dict[str, str]
    hod: dict[str, str]
    faculty: dict[str, str]
    student: dict[str, str]
    other_department: dict[str, str]
    other_tenant: dict[str, str]

    @classmethod
    def of(cls, campus: Campus) -> People:
        return cls(
            admin=campus.who("registrar", "admin"),
            scheduler=campus.who("scheduler"),
            hod=campus.who("hod"),
            faculty=campus.who("CSE-F01", "faculty"),
            student=campus.who("sam", "student", batches=("2024-CSE-A-G1",)),
            other_department=campus.who("ece", departments=("ECE",)),
            other_tenant=campus.who("stranger", "admin", tenant="elsewhere"),
        )

    @property
    def outsiders(self) -> list[tuple[dict[str, str], int]]:
        """Who may not take part, and how they are told."""
        return [
            (self.faculty, 403),
            (self.student, 403),
            (self.other_department, 403),
            (self.other_tenant, 404),
        ]


def _refused(campus: Campus, people: People, path: str, **body: Any) -> None:
    """Nobody from outside may post this."""
    for who, status in people.outsiders:
        answer = campus.post(path, who, **body)
        assert answer.status_code == status, (path, answer.text)


def _published(campus: Campus, people: People, job_id: str, number: int) -> Any:
    """Take a variant through review, everybody else refused at every step."""
    body = {"job_id": job_id, "variant_number": number}
    _refused(campus, people, SELECT, **body)
    workflow = campus.post(SELECT, people.scheduler, **body).json()
    here, approved = f"{HOME}/{workflow['id']}", {"comments": "Well done."}
    steps = [
        ("submit_for_review", people.scheduler, {}),
        ("approve", people.hod, approved),
        ("publish", people.scheduler, {}),
    ]
    for action, who, words in steps:
        _refused(campus, people, f"{here}/{action}/", comments="Let me.")
        answer = campus.post(f"{here}/{action}/", who, **words)
        assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_term_goes_from_generation_to_publication(campus: Campus) -> None:
    """As admin, staff, HOD, faculty and student, each refused where it should be."""
    people = People.of(campus)
    for who in (people.faculty, people.student, people.other_department):
        answer = campus.post("/api/generation-jobs/generate/", who, **ERP_BODY)
        assert answer.status_code == 403
    job_id = campus.generate(people.scheduler)
    result = f"/api/generation-jobs/{job_id}/result/"
    campus.get(result, people.scheduler, 409)
    campus.work(job_id, seed=1)
    status = campus.get(f"/api/timetable/status/{job_id}/", people.hod)
    assert (status["status"], status["progress"]) == ("completed", 100)
    variants = campus.get(result, people.hod)["variants"]
    assert [variant["number"] for variant in variants] == [1, 2, 3, 4, 5]

    decision = {"action": "approve", "comments": "Go on."}
    approve_job = f"/api/generation-jobs/{job_id}/approve/"
    _refused(campus, people, approve_job, **decision)
    own = campus.post(approve_job, people.scheduler, **decision)
    assert (own.status_code, own.json()["code"]) == (403, "own_submission")
    assert campus.post(approve_job, people.hod, **decision).status_code == 200

    chosen = {"variant_id": variants[0]["variant_id"]}
    workflow = campus.post(SELECT, people.scheduler, **chosen).json()
    here = f"{HOME}/{workflow['id']}"
    clashes = campus.get(f"/api/conflicts/{workflow['timetable_id']}", people.hod)
    hard = {k: n for k, n in clashes["counts"].items() if k != "student"}
    assert set(hard.values()) == {0}
    assert (clashes["unplaced"], clashes["entries"]) == (
        0,
        len(variants[0]["entries"]),
    )
    campus.post(f"{here}/submit_for_review/", people.scheduler)
    waiting = campus.get(f"{HOME}/?status=pending_review", people.hod)
    assert [w["id"] for w in waiting["workflows"]] == [workflow["id"]]
    back = {"comments": "Too many gaps on Monday."}
    revised = campus.post(f"{here}/request_revision/", people.hod, **back)
    assert revised.json()["status"] == "draft"
    for who in (people.faculty, people.student):
        url = "faculty" if who is people.faculty else "student"
        assert campus.get(f"/api/timetable/{url}/me/", who)["entries"] == []

    live = _published(campus, people, job_id, 2)
    assert (live["id"], live["variant_number"]) == (workflow["id"], 2)
    _shown_to_all(campus, people, live, variants[1]["entries"])
    audit = campus.get(f"{here}/", people.admin)["events"]
    assert [e["action"] for e in audit] == [
        "select_variant",
        "submit_for_review",
        "request_revision",
        "select_variant",
        "submit_for_review",
        "approve",
        "publish",
    ]
    topics = campus.rows(
        "SELECT topic, count(*) FROM horarium.outbox WHERE kind = 'mail' "
        f"AND payload->>'workflow_id' = '{workflow['id']}' GROUP BY topic"
    )
    assert dict(topics) == {
        "workflow.submitted": 2,
        "workflow.revision_requested": 1,
        "workflow.approved": 1,
        "workflow.published": 1,
    }
    _replaced(campus, people, live)


def _shown_to_all(campus: Campus, people: People, live: Any, entries: Any) -> None:
    """Teachers, students and the department see their part of the published one."""
    taught = [e for e in entries if "CSE-F01" in e["instructor_ids"]]
    mine = campus.get("/api/timetable/faculty/me/", people.faculty)
    assert len(mine["entries"]) == len(taught) > 0
    attended = [
        e for e in entries if {"2024-CSE-A", "2024-CSE-A-G1"} & {*e["batch_ids"]}
    ]
    seen = campus.get("/api/timetable/student/me/", people.student)
    assert len(seen["entries"]) == len(attended) > 0
    assert not any("2024-CSE-A-G2" in e["batch_ids"] for e in seen["entries"])
    (number,), *_ = campus.rows(
        "SELECT enrollment_number FROM students JOIN batches USING (batch_id) "
        "WHERE batch_code = '2024-CSE-A' ORDER BY enrollment_number"
    )
    by_number = campus.get("/api/timetable/student/me/", campus.who(number, "student"))
    assert (by_number["student_id"], by_number["batches"]) == (number, ["2024-CSE-A"])
    assert len(by_number["entries"]) >= len(attended)
    for who in (people.student, people.faculty, people.scheduler):
        shown = campus.get("/api/timetable/department/CSE/", who)
        assert len(shown["entries"]) == len(entries)
        assert {t["timetable_id"] for t in shown["timetables"]} == {
            live["timetable_id"]
        }
    foreign = campus.get("/api/timetable/department/CSE/", people.other_tenant)
    assert foreign["entries"] == []
    campus.get("/api/timetable/student/me/", people.faculty, 403)
    campus.get("/api/timetable/faculty/me/", people.student, 403)


def _replaced(campus: Campus, people: People, live: Any) -> None:
    """A later generation of the scope takes the place; what changed can be seen."""
    job_id = campus.generate(people.admin)
    campus.work(job_id, seed=2)
    new = _published(campus, people, job_id, 1)
    changes = campus.get(f"{HOME}/{new['id']}/changes/", people.hod)
    assert changes["against"]["timetable_id"] == live["timetable_id"]
    assert (changes["added"], changes["removed"]) == ([], [])
    assert len(changes["moved"]) + changes["unchanged"] > 0
    shown = campus.get("/api/timetable/department/CSE/", people.student)
    assert {t["timetable_id"] for t in shown["timetables"]} == {new["timetable_id"]}
    for who, status in people.outsiders:
        campus.get(f"{HOME}/{new['id']}/changes/", who, status)


def test_fifty_equal_submissions_make_one_job(campus: Campus) -> None:
    """In parallel under one key; all get the same answer."""
    headers = {
        **campus.who("registrar", "admin"),
        "Idempotency-Key": str(uuid.uuid4()),
    }

    def submit(_: int) -> Any:
        return campus.client.post(
            "/api/generation-jobs/generate/", json=ERP_BODY, headers=headers
        )

    (before,) = campus.rows("SELECT count(*) FROM horarium.generation_jobs")
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(submit, range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    replayed = [a for a in answers if a.headers.get("Idempotent-Replayed") == "true"]
    assert len(replayed) == 49
    (after,) = campus.rows("SELECT count(*) FROM horarium.generation_jobs")
    assert after[0] == before[0] + 1


def test_of_many_with_one_tag_one_decides(campus: Campus) -> None:
    """The others are told by 412 that they decide on what has changed."""
    people = People.of(campus)
    job_id = campus.generate(people.scheduler)
    campus.work(job_id, seed=3)
    selection = {"job_id": job_id, "variant_number": 1}
    workflow = campus.post(SELECT, people.scheduler, **selection).json()
    here = f"{HOME}/{workflow['id']}"
    tag = campus.post(f"{here}/submit_for_review/", people.scheduler).headers["ETag"]

    def decide(number: int) -> int:
        action = ("approve", "reject", "request_revision")[number % 3]
        answer = campus.client.post(
            f"{here}/{action}/",
            json={"comments": "Now."},
            headers={**campus.who(f"dean {number}"), "If-Match": tag},
        )
        return answer.status_code

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(decide, range(24)))
    assert sorted(answers) == [200] + [412] * 23
    assert len(campus.get(f"{here}/", people.hod)["events"]) == 3

"""Looking at jobs: live state joined with stored state, and the variants."""

from typing import Any

import pytest

from serve.ports import JobStatus
from tests.serve.conftest import World

NOBODY = "00000000-0000-4000-8000-000000000000"


def _variant(number: int, day: int, cost: int) -> dict[str, Any]:
    return {
        "number": number,
        "priority": f"p{number}",
        "label": f"P{number}",
        "hard_violations": 0,
        "criteria": {"time": cost, "room": 10 - cost},
        "cost": 10,
        "verified": True,
        "weights": {"time": 1, "room": 1},
        "stages": [],
        "entries": [
            {"section_id": "A", "meeting": 0, "day": day},
            {"section_id": f"only{number}", "meeting": 0, "day": 0},
        ],
    }


@pytest.fixture
def done(world: World) -> str:
    job_id = world.submit()
    world.archive.results[job_id] = [_variant(1, 0, 3), _variant(2, 1, 4)]
    world.archive.become(job_id, JobStatus.COMPLETED)
    return job_id


@pytest.mark.parametrize(
    "path",
    [
        "/api/progress/{}",
        "/api/result/{}",
        "/api/variants/{}",
        "/api/variants/{}/1",
        "/api/variants/{}/compare?a=1&b=2",
        "/api/generation-jobs/{}/status/",
        "/api/generation-jobs/{}/progress/",
        "/api/generation-jobs/{}/result/",
        "/api/timetable/status/{}/",
        "/api/events/{}",
    ],
)
@pytest.mark.parametrize("job", [NOBODY, "not-a-uuid", "other tenant's"])
def test_unknown_jobs_are_not_found(world: World, path: str, job: str) -> None:
    """404, and the same for a job of another tenant."""
    headers = world.headers()
    if job == "other tenant's":
        job, headers = world.submit(), world.headers(tenant="elsewhere")
    answer = world.client.get(path.format(job), headers=headers)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_progress_shows_the_newest_of_redis(world: World) -> None:
    """A running job shows what its cluster published last."""
    job_id = world.submit()
    world.archive.become(job_id, JobStatus.RUNNING)
    world.live.publish(job_id, 10)
    world.live.publish(job_id, 40)
    answer = world.client.get(f"/api/progress/{job_id}/", headers=world.headers())
    body = answer.json()
    assert (body["progress"], body["sequence"], body["status"]) == (40, 2, "running")


def test_progress_is_answered_without_redis(world: World) -> None:
    """A dead or emptied Redis costs freshness, not the answer."""
    job_id = world.submit()
    world.archive.become(job_id, JobStatus.RUNNING, progress=30)
    for down in (False, True):
        world.live.down = down
        answer = world.client.get(f"/api/progress/{job_id}", headers=world.headers())
        assert (answer.json()["status"], answer.json()["progress"]) == ("running", 30)


def test_the_row_decides_that_a_job_has_ended(world: World) -> None:
    """Redis may be behind or ahead; the row is the truth."""
    job_id = world.submit()
    world.live.publish(job_id, 100, "completed")
    ahead = world.client.get(f"/api/progress/{job_id}", headers=world.headers())
    assert ahead.json()["status"] == "queued"
    assert ahead.json()["progress"] == 99
    world.archive.become(job_id, JobStatus.FAILED, error_message="No room for A1.")
    failed = world.client.get(f"/api/progress/{job_id}", headers=world.headers())
    assert failed.json()["status"] == "failed"
    assert failed.json()["message"] == "No room for A1."


def test_status_joins_row_and_live_state(world: World) -> None:
    """The percentage of the ERP's status is the live one."""
    job_id = world.submit()
    world.archive.become(job_id, JobStatus.RUNNING, progress=5)
    world.live.publish(job_id, 44)
    for slash in ("", "/"):
        answer = world.client.get(
            f"/api/generation-jobs/{job_id}/status{slash}", headers=world.headers()
        )
        assert answer.json()["progress"] == 44


def test_no_result_while_unfinished(world: World) -> None:
    """409 with the state."""
    job_id = world.submit()
    answer = world.client.get(f"/api/result/{job_id}", headers=world.headers())
    body = answer.json()
    assert answer.status_code == 409
    assert (body["code"], body["status"]) == ("job_unfinished", 409)
    assert body["job_status"] == "queued"


def test_a_failed_job_tells_why(world: World) -> None:
    """409 with the findings of the job."""
    job_id = world.submit()
    issue = {"pointer": "/rooms", "code": "x", "severity": "error", "detail": "d"}
    world.archive.become(job_id, JobStatus.FAILED, issues=(issue,))
    answer = world.client.get(f"/api/result/{job_id}", headers=world.headers())
    assert answer.status_code == 409
    assert answer.json()["code"] == "job_without_result"
    assert answer.json()["errors"] == [issue]


def test_the_result_has_all_variants_with_entries(world: World, done: str) -> None:
    """And so has the ERP's spelling; summaries have none."""
    headers = world.headers()
    result = world.client.get(f"/api/result/{done}", headers=headers).json()
    same = world.client.get(f"/api/generation-jobs/{done}/result/", headers=headers)
    assert same.json() == result
    assert [v["number"] for v in result["variants"]] == [1, 2]
    assert all(v["entries"] for v in result["variants"])
    summaries = world.client.get(f"/api/variants/{done}", headers=headers).json()
    assert all("entries" not in v for v in summaries["variants"])
    assert summaries["pareto_front"] == [1, 2]


def test_one_variant_or_none(world: World, done: str) -> None:
    """By number; 404 past the last."""
    found = world.client.get(f"/api/variants/{done}/2", headers=world.headers())
    missing = world.client.get(f"/api/variants/{done}/6", headers=world.headers())
    assert found.json()["priority"] == "p2"
    assert missing.status_code == 404


def test_two_variants_are_compared(world: World, done: str) -> None:
    """What moved, what only one has, and what the criteria differ by."""
    answer = world.client.get(
        f"/api/variants/{done}/compare?a=1&b=2", headers=world.headers()
    )
    body = answer.json()
    assert [m["section_id"] for m in body["moved"]] == ["A"]
    assert (body["moved"][0]["a"]["day"], body["moved"][0]["b"]["day"]) == (0, 1)
    assert [e["section_id"] for e in body["only_in_a"]] == ["only1"]
    assert [e["section_id"] for e in body["only_in_b"]] == ["only2"]
    assert body["criteria_deltas"] == {"time": 1, "room": -1}
    assert body["pareto_front"] == [1, 2]


@pytest.mark.parametrize("kind", ["cancel", "finish"])
def test_a_job_is_stopped_once(world: World, kind: str) -> None:
    """202 while it runs, 409 when it has ended, 403 for a student."""
    job_id = world.submit()
    url = f"/api/{kind}/{job_id}"
    assert world.client.post(url, headers=world.headers("student")).status_code == 403
    assert world.client.post(url, headers=world.headers()).status_code == 202
    assert world.archive.stops[job_id] == kind
    world.archive.become(job_id, JobStatus.CANCELLED)
    assert world.client.post(url, headers=world.headers()).status_code == 409

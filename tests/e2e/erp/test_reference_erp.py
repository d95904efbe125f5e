"""The reference ERP and the whole product: its own schema and rows, its own calls.

The figures are printed; see docs/erp.md.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from tests.cluster.waiting import wait_for

from .clashes import Findings, Term
from .site import ENDS, FAR, NEAR, WEEK, Seen, Site, site

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

SLOTS = [f"{h:02}:00-{h + 1:02}:00" for h in (8, 9, 10, 11, 13, 14, 15, 16)]
STAGES = (
    *("initializing", "loading", "clustering", "cpsat_solving"),
    *("ga_optimization", "rl_refinement", "completed"),
)
STARTED = {"job_id", "status", "message", "estimated_time_minutes"}
PERFECT = Findings(0, 0, 0, 0, 0, 0, 0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("small"), "small", time_limit=5.0) as found:
        yield found


def test_a_small_term_has_no_clash(small: Site) -> None:
    """24 offerings, 180 students; the ERP's own engine left 270 to 439 clashes."""
    _check_generation(small, "small")


def test_the_row_is_committed_before_redis_tells(small: Site) -> None:
    """While the row cannot be written Redis says ``running``, whatever our job does."""
    job_id = small.insert()
    with small.locked(job_id):
        assert small.start(job_id).status_code == 200
        small.wait_until_own_job_completes(job_id)
        end = time.monotonic() + 8
        while time.monotonic() < end:
            value = small.progress(job_id)
            assert value is not None
            assert value["status"] == "running"
            time.sleep(0.05)
    seen = small.follow(job_id)
    assert (seen.end["status"], seen.row["status"]) == ("completed", "completed")


def test_one_id_is_one_job(small: Site) -> None:
    """However often it is called, at once or after its end; the row stays as it is."""
    job_id = small.insert()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: small.start(job_id), range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert small.follow(job_id).end["status"] == "completed"
    before = small.row(job_id)
    again = small.start(job_id)
    assert (again.status_code, again.json()["job_id"]) == (200, job_id)
    time.sleep(3)
    assert small.row(job_id) == before
    assert small.count_jobs(job_id) == 1
    value = small.progress(job_id)
    assert value is not None
    assert value["status"] == "completed"


def test_a_running_job_is_cancelled(small: Site) -> None:
    job_id = small.insert()
    small.start(job_id)
    wait_for(lambda: _shown(small, job_id, "overall_progress") >= 1, 60)
    answer = small.cancel(job_id)
    assert answer.status_code == 200
    assert set(answer.json()) == {"job_id", "status", "message"}
    assert answer.json()["status"] == "cancellation_requested"
    seen = small.follow(job_id)
    assert (seen.end["status"], seen.end["stage"]) == ("cancelled", "cancelled")
    assert "cancelled_at" in seen.end
    assert seen.row["status"] == "cancelled"
    assert small.redis.exists(f"cancel:job:{job_id}")


def test_a_job_that_was_never_started_is_cancelled(small: Site) -> None:
    """Else the row stays ``cancelling`` and the ERP's stream never ends."""
    job_id = small.insert()
    assert small.cancel(job_id).status_code == 200
    wait_for(lambda: small.row(job_id)["status"] == "cancelled", 30)
    assert _shown(small, job_id, "status") == "cancelled"
    late = small.start(job_id)
    assert (late.status_code, late.json()["status"]) == (200, "cancelled")
    assert small.count_jobs(job_id) == 0
    nobodys = small.at(NEAR).post(f"/api/cancel/{uuid.uuid4()}")
    assert nobodys.status_code == 404


def test_a_lost_start_is_found(small: Site) -> None:
    """A row without a call, and a call without a row."""
    lost = small.insert(age=60)
    seen = small.follow(lost)
    assert (seen.end["status"], seen.row["status"]) == ("completed", "completed")
    assert len(seen.row["timetable_data"]["variants"]) == 5
    early = str(uuid.uuid4())
    assert small.start(early).status_code == 200
    small.insert(early)
    seen = small.follow(early)
    assert (seen.end["status"], seen.row["status"]) == ("completed", "completed")


def test_only_the_erp_calls_without_credentials(small: Site) -> None:
    """The address of the connection decides, through Serve's own proxy too."""
    job_id = str(uuid.uuid4())
    assert small.start(job_id, address=FAR).status_code == 401
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        for address in (FAR, NEAR):
            value = f"for={NEAR}" if header == "Forwarded" else NEAR
            answer = small.start(job_id, address=address, headers={header: value})
            assert answer.status_code == 401, (header, address)
    assert small.count_jobs(job_id) == 0
    assert small.at(NEAR).get("/api/progress/" + job_id).status_code == 401
    assert small.at(NEAR).get(f"/api/variants/{job_id}").status_code == 404
    assert small.at(FAR).get(f"/api/variants/{job_id}").status_code == 401


def test_a_middle_term_has_no_clash(tmp_path_factory: pytest.TempPathFactory) -> None:
    """96 offerings, 896 students; the ERP's own engine left 2,765 clashes."""
    with site(tmp_path_factory.mktemp("mid"), "mid", time_limit=30.0) as mid:
        _check_generation(mid, "mid")


def _check_generation(erp: Site, size: str) -> None:
    """Call, follow, and judge all five variants by the ERP's own rows."""
    job_id = erp.insert()
    request = erp.row(job_id)["timetable_data"]
    answer = erp.start(job_id)
    assert answer.status_code == 200
    assert set(answer.json()) == STARTED
    assert (answer.json()["job_id"], answer.json()["status"]) == (job_id, "started")
    seen = erp.follow(job_id)
    _check_progress(seen, job_id)
    _check_row(seen.row, request, job_id)
    variants = seen.row["timetable_data"]["variants"]
    term = Term(erp.database_url, SLOTS, WEEK["working_days"])
    found = [term.judge(variant["timetable_entries"]) for variant in variants]
    _report(size, term, seen, variants, found)
    assert found == [PERFECT] * 5
    _check_keys(erp, seen, job_id)
    read = erp.at(NEAR).get(f"/api/variants/{job_id}").json()
    assert [(v["id"], v["name"]) for v in read["variants"]] == [
        (v["id"], v["name"]) for v in variants
    ]


def _check_progress(seen: Seen, job_id: str) -> None:
    for value in seen.values:
        assert value["job_id"] == job_id
        assert value["status"] in ("queued", "running", *ENDS)
        for name in ("stage_progress", "overall_progress"):
            assert isinstance(value[name], float)
            assert 0 <= value[name] <= 100
        assert value["eta_seconds"] is None or isinstance(value["eta_seconds"], int)
        assert isinstance(value["started_at"], int)
        assert isinstance(value["last_updated"], int)
        assert value["metadata"]["academic_year"] == "2024-2025"
        assert value["metadata"]["semester"] == 1
    assert all(7000 < seconds <= 7200 for seconds in seen.lifetimes)
    percents = [value["overall_progress"] for value in seen.values]
    assert all(before <= after for before, after in pairwise(percents))
    assert {"running", "completed"} <= {value["status"] for value in seen.values}
    stages = [STAGES.index(stage) for stage in seen.stages()]
    assert len(stages) >= 4
    assert stages == sorted(stages)
    assert (seen.end["stage"], seen.end["overall_progress"]) == ("completed", 100.0)
    assert isinstance(seen.end["completed_at"], int)


def _check_row(row: dict[str, Any], request: dict[str, Any], job_id: str) -> None:
    """As read at the moment in which Redis told of the end."""
    assert (row["status"], row["progress"]) == ("completed", 100)
    assert row["completed_at"] is not None
    assert row["error_message"] is None
    data = row["timetable_data"]
    assert {name: data[name] for name in request} == request
    variants = data["variants"]
    assert [v["variant_id"] for v in variants] == [
        f"{job_id}-variant-{n}" for n in range(1, 6)
    ]
    scores = [v["quality_metrics"]["overall_score"] for v in variants]
    assert scores == sorted(scores, reverse=True)
    assert 50 <= min(scores) <= max(scores) <= 100
    assert data["timetable_entries"] == variants[0]["timetable_entries"]
    for variant in variants:
        assert variant["statistics"]["total_conflicts"] == 0
        for entry in variant["timetable_entries"]:
            assert entry["subject_code"] == entry["course_code"]
            assert entry["room_number"]
            assert entry["time_slot"] == f"{entry['start_time']}-{entry['end_time']}"
            assert entry["has_conflict"] is False


def _check_keys(erp: Site, seen: Seen, job_id: str) -> None:
    assert "start_time" in seen.keys
    assert "cancel" not in seen.keys
    result = json.loads(erp.redis.get(f"result:job:{job_id}"))
    assert set(result) == {"timetable", "variants", "metadata"}
    assert len(result["variants"]) == 5
    assert 86_000 < erp.redis.ttl(f"result:job:{job_id}") <= 86_400


def _report(
    size: str, term: Term, seen: Seen, variants: Any, found: list[Findings]
) -> None:
    print(
        f"\n{size}: {term.num_meetings} meetings, completed after {seen.seconds:.1f} s "
        f"(load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs)"
    )
    stages = (f"{stage} {moment:.1f}" for stage, moment in seen.stages().items())
    print(f"  seen first at: {', '.join(stages)}")
    for variant, findings in zip(variants, found, strict=True):
        metrics = variant["quality_metrics"]
        print(
            f"  {variant['label']:<20} score {metrics['overall_score']:6.2f}  "
            f"clashes: students {findings.students}, instructors "
            f"{findings.instructors}, rooms {findings.rooms}, batches "
            f"{findings.batches}; unserved {findings.unserved}, missing "
            f"{findings.missing}, unfit {findings.unfit}"
        )


def _shown(erp: Site, job_id: str, name: str) -> Any:
    value = erp.progress(job_id)
    assert value is not None
    return value[name]

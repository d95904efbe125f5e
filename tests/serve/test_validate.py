"""Checking inputs without a job, and explaining variants."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serve.app import create_app
from serve.ports import JobStatus
from serve.settings import Settings
from solvers.formats.institution import build_instance, read_institution
from solvers.model import Timetable, Weights
from solvers.sample import sample_institution
from solvers.verification import verify
from tests.benchmark_data import benchmark_file
from tests.serve.conftest import World, make_services
from tests.solvers.formats.test_cbctt import TOY
from tests.solvers.formats.test_pectt import TINY

NOBODY = "00000000-0000-4000-8000-000000000000"


def _sample() -> dict[str, Any]:
    text = sample_institution(scale=0.05).model_dump_json(exclude_defaults=True)
    return {"schema_version": 1, **json.loads(text)}


def _validate(world: World, body: dict[str, Any], query: str = "") -> Any:
    return world.client.post(
        f"/api/validate{query}", json=body, headers=world.headers()
    )


def test_a_sound_input_is_answered_with_what_is_known(world: World) -> None:
    """200: a timetable exists, and what the reduction removed."""
    answer = _validate(world, _sample())
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["verdict"] == "feasible"
    assert body["correction"] is None
    assert body["reduction"]["options_before"] >= body["reduction"]["options_after"]
    assert world.archive.jobs == {}


def test_a_part_of_the_catalogue_is_validated_too(world: World) -> None:
    """What the ERP's tables leave out is a warning."""
    answer = _validate(world, {"catalogue": {}})
    assert answer.status_code == 200, answer.text
    assert answer.json()["issues"][0] == {
        "code": "left_out",
        "detail": "A section is left out.",
        "pointer": "",
        "severity": "warning",
    }


def test_a_wrong_input_is_answered_with_every_finding(world: World) -> None:
    """422 with all codes and pointers at once."""
    university = _sample()
    university["rooms"].append(dict(university["rooms"][0]))
    university["sections"][0]["course"] = "NONE"
    answer = _validate(world, university)
    assert answer.status_code == 422
    errors = {error["code"]: error["pointer"] for error in answer.json()["errors"]}
    assert {"duplicate_id", "unknown_course"} <= set(errors)
    assert errors["unknown_course"] == "/sections/0/course"


def test_an_impossible_input_is_answered_with_what_clashes(world: World) -> None:
    """422 with errors for people, and the whole diagnosis for programs."""
    answer = world.client.post(
        "/api/validate?time_limit_seconds=60",
        content=_IMPOSSIBLE,
        headers={**world.headers(), "Content-Type": "application/xml"},
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == "infeasible"
    clash = next(error for error in body["errors"] if error["code"] == "clash")
    assert "Precedence" in clash["detail"]
    correction = body["diagnosis"]["correction"]
    assert correction["minimal"]
    (removal,) = correction["removals"]
    kinds = [element["kind"] for element in removal["conflict"]["elements"]]
    assert kinds.count("constraint") == 2


def _upload(world: World, document: bytes, query: str = "") -> Any:
    headers = {**world.headers(), "Content-Type": "text/plain"}
    return world.client.post(f"/api/validate{query}", content=document, headers=headers)


@pytest.mark.parametrize("document", [TOY, TINY], ids=["cbctt", "pectt"])
def test_files_of_itc_2007_are_validated(world: World, document: str) -> None:
    """200 and a verdict for both families."""
    answer = _upload(world, document.encode())
    assert answer.status_code == 200, answer.text
    assert answer.json()["verdict"] == "feasible"


@pytest.mark.parametrize(
    "name", ["itc2007-cbctt/comp01.ctt", "itc2007-pe/comp-2007-2-1.tim"]
)
def test_public_files_of_itc_2007_are_validated(tmp_path: Path, name: str) -> None:
    """The competition's own files, as they are; half of one is refused."""
    document = benchmark_file(name).read_bytes()
    services, archive, live = make_services(Settings(data_dir=tmp_path))
    with TestClient(create_app(services)) as client:
        world = World(client, archive, live, services)
        _assert_validated(world, document)


def _assert_validated(world: World, document: bytes) -> None:
    answer = _upload(world, document, "?time_limit_seconds=60")
    assert answer.status_code == 200, answer.text
    assert answer.json()["verdict"] in ("feasible", "unknown")
    half = _upload(world, document[: len(document) // 2])
    assert half.status_code == 422
    assert all(error["code"] for error in half.json()["errors"])


def test_a_formulation_is_asked_for(world: World) -> None:
    """It is stored with the job, whose instance then counts its components."""
    weights = {}
    for name in ("UD2", "UD5"):
        answer = world.client.post(
            f"/api/generate_variants?formulation={name}",
            content=TOY,
            headers={**world.headers(), "Content-Type": "text/plain"},
        )
        assert answer.status_code == 202, answer.text
        weights[name] = world.archive.instance(answer.json()["job_id"]).weights
    assert "windows" in weights["UD5"]
    assert "windows" not in weights["UD2"]


def test_a_formulation_needs_its_facts(world: World) -> None:
    """422 where the older dialect does not state what it counts."""
    old = TOY.replace("Min_Max_Daily_Lectures: 2 3\n", "")
    answer = _upload(world, old.encode(), "?formulation=UD5")
    assert answer.status_code == 422, answer.text


def test_a_formulation_is_for_curriculum_based_problems_only(world: World) -> None:
    """422 with the place; an unknown one as well."""
    answer = _upload(world, TINY.encode(), "?formulation=UD3")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["code"] == "formulation_not_applicable"
    assert error["pointer"] == "/formulation"
    assert _upload(world, TOY.encode(), "?formulation=UD9").status_code == 422


def test_only_planners_validate(world: World) -> None:
    """Students and strangers are refused."""
    assert world.client.post("/api/validate", json=_sample()).status_code == 401
    headers = world.headers("student")
    answer = world.client.post("/api/validate", json=_sample(), headers=headers)
    assert answer.status_code == 403


def test_too_many_validations_at_once_are_refused(world: World) -> None:
    """429 with Retry-After while all places are taken, and again none after."""
    free = world.services.diagnosis._free
    taken = 0
    while free.acquire(blocking=False):
        taken += 1
    answer = _validate(world, _sample())
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    for _ in range(taken):
        free.release()
    assert _validate(world, _sample()).status_code == 200


@pytest.fixture
def explained(world: World) -> tuple[str, int]:
    """A finished job with one stored variant, and the verifier's cost of it."""
    answer = world.client.post(
        "/api/generate_variants", json=_sample(), headers=world.headers()
    )
    job_id = answer.json()["job_id"]
    institution = read_institution(world.archive.inputs[job_id].document)
    instance = build_instance(institution)
    weights = dict.fromkeys(instance.weights, 3)
    first = Timetable.of(
        [0] * instance.num_events, [0 if e.rooms else -1 for e in instance.events]
    )
    world.archive.results[job_id] = [{"number": 1, "weights": weights, "entries": []}]
    world.archive.timetables[job_id, 1] = first
    world.archive.become(job_id, JobStatus.COMPLETED)
    return job_id, verify(instance.replace(weights=Weights.of(weights)), first).cost


def test_a_variant_is_explained_under_its_own_weights(
    world: World, explained: tuple[str, int]
) -> None:
    """The items, shown or left out, add up to the verifier's cost."""
    job_id, cost = explained
    path = f"/api/variants/{job_id}/1/explain?top=7"
    answer = world.client.get(path, headers=world.headers())
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["cost"] == cost > 0
    shown = sum(item["cost"] for item in body["items"])
    assert shown + body["items_left_out"]["cost"] == cost
    assert len(body["items"]) == 7
    assert sum(row["cost"] for row in body["criteria"]) == cost


def test_only_what_is_there_is_explained(
    world: World, explained: tuple[str, int]
) -> None:
    """404 for no such job or variant and for another tenant; 409 without result."""
    job_id, _ = explained
    path = "/api/variants/{}/{}/explain"
    for job, number in ((job_id, 2), (NOBODY, 1)):
        answer = world.client.get(path.format(job, number), headers=world.headers())
        assert answer.status_code == 404
    other = world.headers(tenant="elsewhere")
    assert world.client.get(path.format(job_id, 1), headers=other).status_code == 404
    waiting = path.format(world.submit(), 1)
    assert world.client.get(waiting, headers=world.headers()).status_code == 409


_IMPOSSIBLE = """<?xml version="1.0" encoding="UTF-8"?>
<problem name="impossible" nrDays="2" nrWeeks="1" slotsPerDay="24">
 <optimization time="1" room="1" distribution="1" student="1"/>
 <rooms><room id="1" capacity="9"/></rooms>
 <courses><course id="1"><config id="1"><subpart id="1">
  <class id="1" limit="9"><room id="1" penalty="0"/>
   <time days="10" start="8" length="2" weeks="1" penalty="0"/>
   <time days="01" start="8" length="2" weeks="1" penalty="0"/></class>
  <class id="2" limit="9"><room id="1" penalty="0"/>
   <time days="10" start="8" length="2" weeks="1" penalty="0"/>
   <time days="01" start="8" length="2" weeks="1" penalty="0"/></class>
 </subpart></config></course></courses>
 <distributions>
  <distribution type="Precedence" required="true">
   <class id="1"/><class id="2"/></distribution>
  <distribution type="Precedence" required="true">
   <class id="2"/><class id="1"/></distribution>
 </distributions>
 <students/>
</problem>
"""

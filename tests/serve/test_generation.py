"""Submitting: accepted in every form, refused for every fault."""

import pytest

from serve.ports import JobStatus
from serve.settings import Settings
from tests.serve.conftest import World

ERP_BODY = {
    "department_id": "CSE",
    "batch_id": "2024-CSE-A",
    "semester": 3,
    "academic_year": "2024-25",
}


def test_a_reference_to_the_catalogue_is_accepted(world: World) -> None:
    """202, with the way on."""
    answer = world.client.post(
        "/api/generate_variants",
        json={
            "catalogue": {"department_id": "CSE"},
            "time_limit_seconds": 7,
            "seed": 4,
        },
        headers=world.headers("staff"),
    )
    body = answer.json()
    assert answer.status_code == 202
    assert body["status"] == "queued"
    assert answer.headers["Location"] == f"/api/progress/{body['job_id']}"
    assert answer.headers["Retry-After"]
    assert body["estimated_time_seconds"] >= 7
    stored = world.archive.inputs[body["job_id"]]
    assert (stored.source, stored.time_limit_seconds, stored.seed) == (
        "catalogue",
        7,
        4,
    )


@pytest.mark.parametrize(
    "body",
    [
        b'{"schema_version": "1", "sections": [1]}',
        b'{"institution": {"schema_version": "1", "sections": [1]}, "seed": 5}',
    ],
)
def test_an_institution_is_accepted_bare_and_in_an_envelope(
    world: World, body: bytes
) -> None:
    """The stored document is the institution itself."""
    answer = world.client.post(
        "/api/generate?seed=5", content=body, headers=world.headers()
    )
    assert answer.status_code == 202, answer.text
    stored = world.archive.inputs[answer.json()["job_id"]]
    assert stored.source == "institution"
    assert stored.document.startswith(b'{"schema_version"')
    assert stored.seed == 5


def test_an_upload_is_accepted(world: World) -> None:
    """Multipart with the wishes as fields."""
    answer = world.client.post(
        "/api/generate_variants",
        files={"file": ("x.xml", b"<?xml?><problem></problem>")},
        data={"time_limit_seconds": "9"},
        headers=world.headers(),
    )
    assert answer.status_code == 202, answer.text
    stored = world.archive.inputs[answer.json()["job_id"]]
    assert (stored.source, stored.time_limit_seconds) == ("itc2019", 9)


@pytest.mark.parametrize(
    ("name", "content", "source"),
    [
        ("toy.ctt", b"Name: Toy\nCourses: 4\n", "cbctt"),
        ("1.tim", b"400 10 10 500\n", "pectt"),
    ],
)
def test_files_of_itc2007_are_recognized_by_content(
    world: World, name: str, content: bytes, source: str
) -> None:
    """As an upload and as a plain body."""
    url = "/api/generate_variants"
    answers = [
        world.client.post(
            url, files={"file": (name, content)}, headers=world.headers()
        ),
        world.client.post(
            url,
            content=content,
            headers={**world.headers(), "Content-Type": "text/plain"},
        ),
    ]
    for answer in answers:
        assert answer.status_code == 202, answer.text
        assert world.archive.inputs[answer.json()["job_id"]].source == source


def test_a_file_of_no_known_format_is_refused(world: World) -> None:
    answer = world.client.post(
        "/api/generate_variants",
        files={"file": ("x.xls", b"PK\x03\x04")},
        headers=world.headers(),
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_format"


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (b"{", "malformed_json", ""),
        (b'{"a": NaN}', "malformed_json", ""),
        (b"[]", "not_an_object", ""),
        (b'{"hello": 1}', "unknown_envelope", ""),
        (b'{"schema_version": "1", "sections": []}', "empty_term", "/sections"),
        (b"<problem>", "malformed_xml", "1:1"),
        (b'{"catalogue": {"x": 1}}', "extra_forbidden", "/catalogue/x"),
        (
            b'{"catalogue": {"department_id": "XX"}}',
            "unknown_department_id",
            "/department_id",
        ),
        (
            b'{"catalogue": {}, "time_limit_seconds": 0}',
            "greater_than",
            "/time_limit_seconds",
        ),
        (
            b'{"catalogue": {}, "time_limit_seconds": 1e9}',
            "time_limit_too_long",
            "/time_limit_seconds",
        ),
        (b'{"catalogue": {}, "profiles": []}', "profiles_count", "/profiles"),
    ],
)
def test_wrong_input_is_refused_with_code_and_pointer(
    world: World, body: bytes, code: str, pointer: str
) -> None:
    """422 problem+json; nothing is stored."""
    answer = world.client.post(
        "/api/generate_variants", content=body, headers=world.headers()
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    first = answer.json()["errors"][0]
    assert (first["code"], first["pointer"]) == (code, pointer)
    assert first["severity"] == "error"
    assert first["detail"]
    assert not world.archive.jobs


def test_a_large_input_is_left_to_its_job(world: World) -> None:
    """Over the size of the check only the envelope is looked at."""
    padding = b" " * 50
    body = b'{"schema_version": "1", "sections": []}' + padding
    small = world.services.settings.model_copy(update={"check_body_bytes": 40})
    world.services.jobs._settings = small
    answer = world.client.post("/api/generate", content=body, headers=world.headers())
    assert answer.status_code == 202


@pytest.mark.parametrize("role", ["faculty", "student"])
@pytest.mark.parametrize(
    "path", ["/api/generate_variants", "/api/generation-jobs/generate/"]
)
def test_only_planners_generate(world: World, role: str, path: str) -> None:
    """403 for faculty and students."""
    body = ERP_BODY if "jobs" in path else {"catalogue": {}}
    answer = world.client.post(path, json=body, headers=world.headers(role))
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


def test_staff_of_a_department_generate_for_it_only(world: World) -> None:
    """The claim departments narrows staff."""
    headers = world.headers("staff", departments=("CSE",))
    url = "/api/generate_variants"
    own = world.client.post(
        url, json={"catalogue": {"department_id": "CSE"}}, headers=headers
    )
    whole = world.client.post(url, json={"catalogue": {}}, headers=headers)
    assert (own.status_code, whole.status_code) == (202, 403)


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_erp_call_takes_exactly_its_body(world: World, slash: str) -> None:
    """201 with the job, on both spellings."""
    answer = world.client.post(
        f"/api/generation-jobs/generate{slash}", json=ERP_BODY, headers=world.headers()
    )
    assert answer.status_code == 201, answer.text
    job = answer.json()["job"]
    assert {name: job[name] for name in ERP_BODY} == ERP_BODY
    assert job["status"] == "queued"


def test_the_erp_call_points_at_what_is_wrong(world: World) -> None:
    """A missing member and a strange one, both at once."""
    answer = world.client.post(
        "/api/generation-jobs/generate/",
        json={"semester": 3, "strange": 1},
        headers=world.headers(),
    )
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/academic_year", "/strange"}


def test_the_same_key_gets_the_first_answer_again(world: World) -> None:
    """A repeated submission creates nothing; another one under the key is refused."""
    headers = {**world.headers(), "Idempotency-Key": "k1"}
    url = "/api/generate_variants"
    first = world.client.post(url, json={"catalogue": {}}, headers=headers)
    again = world.client.post(url, json={"catalogue": {}}, headers=headers)
    other = world.client.post(url, json={"catalogue": {}, "seed": 1}, headers=headers)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert other.status_code == 422
    assert len(world.archive.jobs) == 1


def test_too_large_a_body_is_refused(world: World) -> None:
    """413, announced or not."""
    body = b'{"schema_version": "1", "x": "' + b"a" * 200_000 + b'"}'
    url = "/api/generate"
    told = world.client.post(url, content=body, headers=world.headers())
    chunks = (body[i : i + 9999] for i in range(0, len(body), 9999))
    untold = world.client.post(url, content=chunks, headers=world.headers())
    assert told.status_code == untold.status_code == 413
    assert untold.headers["content-type"] == "application/problem+json"


def test_too_many_unfinished_jobs_are_refused(world: World) -> None:
    """429 with Retry-After, until one has ended."""
    jobs = [world.submit() for _ in range(3)]
    url, body = "/api/generate", {"catalogue": {}}
    full = world.client.post(url, json=body, headers=world.headers())
    assert full.status_code == 429
    assert full.headers["Retry-After"]
    world.archive.become(jobs[0], JobStatus.FAILED)
    again = world.client.post(url, json=body, headers=world.headers())
    assert again.status_code == 202


def test_a_dead_database_is_told_and_nothing_is_stored(world: World) -> None:
    """503 with Retry-After."""
    world.archive.down = True
    answer = world.client.post(
        "/api/generate", json={"catalogue": {}}, headers=world.headers()
    )
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "PostgreSQL" in answer.json()["detail"]
    assert not world.archive.jobs


def test_a_job_announced_by_the_erp_is_started_once(world: World) -> None:
    """The queue entry makes a job under its id; a repetition changes nothing."""
    job_id = "6f1c2d34-0000-4000-8000-000000000001"
    url = f"/api/generate/{job_id}"
    assert world.client.post(url, headers=world.headers()).status_code == 404
    world.live.queue[job_id] = {"department_id": "CSE", "semester": 3}
    first = world.client.post(url, headers=world.headers())
    again = world.client.post(url, headers=world.headers())
    assert first.status_code == again.status_code == 202
    assert first.json()["job_id"] == job_id
    assert world.archive.inputs[job_id].scope.semester == 3


def test_an_erp_that_wants_200_gets_it(world: World) -> None:
    """The reference ERP accepts only 200 and the word started."""
    settings: Settings = world.services.settings.model_copy(
        update={"start_status": 200}
    )
    object.__setattr__(world.services, "settings", settings)
    answer = world.client.post(
        "/api/generate_variants", json={"catalogue": {}}, headers=world.headers()
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "started")

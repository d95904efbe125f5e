"""Review over HTTP: who may do what, tags and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.serve.office import HOME, NOBODY, SELECT, Office


def test_a_variant_is_published_step_by_step(office: Office) -> None:
    """Each answer shows the state, its tag, and what may come next."""
    workflow = office.selected(2)
    ann, hod = office.headers("ann"), office.headers("hod")
    assert (workflow["status"], workflow["variant_number"]) == ("draft", 2)
    assert workflow["allowed_actions"] == ["select_variant", "submit_for_review"]
    states = [
        ("submit_for_review", ann, "pending_review"),
        ("approve", hod, "approved"),
        ("publish", ann, "published"),
    ]
    for version, (action, who, state) in enumerate(states, start=2):
        answer = office.act(workflow, action, who, comments="Fine.")
        assert (answer.status_code, answer.json()["status"]) == (200, state)
        assert answer.headers["ETag"] == f'"{version}"'
    detail = office.get(f"{HOME}/{workflow['id']}/", hod)
    assert detail.headers["ETag"] == '"4"'
    events = detail.json()["events"]
    assert [(e["action"], e["actor"], e["to_status"]) for e in events] == [
        ("select_variant", "ann", "draft"),
        ("submit_for_review", "ann", "pending_review"),
        ("approve", "hod", "approved"),
        ("publish", "ann", "published"),
    ]


def test_a_variant_is_selected_by_id_once(office: Office) -> None:
    """Without /api too; the second answer is 200 and the same workflow."""
    job_id = office.complete()
    ann = office.headers("ann")
    variants = office.get(f"/api/variants/{job_id}", ann).json()["variants"]
    body = {"variant_id": variants[2]["variant_id"]}
    first = office.post("/timetable-variants/select_variant/", ann, **body)
    again = office.post("/api/timetable-variants/select_variant", ann, **body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["variant_number"] == 3
    other = office.post(SELECT, ann, job_id=job_id, variant_number=5)
    assert (other.status_code, other.json()["variant_number"]) == (200, 5)
    assert (other.json()["id"], other.json()["version"]) == (first.json()["id"], 2)
    assert first.headers["Location"] == f"{HOME}/{first.json()['id']}/"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"variant_id": NOBODY, "job_id": NOBODY, "variant_number": 1},
        {"job_id": NOBODY},
        {"variant_number": 1},
        {"job_id": NOBODY, "variant_number": 0},
        {"variant_id": NOBODY, "else": 1},
    ],
)
def test_a_selection_is_one_or_the_other(office: Office, body: Any) -> None:
    url = SELECT
    answer = office.post(url, office.headers("ann"), **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "body", [{"variant_id": NOBODY}, {"variant_id": "x"}, {"job_id": NOBODY}]
)
def test_what_is_not_there_is_not_selected(office: Office, body: Any) -> None:
    if "job_id" in body:
        body = {**body, "variant_number": 1}
    url = SELECT
    assert office.post(url, office.headers("ann"), **body).status_code == 404


def test_a_lost_race_is_412_and_an_illegal_step_409(office: Office) -> None:
    """In this order; `*` and no tag ask for nothing, a weak tag never matches."""
    workflow = office.selected()
    ann, hod = office.headers("ann"), office.headers("hod")

    def act(action: str, who: Any, tag: str) -> tuple[int, str]:
        url = f"{HOME}/{workflow['id']}/{action}/"
        answer = office.client.post(url, headers={**who, "If-Match": tag})
        return answer.status_code, answer.json().get("code", "")

    stale = (412, "stale_version")
    assert act("submit_for_review", ann, '"2"') == stale
    assert act("submit_for_review", ann, 'W/"1"') == stale
    assert act("submit_for_review", ann, "nonsense") == stale
    assert act("submit_for_review", ann, '"9", "1"') == (200, "")
    assert act("publish", hod, '"1"') == stale
    assert act("publish", hod, '"2"') == (409, "illegal_transition")
    assert act("approve", hod, "*") == (200, "")


def test_words_are_required_of_who_refuses(office: Office) -> None:
    """422 with a pointer; then the decision and its reason are kept."""
    workflow = office.selected()
    hod = office.headers("hod")
    office.act(workflow, "submit_for_review", office.headers("ann"))
    silent = office.client.post(f"{HOME}/{workflow['id']}/reject/", headers=hod)
    assert (silent.status_code, silent.json()["code"]) == (422, "comments_required")
    assert silent.json()["errors"][0]["pointer"] == "/comments"
    back = office.act(workflow, "request_revision", hod, comments="Monday is full.")
    assert (back.json()["status"], back.json()["comments"]) == (
        "draft",
        "Monday is full.",
    )


def test_nobody_approves_what_they_submitted(office: Office) -> None:
    """Neither their workflow nor their job, admin or not."""
    workflow = office.selected()
    ann = office.headers("ann")
    office.act(workflow, "submit_for_review", ann)
    own = office.act(workflow, "approve", ann)
    assert (own.status_code, own.json()["code"]) == (403, "own_submission")
    job = office.post(
        f"/api/generation-jobs/{workflow['job_id']}/approve/",
        office.headers("registrar", "admin"),
        action="approve",
    )
    assert (job.status_code, job.json()["code"]) == (403, "own_submission")


def test_a_job_is_approved_or_rejected(office: Office) -> None:
    """Once; a rejection needs words, and ends selections."""
    hod = office.headers("hod")
    first, second = office.complete(), office.complete()

    def decide(job_id: str, **body: Any) -> Any:
        return office.post(f"/api/generation-jobs/{job_id}/approve/", hod, **body)

    approved = decide(first, action="approve", comments="Good.")
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert decide(first, action="reject", comments="No.").status_code == 409
    assert decide(second, action="reject").json()["code"] == "comments_required"
    assert decide(second, action="reject", comments="No.").json()["status"] == (
        "rejected"
    )
    assert decide(second, action="burn").status_code == 422
    selection = {"job_id": second, "variant_number": 1}
    refused = office.post("/api/timetable-variants/select_variant/", hod, **selection)
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition")
    assert office.get(f"/api/result/{second}", hod).status_code == 200


def _urls(workflow: dict[str, Any]) -> list[tuple[str, str]]:
    here = f"{HOME}/{workflow['id']}"
    actions = ("submit_for_review", "approve", "reject", "request_revision", "publish")
    return [
        ("GET", f"{here}/"),
        ("GET", f"{here}/changes/"),
        ("GET", f"/api/conflicts/{workflow['timetable_id']}"),
        ("POST", f"/api/generation-jobs/{workflow['job_id']}/approve/"),
        *(("POST", f"{here}/{action}/") for action in actions),
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ({"role": "student"}, 403),
        ({"role": "faculty"}, 403),
        ({"departments": ("ME",)}, 403),
        ({"role": "admin", "tenant": "elsewhere"}, 404),
        ({"tenant": "elsewhere"}, 404),
    ],
)
def test_who_has_no_business_here_is_refused(
    office: Office, who: dict[str, Any], status: int
) -> None:
    """By role, by department, by institution: on every path, leaving no trace."""
    workflow = office.selected()
    headers = office.headers("eve", **who)
    body = {"action": "approve", "comments": "x"}
    for method, url in _urls(workflow):
        sent = None if method == "GET" else body
        if sent is not None and "generation-jobs" not in url:
            sent = {"comments": "x"}
        answer = office.client.request(method, url, json=sent, headers=headers)
        assert answer.status_code == status, (url, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    selection = {"variant_id": workflow["variant_id"]}
    url = SELECT
    assert office.post(url, headers, **selection).status_code == status
    listed = office.get(f"{HOME}/", headers)
    if who.get("role") in ("student", "faculty"):
        assert listed.status_code == 403
    else:
        assert listed.json()["workflows"] == []
    now = office.get(f"{HOME}/{workflow['id']}/", office.headers("ann")).json()
    assert (now["version"], len(now["events"])) == (1, 1)


@pytest.mark.parametrize(
    "url", [f"{HOME}/{NOBODY}/", f"{HOME}/x/", f"{HOME}/x/changes"]
)
def test_unknown_workflows_are_not_found(office: Office, url: str) -> None:
    assert office.get(url, office.headers("ann")).status_code == 404


def test_lists_are_narrowed(office: Office) -> None:
    """By state, and by the departments of staff; an admin sees all."""
    cse, whole = office.selected(), office.complete(department=None)
    admin = office.headers("root", "admin")
    url = SELECT
    office.post(url, admin, job_id=whole, variant_number=1)
    office.act(cse, "submit_for_review", office.headers("ann"))

    def ids(query: str, who: dict[str, str]) -> list[str]:
        found = office.get(f"{HOME}/{query}", who).json()
        assert found["count"] == len(found["workflows"])
        return [w["job_id"] for w in found["workflows"]]

    assert ids("", admin) == [whole, cse["job_id"]]
    assert ids("", office.headers("ann")) == [cse["job_id"]]
    assert ids("?status=pending_review", admin) == [cse["job_id"]]
    assert ids("?status=published", admin) == []
    assert office.get(f"{HOME}/?status=lost", admin).status_code == 422


def test_a_dead_database_is_told(office: Office) -> None:
    """503, never a wrong answer."""
    workflow = office.selected()
    ann = office.headers("ann")
    office.bridge.database_is_down = True
    for method, url in _urls(workflow):
        body = {"action": "approve"} if "generation-jobs" in url else {}
        answer = office.client.request(
            method, url, json=body if method == "POST" else None, headers=ann
        )
        assert answer.status_code == 503, url

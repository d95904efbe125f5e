"""What is shown over HTTP: one's own timetable, changes of a revision, clashes."""

from __future__ import annotations

import pytest

from tests.serve.office import HOME, NOBODY, Office


def test_people_see_their_published_timetable(office: Office) -> None:
    """Nothing before publication; then by the claims, else by the subject."""
    ada = office.headers("F1", "faculty")
    other = office.headers("login", "faculty", faculty_id="F1")
    sam = office.headers("sam", "student", batches=("A",))
    eve = office.headers("eve", "student")
    office.selected()
    for url, who in (("faculty", ada), ("student", sam)):
        empty = office.get(f"/api/timetable/{url}/me/", who).json()
        assert (empty["timetables"], empty["entries"]) == ([], [])
    workflow = office.published()
    by_id = office.headers("ada's id", "faculty")
    for who in (ada, other, by_id):
        mine = office.get("/api/timetable/faculty/me", who).json()
        assert mine["faculty_id"] == "F1"
        assert [e["section_id"] for e in mine["entries"]] == ["CS1-L1", "CS1-L1"]
    mine = office.get("/api/timetable/student/me/", sam).json()
    assert mine["timetables"][0]["timetable_id"] == workflow["timetable_id"]
    assert (mine["student_id"], len(mine["entries"])) == ("sam", 2)
    assert "student_ids" not in mine["entries"][0]
    enrolled = office.headers("enrolled", "student")
    mine = office.get("/api/timetable/student/me/", enrolled).json()
    assert (mine["student_id"], mine["batches"]) == ("2024-001", ["A"])
    assert len(mine["entries"]) == 2
    assert office.get("/api/timetable/student/me/", eve).json()["entries"] == []
    for who in (ada, sam, office.headers("ann")):
        shown = office.get("/api/timetable/department/CSE/", who).json()
        assert len(shown["entries"]) == 2
    elsewhere = office.headers("F1", "faculty", tenant="elsewhere")
    assert office.get("/api/timetable/faculty/me/", elsewhere).json()["entries"] == []


def test_a_person_is_who_the_token_says(office: Office) -> None:
    """A student has no faculty timetable, a planner only with an id of the term."""
    for url, who, status in (
        ("faculty", office.headers("s", "student", faculty_id="F1"), 403),
        ("faculty", office.headers("ann"), 403),
        ("faculty", office.headers("ann", faculty_id="F1"), 200),
        ("student", office.headers("F1", "faculty"), 403),
        ("student", office.headers("ann"), 403),
    ):
        assert office.get(f"/api/timetable/{url}/me/", who).status_code == status


@pytest.mark.parametrize(
    "url",
    [
        "/api/timetable/department/%00/",
        "/api/timetable/department/CSE/?academic_year=%00",
        "/api/timetable/faculty/me/?semester=99",
    ],
)
def test_what_no_database_can_hold_is_refused(office: Office, url: str) -> None:
    """422, where a query would fail."""
    assert office.get(url, office.headers("F1", "faculty")).status_code == 422


def test_a_revision_shows_what_it_changes(office: Office) -> None:
    """Against the live one before, against the replaced one after publication."""
    first = office.published(year="2024-25")
    new = office.get(f"{HOME}/{first['id']}/changes/", office.headers("ann")).json()
    assert (new["against"], len(new["added"])) == (None, 2)
    second = office.selected(2, year="2024-25")
    entries = office.bridge.rows[second["job_id"]].entries[2]
    entries[0] |= {"start_time": "10:00", "end_time": "11:00"}
    entries[1] |= {"instructor_ids": ["F2"], "instructor_names": ["Bob"]}
    before = office.get(f"{HOME}/{second['id']}/changes", office.headers("ann")).json()
    assert before["against"]["timetable_id"] == first["timetable_id"]
    (moved,) = before["moved"]
    assert (moved["before"]["start_time"], moved["after"]["start_time"]) == (
        "08:00",
        "10:00",
    )
    (reassigned,) = before["reassigned"]
    assert reassigned["after"]["instructor_ids"] == ["F2"]
    assert (before["added"], before["removed"], before["unchanged"]) == ([], [], 1)
    assert before["affected"] == {"faculty": ["F1", "F2"], "batches": ["A"]}
    ann, hod = office.headers("ann"), office.headers("hod")
    office.act(second, "submit_for_review", ann)
    office.act(second, "approve", hod)
    office.act(second, "publish", ann)
    after = office.get(f"{HOME}/{second['id']}/changes/", hod).json()
    assert {**after, "against": None} == {**before, "against": None}
    assert after["against"]["timetable_id"] == first["timetable_id"]


def test_clashes_are_data(office: Office) -> None:
    """None in what the engine made; each kind counted when somebody edits."""
    workflow = office.selected()
    url, ann = f"/api/conflicts/{workflow['timetable_id']}", office.headers("ann")
    clean = office.get(url, ann).json()
    assert (clean["total"], clean["entries"], clean["is_live"]) == (0, 2, False)
    entries = office.bridge.rows[workflow["job_id"]].entries[1]
    entries[1] |= {"day": entries[0]["day"]}
    broken = office.get(url + "/", ann).json()
    assert broken["counts"] == {
        "instructor": 1,
        "room": 1,
        "student_group": 1,
        "student": 0,
        "equipment": 0,
    }
    assert [c["kind"] for c in broken["conflicts"]] == [
        "instructor",
        "room",
        "student_group",
    ]
    assert office.get(f"/api/conflicts/{NOBODY}", ann).status_code == 404

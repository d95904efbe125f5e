"""Reading institution documents: every fault is found, with its place."""

import json
from typing import Any

import pytest

from solvers.exceptions import InputError
from solvers.formats.institution import read_institution
from tests.solvers.formats.institution_documents import (
    institution,
    issues_of,
    small_document,
)


def _changed(path: str, value: Any) -> dict[str, Any]:
    """Document with one member set; a list index may be the next free one."""
    document: Any = small_document()
    *steps, last = [int(s) if s.isdigit() else s for s in path.split("/")]
    place = document
    for step in steps:
        place = place[step]
    if isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return dict(document)


def test_a_faultless_document_reads_and_writes_itself_back() -> None:
    """Reading what was written gives an equal institution."""
    found = institution(small_document())
    assert found.rooms[2].equipment == {"workstation": 20}
    written = found.model_dump_json(exclude_defaults=True).encode()
    assert read_institution(written) == found


@pytest.mark.parametrize(
    ("path", "value", "code", "pointer"),
    [
        ("name", 5, "wrong_type", "/name"),
        ("rooms/0/capacity", "many", "wrong_type", "/rooms/0/capacity"),
        ("rooms/0/capacity", 1.5, "wrong_type", "/rooms/0/capacity"),
        ("rooms/0/colour", "red", "unknown_member", "/rooms/0/colour"),
        ("rooms/3", {"id": "R9"}, "missing_member", "/rooms/3/capacity"),
        ("rooms/3", {"id": "R1", "capacity": 5}, "duplicate_id", "/rooms/3/id"),
        ("rooms/0/building", "X", "unknown_building", "/rooms/0/building"),
        ("rooms/0/capacity", -1, "number_out_of_range", "/rooms/0/capacity"),
        ("schema_version", 2, "wrong_type", "/schema_version"),
        ("travel/0/origin", "X", "unknown_building", "/travel/0/origin"),
        ("batches/0/groups/1/id", "B1", "duplicate_id", "/batches/0/groups/1/id"),
        ("batches/0/size", 20, "groups_too_large", "/batches/0/groups"),
        ("courses/0/department", "X", "unknown_department", "/courses/0/department"),
        ("sections/0/course", "X", "unknown_course", "/sections/0/course"),
        ("sections/0/faculty/0", "X", "unknown_faculty", "/sections/0/faculty/0"),
        ("sections/0/faculty/1", "F1", "duplicate_id", "/sections/0/faculty/1"),
        ("sections/0/batches/0", "X", "unknown_batch", "/sections/0/batches/0"),
        (
            "sections/0/component",
            "seminar",
            "unknown_component",
            "/sections/0/component",
        ),
        ("sections/0/rooms", ["X"], "unknown_room", "/sections/0/rooms/0"),
        ("sections/3/parent", "S2", "bad_parent", "/sections/3/parent"),
        (
            "sections/0/pins",
            [{"meeting": 3}],
            "unknown_meeting",
            "/sections/0/pins/0/meeting",
        ),
        (
            "sections/0/pins",
            [{"start": "20:00"}],
            "outside_grid",
            "/sections/0/pins/0/start",
        ),
        (
            "sections/0/pins",
            [{"start": "9:00"}],
            "wrong_type",
            "/sections/0/pins/0/start",
        ),
        ("sections/0/weeks", [5], "outside_grid", "/sections/0/weeks"),
        ("sections/0/size", 70, "no_room", "/sections/0"),
        ("sections", [], "empty_term", "/sections"),
        ("time_grid/weeks", 0, "empty_term", "/time_grid"),
        ("time_grid/weeks", 99, "number_out_of_range", "/time_grid/weeks"),
        ("time_grid/days", [], "empty_term", "/time_grid"),
        ("time_grid/day_end", "07:00", "empty_term", "/time_grid/day_end"),
        ("time_grid/slot_minutes", 7, "number_out_of_range", "/time_grid/slot_minutes"),
        (
            "time_grid/holidays",
            [{"week": w} for w in (1, 2, 3, 4)],
            "empty_term",
            "/time_grid/holidays",
        ),
        (
            "faculty/0/available",
            [{"days": ["Sun"], "start": "08:00", "end": "09:00"}],
            "outside_grid",
            "/faculty/0/available/0/days",
        ),
        (
            "faculty/0/preferred/0/start",
            "12:00",
            "empty_interval",
            "/faculty/0/preferred/0",
        ),
        (
            "courses/0/components/0/duration_minutes",
            52,
            "bad_duration",
            "/courses/0/components/0/duration_minutes",
        ),
        ("courses/0/components/0/meetings_per_week", 4, "too_few_days", "/sections/0"),
        ("courses/0/components/1/equipment/workstation", 30, "no_room", "/sections/1"),
        ("courses/0/components/0/features", ["organ"], "no_room", "/sections/0"),
        ("weights", {"student": -1}, "bad_weight", "/weights/student"),
        ("weights", {"beauty": 1}, "unknown_criterion", "/weights/beauty"),
        ("students/0/group", "B9", "unknown_group", "/students/0/group"),
        ("students/0/batch", "B9", "unknown_batch", "/students/0/batch"),
        ("students/0/courses/0", "C9", "unknown_course", "/students/0/courses/0"),
        ("students/2/courses/0", "C1", "no_section", "/students/2/courses/0"),
        ("faculty/1/unavailable", [{}], "no_time", "/sections/1"),
        ("faculty/0/max_hours_per_week", 2.0, "faculty_overloaded", "/faculty/0"),
        ("faculty/0/max_hours_per_day", 0.5, "faculty_overloaded", "/faculty/0"),
        ("limits", {"batch_max_hours_per_day": 0.5}, "batch_overloaded", "/batches/0"),
    ],
)
def test_every_fault_is_found_at_its_place(
    path: str, value: Any, code: str, pointer: str
) -> None:
    """One change of a faultless document gives the finding that belongs to it."""
    assert (code, pointer) in issues_of(_changed(path, value))


def test_all_findings_come_at_once() -> None:
    """Faults of different kinds, types included, are told together."""
    document = small_document()
    document["rooms"][0]["colour"] = "red"
    document["rooms"][1]["building"] = "X"
    document["sections"][0]["faculty"] = ["nobody"]
    document["sections"][1]["size"] = 99
    document["weights"] = {"student": -3}
    document["students"].append({"id": "s1"})
    document["batches"][0]["unavailable"] = [{"start": "18:00", "end": "19:00"}]
    assert {code for code, _ in issues_of(document)} == {
        "unknown_member",
        "unknown_building",
        "unknown_faculty",
        "bad_weight",
        "duplicate_id",
        "outside_grid",
    }


def test_pins_that_clash_are_found() -> None:
    """Two sections of one person pinned to overlapping times."""
    document = small_document()
    pin = {"day": "Tue", "start": "09:00"}
    document["sections"][1]["pins"] = [pin]
    document["sections"][0]["pins"] = [{"day": "Tue", "start": "10:00", "meeting": 2}]
    assert ("pins_clash", "/sections/1/pins/0") in issues_of(document)


def test_pins_in_alternate_weeks_do_not_clash() -> None:
    """Groups of A and B weeks may share person and hour."""
    document = small_document()
    for position in (1, 2):
        document["sections"][position]["pins"] = [{"day": "Tue", "start": "09:00"}]
    assert institution(document)


def test_too_few_seats_are_found() -> None:
    """More students than seats of all sections together."""
    document = small_document()
    document["courses"][1]["components"][0]["section_size"] = 1
    document["sections"][4]["limit"] = 1
    assert ("too_few_seats", "/courses/1") in issues_of(document)


def test_a_week_too_short_for_a_batch_is_found() -> None:
    """The meetings of a batch are more than its week can hold one after the other."""
    document = small_document()
    document["time_grid"]["day_end"] = "10:00"
    document["courses"][0]["components"][0]["same_day"] = True
    document["courses"][0]["components"][0]["meetings_per_week"] = 7
    found = issues_of(document)
    assert ("batch_overloaded", "/batches/0") in found
    assert ("faculty_overloaded", "/faculty/0") in found


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b"\xff{}", "malformed_json"),
        (b'{"schema_version": 1, "weights": {"student": NaN}}', "malformed_json"),
        (b'{"schema_version": 1, "schema_version": 1}', "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b"[]", "not_an_object"),
        (b"{}", "missing_member"),
    ],
)
def test_what_is_no_institution_is_refused(content: bytes, code: str) -> None:
    """Broken text, numbers that JSON lacks, members given twice, other values."""
    with pytest.raises(InputError) as caught:
        read_institution(content)
    assert code in {issue.code for issue in caught.value.issues}


def test_infinite_numbers_are_refused() -> None:
    """A number too large for a float is no number of hours."""
    text = json.dumps(small_document()).replace(
        '"name": "Ada"', '"name": "Ada", "max_hours_per_day": 1e999'
    )
    with pytest.raises(InputError) as caught:
        read_institution(text.encode())
    assert [i.pointer for i in caught.value.issues] == ["/faculty/0/max_hours_per_day"]


def test_many_findings_end_with_their_number() -> None:
    """A document of nothing but faults is told in bounded space."""
    document = small_document()
    document["sections"] = [{"id": f"x{i}", "course": "nothing"} for i in range(1500)]
    with pytest.raises(InputError) as caught:
        institution(document)
    assert len(caught.value.issues) == 1001
    assert caught.value.issues[-1].code == "more_issues"

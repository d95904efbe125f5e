"""Clashes of entries, each kind on a timetable of two or three meetings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_bridge.conflicts import KINDS, find_conflicts


def entry(section: str, **changes: Any) -> dict[str, Any]:
    """A meeting on Monday at 9 that shares nothing with any other."""
    return {
        "section_id": section,
        "meeting": 1,
        "name": section,
        "course_code": section,
        "day": 0,
        "start_time": "09:00",
        "end_time": "10:00",
        "weeks": "1111",
        "room_id": f"room of {section}",
        "instructor_ids": [f"teacher of {section}"],
        "group_ids": [f"group of {section}"],
        "student_ids": [f"student of {section}"],
        "equipment": {},
        "room_equipment": {},
        **changes,
    }


def pair(**both: Any) -> list[dict[str, Any]]:
    return [entry("A", **both), entry("B", **both)]


SHARED = {
    "instructor": {"instructor_ids": ["Ada"]},
    "room": {"room_id": "R1"},
    "student_group": {"group_ids": ["2024-A"]},
    "student": {"student_ids": ["s1", "s2"]},
}


@pytest.mark.parametrize("kind", SHARED)
def test_two_that_share_something_clash(kind: str) -> None:
    """Once, with the hours that both take."""
    both = pair(**SHARED[kind])
    both[1] |= {"start_time": "09:30", "end_time": "11:00", "weeks": "0110"}
    (conflict,) = find_conflicts(both)
    assert conflict["kind"] == kind
    assert conflict["ids"] == next(iter(SHARED[kind].values())) or kind == "room"
    assert (conflict["day"], conflict["start_time"], conflict["end_time"]) == (
        0,
        "09:30",
        "10:00",
    )
    assert conflict["weeks"] == "0110"
    assert [e["section_id"] for e in conflict["entries"]] == ["A", "B"]


@pytest.mark.parametrize("kind", SHARED)
@pytest.mark.parametrize(
    "apart",
    [
        {"day": 1},
        {"start_time": "10:00", "end_time": "11:00"},
        {"day": None, "start_time": None, "end_time": None, "weeks": None},
    ],
    ids=["day", "hour", "unplaced"],
)
def test_at_other_times_nothing_clashes(kind: str, apart: dict[str, Any]) -> None:
    """Another day, the hour after, or no time at all."""
    one, other = pair(**SHARED[kind])
    assert find_conflicts([one, other | apart]) == []


@pytest.mark.parametrize("kind", SHARED)
def test_other_weeks_are_other_times(kind: str) -> None:
    one, other = pair(**SHARED[kind])
    found = find_conflicts([one | {"weeks": "1010"}, other | {"weeks": "0101"}])
    assert found == []


def test_groups_of_one_batch_meet_side_by_side() -> None:
    """But not beside a meeting of the whole batch."""
    lecture = entry("L", group_ids=["A", "A-G1", "A-G2"])
    labs = [entry("P1", group_ids=["A-G1"]), entry("P2", group_ids=["A-G2"])]
    assert find_conflicts(labs) == []
    found = find_conflicts([lecture, *labs])
    assert [(c["kind"], c["ids"]) for c in found] == [
        ("student_group", ["A-G1"]),
        ("student_group", ["A-G2"]),
    ]


def test_no_room_is_no_clash() -> None:
    assert find_conflicts(pair(room_id=None)) == []


def test_many_students_are_counted() -> None:
    """The first are named."""
    students = [f"s{number:03d}" for number in range(50)]
    (conflict,) = find_conflicts(pair(student_ids=students))
    assert (conflict["count"], len(conflict["ids"])) == (50, 20)


STATIONS = {"equipment": {"workstation": 30}, "room_equipment": {"workstation": 40}}


def test_a_room_without_the_equipment_is_told() -> None:
    """Also with one meeting, and when the room has none at all."""
    poor = {"equipment": {"workstation": 30}, "room_equipment": {}}
    (conflict,) = find_conflicts([entry("A", **poor)])
    assert conflict["kind"] == "equipment"
    assert (conflict["needed"], conflict["available"]) == (30, 0)
    assert find_conflicts([entry("A", **STATIONS)]) == []


def test_equipment_is_shared_by_who_is_in_the_room() -> None:
    """Two that take half each fit, three do not; the room clashes anyhow."""
    twenty = {**STATIONS, "equipment": {"workstation": 20}, "room_id": "LAB"}
    three = [entry(name, **twenty) for name in "ABC"]
    kinds = [c["kind"] for c in find_conflicts(three[:2])]
    assert kinds == ["room"]
    found = find_conflicts(three)
    (short,) = [c for c in found if c["kind"] == "equipment"]
    assert (short["needed"], short["available"]) == (60, 40)
    assert len(short["entries"]) == 3


_TIMES = st.sampled_from(["08:00", "09:00", "10:00", "11:00"])


@st.composite
def _entries(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        start = draw(_TIMES)
        found.append(
            entry(
                f"S{number}",
                day=draw(st.integers(0, 1)),
                start_time=start,
                end_time=draw(st.sampled_from(["09:00", "10:30", "12:00"])),
                weeks=draw(st.sampled_from(["11", "10", "01"])),
                room_id=draw(st.sampled_from(["R1", "R2", None])),
                instructor_ids=draw(st.sets(st.sampled_from("XYZ"), max_size=2)),
                group_ids=draw(st.sets(st.sampled_from("AB"), max_size=2)),
                student_ids=draw(st.sets(st.sampled_from("stu"), max_size=3)),
            )
        )
    return [e for e in found if e["start_time"] < e["end_time"]]


@given(_entries())
def test_every_pair_is_found_and_no_other(entries: list[dict[str, Any]]) -> None:
    """As by asking every two entries, minute by minute and week by week."""
    expected = set()
    for i, a in enumerate(entries):
        for b in entries[i + 1 :]:
            weeks = any(
                x == y == "1" for x, y in zip(a["weeks"], b["weeks"], strict=True)
            )
            hours = max(a["start_time"], b["start_time"]) < min(
                a["end_time"], b["end_time"]
            )
            if a["day"] != b["day"] or not weeks or not hours:
                continue
            names = a["section_id"], b["section_id"]
            if a["room_id"] and a["room_id"] == b["room_id"]:
                expected.add(("room", *names))
            for kind in ("instructor", "group", "student"):
                if set(a[f"{kind}_ids"]) & set(b[f"{kind}_ids"]):
                    expected.add(("student_group" if kind == "group" else kind, *names))
    found = [
        (c["kind"], *sorted(e["section_id"] for e in c["entries"]))
        for c in find_conflicts(entries)
    ]
    assert sorted(found) == sorted(expected)
    assert {kind for kind, *_ in found} <= set(KINDS)

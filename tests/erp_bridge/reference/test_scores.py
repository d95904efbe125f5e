"""Scores are absolute: a timetable has one, in whatever company."""

from typing import Any

import pytest

from erp_bridge.reference.scores import scores_of


def entry(section: str, day: int | None, start: str, **changes: Any) -> dict[str, Any]:
    hour = int(start[:2])
    return {
        "section_id": section,
        "meeting": 1,
        "name": section,
        "course_code": section,
        "room_id": section,
        "day": day,
        "start_time": start if day is not None else None,
        "end_time": f"{hour + 1:02d}:00" if day is not None else None,
        "weeks": "1" if day is not None else None,
        "instructor_ids": [section],
        "group_ids": [],
        "student_ids": [],
        "equipment": {},
        "room_equipment": {},
        "enrolled": 30,
        "room_capacity": 60,
        **changes,
    }


def test_a_flawless_timetable_is_near_a_hundred() -> None:
    full = [
        entry(name, 0, start, student_ids=["s"], room_capacity=30)
        for name, start in (("A", "08:00"), ("B", "09:00"))
    ]
    scores = scores_of(full, 0)
    assert scores.overall == 100
    assert scores.num_conflicts == 0


def test_whatever_breaks_a_rule_stands_below_whatever_breaks_none() -> None:
    """Even the worst clean timetable against the best broken one."""
    worst = [
        entry(f"{name}{i}", 0, start, student_ids=["s"], enrolled=0)
        for i in range(3)
        for name, start in (("A", "08:00"), ("B", "19:00"))
    ]
    clean = scores_of(worst, 0)
    broken = scores_of([entry("A", 0, "08:00", room_capacity=30)], 1)
    assert clean.compactness == 0
    assert clean.student_clash == 0
    assert broken.overall == 25 < 50 <= clean.overall
    assert scores_of(worst, 9).overall == 5


def test_clashes_of_students_count() -> None:
    """Two students in one clash spoil four attendances of six."""
    both = [
        entry(name, 0, "08:00", student_ids=["s", "t"], room_id=name)
        for name in ("A", "B")
    ]
    apart = [
        entry(f"{n}{d}", d, "08:00", student_ids=["s"]) for d, n in ((1, "C"), (2, "D"))
    ]
    scores = scores_of([*both, *apart], 0)
    assert scores.clashes == {"student": 2}
    assert scores.student_clash == pytest.approx(100 * (1 - 4 / 6), abs=0.01)


def test_idle_hours_cost_twenty_points_each() -> None:
    day = [
        entry(n, 0, s, student_ids=["s"]) for n, s in (("A", "08:00"), ("B", "11:00"))
    ]
    assert scores_of(day, 0).compactness == 60


def test_uneven_days_of_a_teacher_cost() -> None:
    """Three hours and one: the deviation is half of the mean."""
    hours = [("A", 0, "08:00"), ("B", 0, "09:00"), ("C", 0, "10:00"), ("D", 1, "08:00")]
    uneven = [entry(n, d, s, instructor_ids=["x"]) for n, d, s in hours]
    assert scores_of(uneven, 0).workload_balance == 50


def test_a_score_does_not_depend_on_the_order_of_entries() -> None:
    day = [
        entry(n, 0, s, student_ids=["s"]) for n, s in (("A", "08:00"), ("B", "11:00"))
    ]
    assert scores_of(day, 0) == scores_of(day[::-1], 0)


def test_meetings_without_a_time_are_conflicts() -> None:
    scores = scores_of([entry("A", None, "08:00"), entry("B", 0, "08:00")], 1)
    assert (scores.unplaced, scores.num_conflicts) == (1, 1)


def test_nothing_at_all_has_a_score() -> None:
    assert 0 <= scores_of([], 0).overall <= 100

"""Rows of the ERP as an institution: what is planned, and what is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from erp_bridge import Scope
from erp_bridge.catalogue.mapping import institution_of
from solvers.exceptions import InputError, Issue
from solvers.formats.institution import (
    Institution,
    Interval,
    build_instance,
    check_institution,
)
from tests.erp_bridge.catalogue.terms import TermMaker, key


@pytest.fixture
def term() -> TermMaker:
    """Two batches, two rooms and a laboratory, one teacher."""
    term = TermMaker()
    term.batch("A", 30)
    term.batch("B", 30, "ECE")
    term.room("R1", 40)
    term.room("R2", 80)
    term.room("L1", 20, "laboratory")
    term.person("F1")
    return term


def _map(
    term: TermMaker, scope: Scope | None = None, **more: Any
) -> tuple[Institution, tuple[Issue, ...]]:
    institution, issues = institution_of(term.snapshot(**more), scope or Scope())
    check_institution(institution)
    build_instance(institution)
    assert all(issue.severity == "warning" for issue in issues)
    return institution, issues


def _codes(issues: tuple[Issue, ...]) -> list[str]:
    return [issue.code for issue in issues]


def test_whole_batches_attend_together(term: TermMaker) -> None:
    """Both batches in one section, in the only room that holds them."""
    term.course("C1")
    term.offer("C1", ["A", "B"])
    institution, issues = _map(term)
    (section,) = institution.sections
    assert (section.batches, section.size, section.faculty) == (("A", "B"), 60, ("F1",))
    (component,) = institution.courses[0].components
    assert (component.meetings_per_week, component.duration_periods) == (3, 1)
    assert institution.students == ()
    assert issues == ()


def test_students_from_here_and_there_choose(term: TermMaker) -> None:
    """No batch takes the offering as a whole: students are named."""
    term.course("C1")
    takers = ["A-000", "A-001", "B-000"]
    term.offer("C1", takers)
    institution, _ = _map(term)
    (section,) = institution.sections
    assert (section.batches, section.size) == ((), 3)
    assert [s.id for s in institution.students] == takers
    assert {s.courses for s in institution.students} == {("C1",)}
    assert {b.id for b in institution.batches} == {"A", "B"}


def test_a_section_is_split_when_no_room_holds_it(term: TermMaker) -> None:
    """A laboratory of 20 seats cuts a batch of 30 in two; the lecture is whole."""
    term.course("C1", practical_hours_per_week=2, room_type_required="Laboratory")
    term.offer("C1", ["A"])
    institution, _ = _map(term)
    lecture, first, second = institution.sections
    assert (lecture.component, lecture.batches) == ("lecture", ("A",))
    assert (first.batches, second.batches) == (("A-G1",), ("A-G2",))
    assert [group.size for group in institution.batches[0].groups] == [15, 15]
    lab = institution.courses[0].components[1]
    assert (lab.kind, lab.meetings_per_week, lab.duration_periods) == ("lab", 1, 2)
    assert lab.features == ("laboratory",)
    assert institution.courses[0].components[0].features == ("classroom",)


def test_a_section_is_split_by_the_offerings_own_size(term: TermMaker) -> None:
    """Its capacity, or the number of sections that the ERP plans."""
    term.course("C1")
    term.course("C2")
    term.offer("C1", ["A", "B"], max_capacity=35)
    term.offer("C2", ["A"], number_of_sections=2)
    institution, _ = _map(term)
    by_course = {
        code: [s.batches for s in institution.sections if s.course == code]
        for code in ("C1", "C2")
    }
    assert by_course["C2"] == [("A-G1",), ("A-G2",)]
    assert by_course["C1"] == [("A",), ("B",)]


def test_parallel_sections_are_taught_in_turn(term: TermMaker) -> None:
    """By the primary teacher and those beside, however the list is spelled."""
    term.person("F2")
    term.course("C1")
    others = f"{{{key('F2')}}}"
    term.offer("C1", ["A"], number_of_sections=2, co_faculty_ids=others)
    institution, _ = _map(term)
    assert [s.faculty for s in institution.sections] == [("F1",), ("F2",)]


def test_offerings_of_one_course_share_it_unless_chosen(term: TermMaker) -> None:
    """Students are enrolled in an offering, not in a course."""
    term.course("C1")
    term.offer("C1", ["A"], name="a")
    term.offer("C1", ["B"], name="b")
    term.offer("C1", ["A-000", "B-000"], name="c")
    institution, _ = _map(term)
    batches = {s.id: (s.course, s.batches) for s in institution.sections}
    assert sorted(b for _, b in batches.values()) == [(), ("A",), ("B",)]
    whole = {course for course, names in batches.values() if names}
    chosen = {course for course, names in batches.values() if not names}
    assert len(whole) == 1
    assert whole.isdisjoint(chosen)
    assert {course.code for course in institution.courses} == {"C1"}


def test_a_scope_narrows_to_a_department_or_a_batch(term: TermMaker) -> None:
    """A department has its courses and what its batches take."""
    for code, department in (("C1", "CSE"), ("E1", "ECE"), ("E2", "ECE")):
        term.course(code, department)
    term.offer("C1", ["A", "B"])
    term.offer("E1", ["A"])
    term.offer("E2", ["B"])

    def courses(**scope: str) -> list[str]:
        institution, _ = _map(term, Scope(**scope))  # type: ignore[arg-type]
        return [course.id for course in institution.courses]

    assert courses() == ["C1", "E1", "E2"]
    assert courses(department_id="CSE") == ["C1", "E1"]
    assert courses(department_id=str(key("ECE"))) == ["C1", "E1", "E2"]
    assert courses(batch_id="B") == ["C1", "E2"]


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"offering_status": "CANCELLED"},
        {"course_id": key("unknown")},
    ],
)
def test_an_offering_that_cannot_be_planned_is_told(
    term: TermMaker, change: dict[str, Any]
) -> None:
    """One warning that points at its row."""
    term.course("C1")
    term.course("C2")
    term.offer("C1", ["A"])
    term.offer("C2", ["A"], **change)
    institution, issues = _map(term)
    assert [course.id for course in institution.courses] == ["C1"]
    assert [(i.code, i.pointer) for i in issues if "offering" in i.code] == [
        ("offering_not_planned", f"/course_offerings/{key('offering C2 ')}")
    ]


def test_an_offering_without_students_is_told_or_planned_by_its_count(
    term: TermMaker,
) -> None:
    """The ERP's own count is believed."""
    term.course("C1")
    term.course("C2")
    term.offer("C1", [], total_enrolled=25)
    term.offer("C2", [])
    institution, issues = _map(term)
    (section,) = institution.sections
    assert (section.course, section.size) == ("C1", 25)
    assert "offering_not_planned" in _codes(issues)


def test_nothing_to_plan_is_an_error_with_the_reasons(term: TermMaker) -> None:
    """The caller sees why nothing is left."""
    term.course("C1", is_active=False)
    term.offer("C1", ["A"])
    with pytest.raises(InputError) as caught:
        institution_of(term.snapshot(), Scope())
    codes = [issue.code for issue in caught.value.issues]
    assert codes[0] == "empty_term"
    assert "offering_not_planned" in codes


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"is_bookable": False},
        {"room_status": "maintenance"},
        {"seating_capacity": 0},
    ],
)
def test_a_room_that_cannot_be_used_is_told(
    term: TermMaker, change: dict[str, Any]
) -> None:
    """And is not in the document."""
    term.room("X", 500)
    term.rooms[-1] = replace(term.rooms[-1], **change)
    term.course("C1")
    term.offer("C1", ["A"])
    institution, issues = _map(term)
    assert "X" not in {room.id for room in institution.rooms}
    assert [i.pointer for i in issues if i.code == "room_not_used"] == ["/rooms/X"]


def test_rows_that_nothing_refers_to_are_counted(term: TermMaker) -> None:
    """A teacher without classes, a batch and students without courses."""
    term.person("F2")
    term.course("C1")
    term.offer("C1", ["A"])
    _, issues = _map(term)
    told = {issue.pointer: issue.detail for issue in issues}
    assert set(told) == {"/faculty", "/batches", "/students"}
    assert told["/students"].startswith("30 ")


def test_enrollments_that_do_not_count_are_counted(term: TermMaker) -> None:
    """Dropped, or of a student who has left."""
    term.student("gone", None, active=False)
    term.course("C1")
    term.offer("C1", ["A", "gone"])
    offering = term.offerings[0].offering_id
    term.enroll(offering, next(s for s in term.students if s.batch_id == key("B")), "X")
    _, issues = _map(term)
    (found,) = [issue for issue in issues if issue.code == "enrollments_not_used"]
    assert found.detail.startswith("2 ")


def test_a_teacher_who_left_is_replaced_by_those_beside(term: TermMaker) -> None:
    """And missed when there is nobody."""
    term.person("F0", is_active=False)
    term.course("C1")
    term.course("C2")
    term.offer("C1", ["A"], faculty="F0", co_faculty_ids=[str(key("F1")), "nonsense"])
    term.offer("C2", ["A"], faculty="F0")
    institution, issues = _map(term)
    assert {s.course: s.faculty for s in institution.sections} == {
        "C1": ("F1",),
        "C2": (),
    }
    assert _codes(issues).count("teacher_not_used") == 3
    assert "nobody_teaches" in _codes(issues)


def test_a_teacher_with_too_many_hours_is_told_not_forbidden(term: TermMaker) -> None:
    """No timetable changes what the ERP gave out."""
    term.person("F9", max_hours_per_week=2)
    term.course("C1")
    term.offer("C1", ["A"], faculty="F9")
    institution, issues = _map(term)
    (person,) = institution.faculty
    assert person.max_hours_per_week is None
    assert "teacher_overloaded" in _codes(issues)


@pytest.mark.parametrize(
    ("wish", "interval"),
    [
        ("Morning", Interval(end="12:00")),
        ("09:00-11:00", Interval(start="09:00", end="11:00")),
        ("any", None),
        (None, None),
    ],
)
def test_wishes_of_teachers_are_understood(
    term: TermMaker, wish: str | None, interval: Interval | None
) -> None:
    """Parts of the day and spans; a research day is avoided."""
    term.person("F5", preferred_time_slot=wish, research_day="Tuesday")
    term.course("C1")
    term.offer("C1", ["A"], faculty="F5")
    institution, _ = _map(term)
    (person,) = institution.faculty
    assert person.preferred == (() if interval is None else (interval,))
    assert [str(day) for day in person.avoided[0].days] == ["Tue"]


def test_wishes_that_make_no_sense_are_told(term: TermMaker) -> None:
    """Both of them."""
    term.person("F5", preferred_time_slot="blue", research_day="never")
    term.course("C1")
    term.offer("C1", ["A"], faculty="F5")
    _, issues = _map(term)
    assert _codes(issues).count("wish_not_used") == 2


def test_codes_that_are_not_unique_get_a_number(term: TermMaker) -> None:
    """And a warning each."""
    term.room("R1", 90, room_id=key("another"))
    term.course("C1")
    term.offer("C1", ["A"])
    institution, issues = _map(term)
    assert {"R1", "R1~2"} <= {room.id for room in institution.rooms}
    assert "code_not_unique" in _codes(issues)


def test_students_of_one_number_stay_two(term: TermMaker) -> None:
    """Enrollment numbers need not be unique in the ERP."""
    term.students.append(replace(term.students[0], student_id=key("twin")))
    term.course("C1")
    term.offer("C1", ["A-000"])
    institution, issues = _map(term)
    assert [s.id for s in institution.students] == ["A-000", "A-000~2"]
    assert "code_not_unique" in _codes(issues)


def test_a_type_of_room_that_there_is_not_is_told(term: TermMaker) -> None:
    """The course is planned in any classroom then."""
    term.course("C1", room_type_required="swimming pool")
    term.offer("C1", ["A"])
    institution, issues = _map(term)
    assert institution.courses[0].components[0].features == ("classroom",)
    assert "room_type_unknown" in _codes(issues)


def test_a_course_without_hours_gets_the_usual_ones(term: TermMaker) -> None:
    """Three, and a warning."""
    term.course("C1", lecture_hours_per_week=None)
    term.offer("C1", ["A"])
    institution, issues = _map(term)
    assert institution.courses[0].components[0].meetings_per_week == 3
    assert "hours_assumed" in _codes(issues)

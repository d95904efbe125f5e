"""Institutions as instances: events, their options, and what must and should hold."""

from collections import Counter
from typing import Any

from solvers.formats.institution import CRITERIA, build_instance
from solvers.model import Constraint, Instance, Time
from tests.solvers.formats.institution_documents import institution, small_document

MONDAY, TUESDAY, WEDNESDAY = 1, 2, 4
ALL_WEEKS, WEEKS_A, WEEKS_B = 0b1111, 0b0101, 0b1010


def _built(**changes: Any) -> Instance:
    return build_instance(institution({**small_document(), **changes}))


def _times(instance: Instance, event_id: str) -> list[Time]:
    (event,) = [e for e in instance.events if e.id == event_id]
    return [option.time for option in event.times]


def _rooms(instance: Instance, event_id: str) -> list[str]:
    (event,) = [e for e in instance.events if e.id == event_id]
    return [instance.rooms[option.room].id for option in event.rooms]


def _members(instance: Instance, constraint: Constraint) -> list[str]:
    return [instance.events[e].id for e in constraint.events]


def _hard(instance: Instance, kind: str) -> set[tuple[str, ...]]:
    return {
        tuple(_members(instance, c))
        for c in instance.constraints
        if c.type == kind and c.required
    }


def test_every_weekly_meeting_is_an_event() -> None:
    """Two lectures a week are two events; a laboratory is one."""
    ids = [event.id for event in _built().events]
    assert ids == ["L/1", "L/2", "Pa/1", "Pb/1", "S1/1", "S2/1"]


def test_times_lie_in_the_day_and_keep_to_availability() -> None:
    """A meeting starts on the hour and ends within the day, with all its people."""
    instance = _built()
    lectures = _times(instance, "L/1")
    assert {t.days for t in lectures} == {MONDAY, TUESDAY, WEDNESDAY}
    assert {t.start for t in lectures} == {12 * hour for hour in range(8, 14)}
    assert {t.length for t in lectures} == {10}
    labs = _times(instance, "Pa/1")
    assert {t.days for t in labs} == {TUESDAY, WEDNESDAY}
    assert max(t.end for t in labs) == 12 * 14 - 2


def test_weeks_follow_the_pattern_and_leave_holidays_out() -> None:
    """A and B weeks alternate; a holiday falls out of the times of its day alone."""
    instance = _built()
    assert {t.weeks for t in _times(instance, "Pa/1")} == {WEEKS_A}
    assert {t.weeks for t in _times(instance, "Pb/1")} == {WEEKS_B}
    grid = {**small_document()["time_grid"], "holidays": [{"week": 2, "day": "Tue"}]}
    weeks = {t.days: t.weeks for t in _times(_built(time_grid=grid), "L/1")}
    assert weeks == {MONDAY: 0b1111, TUESDAY: 0b1101, WEDNESDAY: 0b1111}


def test_meetings_lie_within_available_stretches() -> None:
    """A teacher who is there on two mornings teaches on these alone."""
    faculty = small_document()["faculty"]
    mornings = {"days": ["Tue", "Wed"], "start": "08:00", "end": "11:00"}
    faculty[0]["available"] = [mornings]
    times = _times(_built(faculty=faculty), "L/1")
    hours = [(day, 12 * hour) for day in (TUESDAY, WEDNESDAY) for hour in (8, 9, 10)]
    assert [(t.days, t.start) for t in times] == hours


def test_meetings_overlap_no_break() -> None:
    """Half an hour without teaching takes away all that touch it."""
    grid = small_document()["time_grid"]
    grid["breaks"] = [{"days": ["Tue"], "start": "09:30", "end": "10:00"}]
    labs = _times(_built(time_grid=grid), "Pb/1")
    assert [t.start // 12 for t in labs if t.days == TUESDAY] == [10, 11, 12]
    assert [t.start // 12 for t in labs if t.days == WEDNESDAY] == [8, 9, 10, 11, 12]


def test_pins_fix_one_meeting() -> None:
    """The pinned meeting has one time and room, the other keeps its choice."""
    sections = small_document()["sections"]
    sections[0]["pins"] = [{"day": "Tue", "start": "08:05", "room": "R2"}]
    instance = _built(sections=sections)
    assert _times(instance, "L/1") == [Time(ALL_WEEKS, TUESDAY, 97, 10)]
    assert _rooms(instance, "L/1") == ["R2"]
    assert len(_times(instance, "L/2")) == 18


def test_periods_give_starts_and_lengths() -> None:
    """A duration of two periods spans the pause between them."""
    document = small_document()
    periods = [("08:00", "08:45"), ("08:50", "09:35"), ("10:00", "10:45")]
    document["time_grid"]["periods"] = [{"start": a, "end": b} for a, b in periods]
    lecture = document["courses"][0]["components"][0]
    lecture["duration_periods"] = 2
    del lecture["duration_minutes"]
    instance = build_instance(institution(document))
    monday = [t for t in _times(instance, "L/1") if t.days == MONDAY]
    assert [(t.start, t.length) for t in monday] == [(96, 19), (106, 23)]


def test_rooms_have_the_seats_and_equipment_and_are_open() -> None:
    """Size, equipment, ownership and a list of its own narrow a section's rooms."""
    instance = _built()
    assert _rooms(instance, "L/1") == ["R1", "R2"]
    assert _rooms(instance, "Pa/1") == ["LAB"]
    assert _rooms(instance, "S1/1") == ["R1", "R2", "LAB"]
    rooms = small_document()["rooms"]
    rooms[0].update(department="CSE", shared=False)
    assert _rooms(_built(rooms=rooms), "L/1") == ["R1", "R2"]
    assert _rooms(_built(rooms=rooms), "S1/1") == ["R2", "LAB"]
    sections = small_document()["sections"]
    sections[0]["rooms"] = ["R2"]
    assert _rooms(_built(sections=sections), "L/1") == ["R2"]


def test_online_sections_need_no_room() -> None:
    """They keep their times and clash with nobody's room."""
    sections = small_document()["sections"]
    sections[0]["online"] = True
    instance = _built(sections=sections)
    assert not instance.events[0].needs_room
    assert _times(instance, "L/1")


def test_batches_and_teachers_are_in_one_place_at_a_time() -> None:
    """Whole batch and each group, but not group against group; every teacher."""
    cliques = _hard(_built(), "SameAttendees")
    assert ("L/1", "L/2", "Pa/1") in cliques
    assert ("L/1", "L/2", "Pb/1") in cliques
    assert ("Pa/1", "Pb/1", "S1/1") in cliques
    assert _hard(_built(), "DifferentDays") == {("L/1", "L/2")}


def test_limits_of_hours_are_hard() -> None:
    """A person's own limit comes before the institution's."""
    document = small_document()
    document["limits"] = {"faculty_max_hours_per_day": 4.0}
    document["faculty"][0]["max_hours_per_day"] = 3.0
    instance = build_instance(institution(document))
    loads = {c.label: c.params for c in instance.constraints if c.type == "MaxDayLoad"}
    assert loads == {"Ada": (36,), "Bo": (48,)}


def test_students_request_their_batch_and_what_they_choose() -> None:
    """A batch's section is a course without choice; open sections form one course."""
    instance = _built()
    wanted = [
        [instance.courses[c].id for c in student.courses]
        for student in instance.students
    ]
    assert wanted == [["C1#L", "C1#Pa", "C2"], ["C1#L", "C1#Pb", "C2"], ["C2"]]
    (chosen,) = [c for c in instance.courses if c.id == "C2"]
    (configuration,) = chosen.configurations
    (events,) = instance.events_of_configuration(configuration)
    assert [instance.events[e].limit for e in events] == [20, 15]
    assert instance.courses[0].code == "CS101"


def test_students_without_a_group_are_dealt_out_evenly() -> None:
    """Groups fill up together where the document names none."""
    students = [{"id": f"s{i}", "batch": "B1"} for i in range(10)]
    instance = _built(students=students)
    courses = Counter(
        instance.courses[c].id for s in instance.students for c in s.courses
    )
    assert courses == {"C1#L": 10, "C1#Pa": 5, "C1#Pb": 5}


def test_parents_keep_students_together() -> None:
    """Who takes a tutorial takes its lecture, which therefore never overlaps it."""
    document = small_document()
    document["courses"][1]["components"].append(
        {"kind": "tutorial", "duration_minutes": 50, "section_size": 20}
    )
    document["sections"] += [
        {"id": "T1", "course": "C2", "component": "tutorial", "parent": "S1"},
        {"id": "T2", "course": "C2", "component": "tutorial", "parent": "S2"},
    ]
    instance = build_instance(institution(document))
    parents = {
        e.id: instance.events[e.parent].id
        for e in instance.events
        if e.parent is not None
    }
    assert parents == {"T1/1": "S1/1", "T2/1": "S2/1"}
    assert {("S1/1", "T1/1"), ("S2/1", "T2/1")} <= _hard(instance, "SameAttendees")


def test_wishes_become_preferences() -> None:
    """Times outside the preferred ones cost one; empty seats and ways cost by size."""
    instance = _built()
    of_lecture = {p.criterion: p.penalties for p in instance.preferences if not p.event}
    assert of_lecture["instructor_preference"] == (0, 0, 0, 1, 1, 1) * 3
    assert of_lecture["seat_utilization"] == (2, 5)
    assert of_lecture["home_building"] == (0, 3)
    assert instance.travel == ((0, 1, 3), (0, 2, 3))


def test_every_focus_of_a_variant_is_there_and_weighted() -> None:
    """The criteria that variants turn on exist in any institution."""
    instance = _built()
    there = {c.criterion for c in instance.constraints}
    there |= {p.criterion for p in instance.preferences}
    focus = {
        "instructor_preference",
        "student_gaps",
        "seat_utilization",
        "load_balance",
    }
    assert focus <= there
    assert all(instance.weights[name] > 0 for name in CRITERIA)
    own = _built(weights={"student_gaps": 7, "rooms_in_use": 0})
    assert (own.weights["student_gaps"], own.weights["rooms_in_use"]) == (7, 0)

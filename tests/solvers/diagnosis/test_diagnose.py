"""Diagnoses are true: against brute force, and on planted impossibilities."""

from itertools import combinations

import numpy as np
import pytest

from solvers.diagnosis import (
    Conflict,
    Diagnosis,
    Element,
    ElementKind,
    Verdict,
    diagnose,
    diagnosis_to_dict,
)
from solvers.diagnosis.elements import hard_only, relaxed
from solvers.diagnosis.parts import part_of
from solvers.model import (
    PAIRWISE_CODES,
    Constraint,
    Instance,
    Room,
    Student,
    Time,
    Timetable,
)
from solvers.verification import verify
from tests.solvers.tiny import feasible_timetables, small_instance, tiny_instance
from tests.strategies import random_params

MONDAY, NEXT, TUESDAY = Time(3, 1, 8, 2), Time(3, 1, 10, 2), Time(3, 2, 8, 2)


def _solvable(instance: Instance) -> bool:
    return bool(feasible_timetables(instance))


def _holds(instance: Instance, found: Diagnosis) -> None:
    """Check every claim of a diagnosis by trying every timetable."""
    bare = hard_only(instance)
    assert found.verdict is (
        Verdict.FEASIBLE if _solvable(bare) else Verdict.INFEASIBLE
    )
    assert found.correction is not None
    gone = [removal.element for removal in found.correction.removals]
    assert verify(relaxed(bare, gone), found.correction.timetable).feasible
    assert found.correction.minimal
    for removal in found.correction.removals:
        others = [element for element in gone if element != removal.element]
        assert not _solvable(relaxed(bare, others))
        assert removal.conflict is not None
        assert removal.element in removal.conflict.elements
        assert removal.conflict.minimal
        _is_minimal(relaxed(bare, others), removal.conflict)


def _is_minimal(instance: Instance, conflict: Conflict) -> None:
    elements = set(conflict.elements)
    assert not _solvable(part_of(instance, elements).instance)
    for element in elements:
        assert _solvable(part_of(instance, elements - {element}).instance)


@pytest.mark.parametrize("seed", range(6))
def test_every_claim_holds_against_brute_force(seed: int) -> None:
    """Verdict, removals and conflicts of random instances, possible or not."""
    rng = np.random.default_rng(seed)
    names = sorted(code.name for code in PAIRWISE_CODES)
    chosen = rng.choice(names, 4, replace=False).tolist()
    lists = ["MaxDays", "MaxDayLoad", "MinWorkingDays", "RoomStability"]
    types = {name: random_params(rng, name) for name in (*chosen, lists[seed % 4])}
    instance = tiny_instance(rng, types)
    _holds(instance, diagnose(instance, seconds=10))


def test_two_constraints_that_contradict_each_other() -> None:
    """One has to go; the conflict is the two of them, and nothing else."""
    events = tuple(((MONDAY, NEXT, TUESDAY), (0, 1)) for _ in range(4))
    rules = (
        Constraint("NotOverlap", (0, 1, 2, 3), False, 2),
        Constraint("Precedence", (0, 1), True),
        Constraint("SameDays", (2, 3), True),
        Constraint("Precedence", (1, 0), True),
    )
    rooms = (Room("a"), Room("b", unavailable=(MONDAY,)))
    instance = small_instance(events, rooms, rules)
    found = diagnose(instance, seconds=10)
    _holds(instance, found)
    assert found.correction is not None
    (removal,) = found.correction.removals
    assert removal.element.kind is ElementKind.CONSTRAINT
    assert removal.element.index in (1, 3)
    assert removal.conflict is not None
    assert removal.conflict.of(ElementKind.CONSTRAINT) == (1, 3)
    assert removal.conflict.of(ElementKind.PLACEMENT) == (0, 1)
    assert {event for event in found.reduction.impossible} <= {0, 1}


def test_more_events_than_a_room_has_slots() -> None:
    """The hidden resource is named: three events, one room, two slots."""
    crowded = tuple(((MONDAY, NEXT), (0,)) for _ in range(3))
    free = (((MONDAY, NEXT, TUESDAY), (1,)),)
    instance = small_instance((*crowded, *free), (Room("a"), Room("b")))
    found = diagnose(instance, seconds=10)
    _holds(instance, found)
    assert found.correction is not None
    (removal,) = found.correction.removals
    assert removal.element.kind is ElementKind.PLACEMENT
    assert removal.conflict is not None
    assert removal.conflict.of(ElementKind.PLACEMENT) == (0, 1, 2)
    assert Element(ElementKind.ROOMS) in removal.conflict.elements
    assert "rooms_overbooked" in {issue.code for issue in found.issues}


def test_closed_rooms_are_part_of_a_conflict() -> None:
    """An event whose only room is closed at its only time."""
    instance = small_instance(
        (((MONDAY,), (0,)), ((NEXT,), (0,))), (Room("a", unavailable=(MONDAY,)),)
    )
    found = diagnose(instance, seconds=10)
    _holds(instance, found)
    assert found.correction is not None
    (removal,) = found.correction.removals
    assert removal.conflict is not None
    assert removal.conflict.of(ElementKind.CLOSING) == (0,)
    assert removal.conflict.of(ElementKind.PLACEMENT) == (0,)
    assert [issue.code for issue in found.issues][:1] == ["empty_domain"]


def test_a_constraint_goes_rather_than_an_event() -> None:
    """Where leaving out a rule or an event would do, the rule goes."""
    events = (((MONDAY,), (0,)), ((MONDAY, NEXT), (0,)))
    instance = small_instance(
        events, (Room("a"),), (Constraint("DifferentDays", (0, 1), True),)
    )
    found = diagnose(instance, seconds=10)
    _holds(instance, found)
    assert found.correction is not None
    gone = [removal.element for removal in found.correction.removals]
    assert gone == [Element(ElementKind.CONSTRAINT, 0)]


def test_independent_conflicts_are_all_found() -> None:
    """Three contradictions apart from each other need three removals."""
    events = tuple(((MONDAY, NEXT, TUESDAY), ()) for _ in range(6))
    rules = tuple(
        Constraint(name, pair, True)
        for pair in ((0, 1), (2, 3), (4, 5))
        for name in ("SameStart", "DifferentTime")
    )
    found = diagnose(small_instance(events, (), rules), seconds=10)
    assert found.correction is not None
    assert found.correction.minimal
    gone = sorted(removal.element.index // 2 for removal in found.correction.removals)
    assert gone == [0, 1, 2]


def test_an_open_proof_is_said_to_be_open() -> None:
    """Without time nothing is claimed: the verdict is unknown, and the words say so."""
    events = tuple(((MONDAY, NEXT, TUESDAY), ()) for _ in range(4))
    rules = tuple(
        Constraint("NotOverlap", pair, True) for pair in combinations(range(4), 2)
    )
    instance = small_instance(events, (), rules)
    found = diagnose(instance, seconds=1e-6)
    assert found.verdict is Verdict.UNKNOWN
    assert found.correction is not None
    assert not found.correction.minimal
    view = diagnosis_to_dict(instance, found)
    assert "not proved" in view["summary"]
    assert view["correction"]["removals"][0]["needed"] is False
    assert diagnose(instance, seconds=10).verdict is Verdict.INFEASIBLE


def test_sums_that_cannot_work_out_are_errors() -> None:
    """Hours of a person and seats of a course, each with its code."""
    events = tuple(((MONDAY, NEXT), ()) for _ in range(3))
    person = Constraint("SameAttendees", (0, 1, 2), True, label="Prof. Ada")
    instance = small_instance(events, (), (person,))
    limited = tuple(
        type(event)(event.id, 0, event.times, limit=1) for event in instance.events
    )
    students = tuple(Student(f"s{i}", (0,)) for i in range(4))
    instance = instance.replace(events=limited, students=students)
    issues = {issue.code: issue for issue in diagnose(instance, seconds=10).issues}
    assert issues["people_overbooked"].severity == "error"
    assert "Prof. Ada" in issues["people_overbooked"].detail
    assert "12 slots are needed, 8 there are" in issues["people_overbooked"].detail
    assert "4 seats are needed, 3 there are" in issues["seats_overbooked"].detail


@pytest.mark.parametrize(("num_sections", "codes"), [(1, []), (2, ["no_slack_seats"])])
def test_full_seats_are_a_warning_where_students_choose(
    num_sections: int, codes: list[str]
) -> None:
    """The only section of a course has as many seats as students, by nature."""
    events = tuple(((MONDAY, TUESDAY), ()) for _ in range(num_sections))
    instance = small_instance(events, ())
    limited = tuple(
        type(event)(event.id, 0, event.times, limit=4 // num_sections)
        for event in instance.events
    )
    students = tuple(Student(f"s{i}", (0,)) for i in range(4))
    instance = instance.replace(events=limited, students=students)
    assert [issue.code for issue in diagnose(instance, seconds=10).issues] == codes


def test_what_is_nearly_full_is_a_warning() -> None:
    """Everything fits, but no slot of the room is left."""
    events = tuple(((MONDAY, NEXT, TUESDAY), (0,)) for _ in range(3))
    found = diagnose(small_instance(events, (Room("a"),)), seconds=10)
    assert found.verdict is Verdict.FEASIBLE
    assert [(i.code, i.severity) for i in found.issues] == [
        ("no_slack_rooms", "warning")
    ]
    assert isinstance(found.timetable, Timetable)

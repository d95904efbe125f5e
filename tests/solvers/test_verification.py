"""The verifier counts by the rules, on instances small enough to check by hand."""

import pytest

from solvers.exceptions import EngineError
from solvers.model import (
    Configuration,
    Constraint,
    Course,
    Event,
    Instance,
    Preference,
    Room,
    RoomOption,
    Student,
    Subpart,
    Time,
    TimeOption,
    Timetable,
    Weights,
)
from solvers.verification import criteria_names, verify

MON_9, MON_10, TUE_9 = Time(3, 1, 108, 12), Time(3, 1, 120, 12), Time(1, 2, 108, 12)


def _instance() -> Instance:
    """One course of a lecture and two seminars, the second bound to the lecture."""
    times = (TimeOption(MON_9), TimeOption(MON_10, 2), TimeOption(TUE_9, 5))
    rooms = (RoomOption(0), RoomOption(1, 3))
    return Instance(
        name="by hand",
        num_weeks=2,
        num_days=5,
        slots_per_day=288,
        rooms=(Room("A"), Room("B", unavailable=(Time(2, 1, 0, 110),))),
        courses=(Course("c", (0,)),),
        configurations=(Configuration("f", 0, (0, 1)),),
        subparts=(Subpart("lecture", 0, (0,)), Subpart("seminar", 0, (1, 2))),
        events=(
            Event("lecture", 0, times, rooms, limit=2),
            Event("seminar 1", 1, times, rooms, limit=1),
            Event("seminar 2", 1, times, (), parent=0),
        ),
        students=(Student("x", (0,)), Student("y", (0,))),
        travel=((0, 1, 3),),
        weights=Weights.of({"time": 1, "room": 10, "student": 100, "wish": 1000}),
    )


def _timetable(
    times: tuple[int, ...],
    rooms: tuple[int, ...] = (0, 1, -1),
    enrollments: tuple[tuple[int, int], ...] = ((0, 0), (0, 1), (1, 0), (1, 2)),
) -> Timetable:
    return Timetable.of(times, rooms, enrollments)


def test_options_are_added_up_by_criterion() -> None:
    """Times 0 + 2 + 5, rooms 0 + 3, and weights applied once."""
    found = verify(_instance(), _timetable((0, 1, 2)))
    assert found.feasible
    assert found.criteria["time"] == 7
    assert found.criteria["room"] == 3
    # x walks from A to B in no time though the way takes three slots.
    assert found.criteria["student"] == 1
    assert found.cost == 7 + 30 + 100


def test_preferences_count_under_their_own_names() -> None:
    """The penalty of the chosen option, of times or of rooms."""
    wishes = (
        Preference("wish", 0, "time", (4, 9, 9)),
        Preference("wish", 1, "room", (7, 1)),
        Preference("unweighted", 0, "room", (2, 0)),
    )
    instance = _instance().replace(preferences=wishes)
    found = verify(instance, _timetable((0, 1, 2)))
    assert found.criteria["wish"] == 5
    assert found.criteria["unweighted"] == 2
    assert found.cost == 7 + 30 + 100 + 5000


def test_every_overlapping_pair_in_a_room_is_a_violation() -> None:
    """Two in room A at one time; the event without a room clashes with nobody."""
    found = verify(_instance(), _timetable((0, 0, 0), (0, 0, -1)))
    assert found.hard_violations == {"RoomConflict": 1}
    (violation,) = [v for v in found.violations if v.hard]
    assert (violation.events, violation.label) == ((0, 1), "A")


def test_a_closed_room_is_a_violation_in_one_week_already() -> None:
    """Room B is closed until slot 110 on the second Monday."""
    found = verify(_instance(), _timetable((1, 0, 2)))
    assert found.hard_violations == {"RoomUnavailable": 1}


def test_unassigned_events_are_counted_and_named() -> None:
    """No time, or no room where one is needed; all else is still scored."""
    found = verify(_instance(), _timetable((0, -1, 2), (-1, -1, -1)))
    assert found.hard_violations == {"Unassigned": 2}
    assert found.unassigned == (0, 1)
    assert found.valid
    assert not found.feasible
    assert found.criteria["time"] == 5


def test_unassigned_events_take_no_part_in_constraints() -> None:
    """The rule is judged among those who have a time."""
    rule = Constraint("DifferentDays", (0, 1, 2), True)
    instance = _instance().replace(constraints=(rule,))
    assert verify(instance, _timetable((0, 1, 2))).hard_violations == {
        "DifferentDays": 1
    }
    part = verify(instance, _timetable((0, -1, 2), (0, -1, -1)))
    assert part.hard_violations == {"Unassigned": 1}
    other = verify(instance, _timetable((0, 1, 2), (0, -1, -1)))
    assert not other.valid


@pytest.mark.parametrize(
    ("enrollments", "expected"),
    [
        (((0, 0), (0, 1), (1, 0), (1, 2)), {}),
        # Both in seminar 1, whose limit is one.
        (((0, 0), (0, 1), (1, 0), (1, 1)), {"ClassLimit": 1}),
        # y takes no seminar.
        (((0, 0), (0, 1), (1, 0)), {"Enrollment": 1}),
        # y takes both seminars.
        (((0, 0), (0, 2), (1, 0), (1, 1), (1, 2)), {"Enrollment": 1}),
        # y is not enrolled at all.
        (((0, 0), (0, 1)), {"Enrollment": 1}),
        # Seminar 2 without its parent: no lecture, and the parent is missing.
        (((0, 0), (0, 1), (1, 2)), {"Enrollment": 2}),
    ],
)
def test_students_take_one_event_of_each_subpart(
    enrollments: tuple[tuple[int, int], ...], expected: dict[str, int]
) -> None:
    """Limits, completeness and parents."""
    found = verify(_instance(), _timetable((0, 1, 2), enrollments=enrollments))
    assert found.hard_violations == expected


def test_strange_classes_are_refused() -> None:
    """A student who requested nothing must not be enrolled."""
    instance = _instance().replace(students=(Student("x", (0,)), Student("y", ())))
    found = verify(instance, _timetable((0, 1, 2)))
    assert found.hard_violations == {"Enrollment": 1}


def test_a_pair_counts_once_for_each_student_however_often_it_collides() -> None:
    """Lecture and seminar 2 collide in two weeks: one conflict for y alone."""
    found = verify(_instance(), _timetable((0, 1, 0), (0, 0, -1)))
    assert found.criteria["student"] == 1


def test_rooms_in_use_are_counted_once() -> None:
    """Two rooms are open, whoever sits in them."""
    instance = _instance().replace(room_open_penalty=4)
    assert verify(instance, _timetable((0, 1, 2))).criteria["rooms_in_use"] == 8
    same = verify(instance, _timetable((0, 1, 2), (0, 0, -1)))
    assert same.criteria["rooms_in_use"] == 4


def test_soft_constraints_count_under_their_criterion() -> None:
    """Three events on two days of which one is one too many, at penalty 6."""
    rules = (
        Constraint("MaxDays", (0, 1, 2), False, 6, (1,), "comfort", "Ms Gray"),
        Constraint("MaxDays", (0, 1, 2), False, 6, (2,), "comfort"),
    )
    found = verify(_instance().replace(constraints=rules), _timetable((0, 1, 2)))
    assert found.criteria["comfort"] == 6
    (violation,) = [v for v in found.violations if not v.hard]
    assert (violation.amount, violation.criterion) == (6, "comfort")
    assert violation.label == "Ms Gray"


def test_all_criteria_are_named_even_at_zero() -> None:
    """The four of ITC-2019 come first."""
    names = criteria_names(_instance())
    assert names == ("time", "room", "distribution", "student", "wish")
    assert tuple(verify(_instance(), _timetable((0, 1, 2))).criteria) == names


def test_a_timetable_of_another_instance_is_refused() -> None:
    """Arrays of another length are the caller's error."""
    with pytest.raises(EngineError):
        verify(_instance(), Timetable.of([0], [0]))

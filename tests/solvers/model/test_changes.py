"""Staying with an earlier timetable is a wish with a price."""

from solvers.model import (
    Configuration,
    Course,
    Event,
    Instance,
    Room,
    RoomOption,
    Subpart,
    Time,
    TimeOption,
    Timetable,
    Weights,
    stay_preferences,
)
from solvers.verification import verify

TIMES = tuple(Time(1, 1 << day, 8, 2) for day in range(3))


def _instance(*rooms: str, times: tuple[Time, ...] = TIMES) -> Instance:
    options = tuple(TimeOption(time) for time in times)
    places = tuple(RoomOption(index) for index in range(len(rooms)))
    return Instance(
        name="changes",
        num_weeks=1,
        num_days=5,
        slots_per_day=24,
        rooms=tuple(Room(room) for room in rooms),
        courses=(Course("c", (0,)),),
        configurations=(Configuration("f", 0, (0,)),),
        subparts=(Subpart("s", 0, (0, 1)),),
        events=(Event("x", 0, options, places), Event("y", 0, options)),
        weights=Weights.of({"changes": 10}),
    )


def _changes(before: Timetable, after: Timetable, weight: int = 1) -> tuple[int, int]:
    instance = _instance("A", "B")
    stay = stay_preferences(instance, before, weight)
    found = verify(instance.replace(preferences=stay), after)
    return found.criteria["changes"], found.cost


def test_each_other_time_and_room_is_a_change() -> None:
    """Nothing changed costs nothing; a time and a room cost one each."""
    before = Timetable.of([0, 2], [1, -1])
    assert _changes(before, before) == (0, 0)
    assert _changes(before, Timetable.of([1, 2], [1, -1])) == (1, 10)
    assert _changes(before, Timetable.of([1, 0], [0, -1])) == (3, 30)
    assert _changes(before, Timetable.of([1, 0], [0, -1]), 4) == (12, 120)


def test_what_stood_nowhere_is_free() -> None:
    """Where x had a room but no time, any time is as good as another."""
    before = Timetable.of([-1, 2], [1, -1])
    assert _changes(before, Timetable.of([1, 2], [1, -1])) == (0, 0)
    assert _changes(before, Timetable.of([1, 0], [0, -1])) == (2, 20)


def test_an_earlier_snapshot_is_matched_by_id_and_value() -> None:
    """Rooms changed their order, a time is gone, an event was not there."""
    earlier = _instance("B", "A")
    earlier = earlier.replace(events=earlier.events[:1])
    now = _instance("A", "B", times=TIMES[1:])
    stay = stay_preferences(now, Timetable.of([1], [0]), earlier=earlier)
    assert [(p.event, p.of, p.penalties) for p in stay] == [
        (0, "time", (0, 1)),
        (0, "room", (1, 0)),
    ]
    gone = stay_preferences(now, Timetable.of([0], [0]), earlier=earlier)
    assert [(p.event, p.of) for p in gone] == [(0, "room")]

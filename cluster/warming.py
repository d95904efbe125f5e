"""A tiny instance that touches every kernel, to compile them before the first job."""

from __future__ import annotations

from solvers.model import (
    Configuration,
    Constraint,
    Course,
    Event,
    Instance,
    Room,
    RoomOption,
    Student,
    Subpart,
    Time,
    TimeOption,
    Weights,
)

__all__ = ["tiny_instance"]

NUM_EVENTS = 6
NUM_STUDENTS = 8


def tiny_instance() -> Instance:
    """Two courses with alternatives for their students, in two rooms."""
    half = NUM_EVENTS // 2
    return Instance(
        name="rehearsal",
        num_weeks=1,
        num_days=5,
        slots_per_day=288,
        rooms=(Room("r0", 9), Room("r1", 9)),
        courses=(Course("c0", (0,)), Course("c1", (1,))),
        configurations=(Configuration("f0", 0, (0,)), Configuration("f1", 1, (1,))),
        subparts=(
            Subpart("s0", 0, tuple(range(half))),
            Subpart("s1", 1, tuple(range(half, NUM_EVENTS))),
        ),
        events=tuple(_event(index, index // half) for index in range(NUM_EVENTS)),
        constraints=_constraints(),
        students=tuple(Student(f"p{i}", (0, 1)) for i in range(NUM_STUDENTS)),
        travel=((0, 1, 2),),
        weights=Weights.of({"time": 1, "room": 1, "distribution": 1, "student": 1}),
    )


def _event(index: int, subpart: int) -> Event:
    starts = (96, 108, 120)
    times = tuple(
        TimeOption(Time(1, 1 << day, start, 10), (day + index) % 3)
        for day in range(5)
        for start in starts
    )
    rooms = (RoomOption(0, 0), RoomOption(1, index % 2))
    return Event(f"e{index}", subpart, times, rooms, limit=4)


def _constraints() -> tuple[Constraint, ...]:
    everybody = tuple(range(NUM_EVENTS))
    return (
        Constraint("NotOverlap", (0, 3), required=True),
        Constraint("SameAttendees", (1, 4), required=True),
        Constraint("SameDays", (0, 1), required=False, penalty=2),
        Constraint("MaxDays", everybody, required=False, penalty=1, params=(3,)),
        Constraint("MaxBreaks", everybody, required=False, penalty=1, params=(1, 6)),
    )

"""Instances small enough to try every timetable."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from solvers.model import (
    Configuration,
    Constraint,
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
)
from solvers.verification import verify

__all__ = ["all_timetables", "feasible_timetables", "small_instance", "tiny_instance"]


def small_instance(
    events: tuple[tuple[tuple[Time, ...], tuple[int, ...]], ...],
    rooms: tuple[Room, ...],
    constraints: tuple[Constraint, ...] = (),
    travel: tuple[tuple[int, int, int], ...] = (),
) -> Instance:
    """Instance of one course from (times, rooms) of its events."""
    made = tuple(
        Event(
            f"e{i}",
            0,
            tuple(TimeOption(time, penalty) for penalty, time in enumerate(times)),
            tuple(RoomOption(room, room) for room in chosen),
        )
        for i, (times, chosen) in enumerate(events)
    )
    return Instance(
        name="tiny",
        num_weeks=2,
        num_days=3,
        slots_per_day=24,
        rooms=rooms,
        courses=(Course("c", (0,)),),
        configurations=(Configuration("f", 0, (0,)),),
        subparts=(Subpart("s", 0, tuple(range(len(made)))),),
        events=made,
        constraints=constraints,
        travel=travel,
        weights=Weights.of({"time": 1, "room": 2, "distribution": 1}),
    )


def tiny_instance(
    rng: np.random.Generator, types: dict[str, tuple[int, ...]]
) -> Instance:
    """Random instance of four events with one required constraint of each type."""
    rooms = tuple(
        Room(f"r{i}", unavailable=(_time(rng),) if rng.random() < 0.5 else ())
        for i in range(3)
    )
    events = tuple(
        (
            tuple(_time(rng) for _ in range(int(rng.integers(1, 4)))),
            tuple(rng.permutation(3)[: int(rng.integers(0, 3))].tolist()),
        )
        for _ in range(4)
    )
    constraints = []
    for name, params in types.items():
        size = int(rng.integers(2, 5))
        members = tuple(rng.choice(4, size, replace=False).tolist())
        constraints.append(Constraint(name, members, True, 0, params))
    soft = Constraint("DifferentDays", (0, 1, 2), False, 3)
    travel = ((0, 1, 2), (0, 2, 5))
    return small_instance(events, rooms, (*constraints, soft), travel)


def all_timetables(instance: Instance) -> Iterator[Timetable]:
    """Every complete timetable without enrollments."""
    times = [range(len(event.times)) for event in instance.events]
    rooms = [range(len(event.rooms)) or (-1,) for event in instance.events]
    for time in product(*times):
        for room in product(*rooms):
            yield Timetable.of(time, room)


def feasible_timetables(instance: Instance) -> list[Timetable]:
    """Every timetable in which all hard constraints on events hold."""
    without = replace(instance, students=())
    return [t for t in all_timetables(without) if verify(without, t).feasible]


def _time(rng: np.random.Generator) -> Time:
    return Time(
        int(rng.integers(1, 4)),
        int(rng.integers(1, 8)),
        int(rng.integers(0, 6)) * 2,
        int(rng.integers(1, 4)) * 2,
    )

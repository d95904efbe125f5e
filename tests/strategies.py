"""Small random instances that use every constraint type."""

import numpy as np

from solvers.constraints import CONSTRAINT_TYPES
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
    Weights,
)

__all__ = ["random_instance", "random_params"]

NUM_WEEKS, NUM_DAYS = 3, 4
PARAMS = {
    "WorkDay": ((12, 30),),
    "MinGap": ((0, 6),),
    "MaxDays": ((1, 3),),
    "MaxDayLoad": ((6, 20),),
    "MaxBreaks": ((0, 1), (0, 4)),
    "MaxBlock": ((6, 18), (0, 4)),
    "Gaps": ((0, 4),),
    "LunchBreak": ((8, 12), (18, 26), (2, 6)),
    "EvenDayLoad": ((2, 4),),
    "MinWorkingDays": ((2, 4),),
    "Compactness": ((0, 3),),
    "MeetingsPerDay": ((0, 2), (2, 3)),
    "MaxConsecutive": ((1, 2), (0, 4)),
    "MaxConcurrent": ((1, 2),),
    "DoubleLectures": ((0, 3),),
    "BuildingChanges": ((0, 6),),
    "MaxWeekLoad": ((10, 40),),
    "EvenWeekLoad": ((2, 3),),
}
"""Lowest and highest value of each parameter."""


def random_instance(seed: int, num_courses: int = 5) -> Instance:
    """Instance of some twenty events with hard and soft constraints of all types."""
    rng = np.random.default_rng(seed)
    rooms = tuple(
        Room(
            f"r{i}",
            10,
            (_time(rng),) if rng.random() < 0.4 else (),
            building=("north", "south", "north", "")[i],
        )
        for i in range(4)
    )
    courses, configurations, subparts = [], [], []
    events: list[Event] = []
    for c in range(num_courses):
        own = []
        for _ in range(int(rng.integers(1, 3))):
            own.append(len(configurations))
            parts = []
            first: list[int] = []
            for level in range(int(rng.integers(1, 3))):
                members = []
                for _ in range(int(rng.integers(1, 4))):
                    parent = int(rng.choice(first)) if level and first else None
                    members.append(len(events))
                    events.append(_event(rng, len(events), len(subparts), parent))
                first = first or members
                parts.append(len(subparts))
                subparts.append(Subpart(f"s{len(subparts)}", own[-1], tuple(members)))
            configurations.append(Configuration(f"f{own[-1]}", c, tuple(parts)))
        courses.append(Course(f"c{c}", tuple(own)))
    students = tuple(
        Student(f"x{s}", tuple(sorted(rng.choice(num_courses, 3, False).tolist())))
        for s in range(12)
    )
    constraints = _constraints(rng, len(events))
    criteria = sorted({c.criterion for c in constraints} | {"wish", "rooms_in_use"})
    weights = {name: int(rng.integers(1, 6)) for name in criteria}
    weights |= {"time": 2, "room": 1, "student": 3}
    return Instance(
        name=f"random-{seed}",
        num_weeks=NUM_WEEKS,
        num_days=NUM_DAYS,
        slots_per_day=48,
        rooms=rooms,
        courses=tuple(courses),
        configurations=tuple(configurations),
        subparts=tuple(subparts),
        events=tuple(events),
        constraints=constraints,
        preferences=_preferences(rng, events),
        students=students,
        travel=((0, 1, 3), (1, 2, 6), (0, 3, 2)),
        weights=Weights.of(weights),
        room_open_penalty=7,
    )


def _time(rng: np.random.Generator) -> Time:
    return Time(
        int(rng.integers(1, 2**NUM_WEEKS)),
        int(rng.integers(1, 2**NUM_DAYS)),
        int(rng.integers(0, 18)) * 2,
        int(rng.integers(1, 5)) * 2,
    )


def _event(
    rng: np.random.Generator, index: int, subpart: int, parent: int | None
) -> Event:
    times = tuple(
        TimeOption(_time(rng), int(rng.integers(0, 4)))
        for _ in range(int(rng.integers(1, 9)))
    )
    chosen = rng.permutation(4)[: int(rng.integers(0, 5))].tolist()
    rooms = tuple(RoomOption(r, int(rng.integers(0, 4))) for r in chosen)
    limit = None if rng.random() < 0.3 else int(rng.integers(3, 9))
    return Event(f"e{index}", subpart, times, rooms, limit, parent)


def random_params(rng: np.random.Generator, name: str) -> tuple[int, ...]:
    """Parameters of a type, neither always kept nor always broken."""
    return tuple(
        int(rng.integers(lowest, highest + 1))
        for lowest, highest in PARAMS.get(name, ())
    )


def _constraints(rng: np.random.Generator, num_events: int) -> tuple[Constraint, ...]:
    found = []
    for name in CONSTRAINT_TYPES:
        for required in (True, False):
            size = int(rng.integers(2, min(7, num_events)))
            members = rng.choice(num_events, size, replace=False).tolist()
            penalty = 0 if required else int(rng.integers(1, 8))
            criterion = "distribution" if rng.random() < 0.5 else "comfort"
            found.append(
                Constraint(
                    name,
                    tuple(members),
                    required,
                    penalty,
                    random_params(rng, name),
                    criterion,
                )
            )
    return tuple(found)


def _preferences(
    rng: np.random.Generator, events: list[Event]
) -> tuple[Preference, ...]:
    found = []
    for index, event in enumerate(events):
        wishes = rng.integers(0, 5, len(event.times)).tolist()
        found.append(Preference("wish", index, "time", tuple(wishes)))
        if event.rooms:
            empty = rng.integers(0, 5, len(event.rooms)).tolist()
            found.append(Preference("wish", index, "room", tuple(empty)))
    return tuple(found)

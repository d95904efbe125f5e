"""Small random grid instances of both kinds: with costly rooms, and with free ones."""

import numpy as np

from solvers.model import (
    Configuration,
    Constraint,
    Course,
    Event,
    Instance,
    Preference,
    Room,
    RoomOption,
    Subpart,
    Time,
    TimeOption,
    Weights,
)

__all__ = ["curricula_instance", "enrolled_instance"]

DAYS, SLOTS = 3, 4
GRID = [
    TimeOption(Time(1, 1 << day, 2 * slot, 2))
    for day in range(DAYS)
    for slot in range(SLOTS)
]


def _instance(
    events: list[Event],
    rooms: tuple[Room, ...],
    constraints: list[Constraint],
    preferences: list[Preference],
) -> Instance:
    count = range(len(events))
    names = {c.criterion for c in constraints} | {p.criterion for p in preferences}
    return Instance(
        name="grid",
        num_weeks=1,
        num_days=DAYS,
        slots_per_day=2 * SLOTS,
        rooms=rooms,
        courses=tuple(Course(f"c{e}", (e,)) for e in count),
        configurations=tuple(Configuration(f"f{e}", e, (e,)) for e in count),
        subparts=tuple(Subpart(f"s{e}", e, (e,)) for e in count),
        events=tuple(events),
        constraints=tuple(constraints),
        preferences=tuple(preferences),
        weights=Weights.of({name: 1 + len(name) % 3 for name in sorted(names)}),
    )


def _cut(rng: np.random.Generator, options: list, fewest: int) -> tuple:
    size = int(rng.integers(fewest, len(options) + 1))
    kept = sorted(rng.choice(len(options), size, replace=False).tolist())
    return tuple(options[k] for k in kept)


def curricula_instance(seed: int) -> Instance:
    """Six courses of up to four lectures, curricula, teachers, costly rooms."""
    rng = np.random.default_rng(seed)
    rooms = tuple(
        Room(f"r{r}", unavailable=(GRID[r].time,) if rng.random() < 0.5 else ())
        for r in range(4)
    )
    events: list[Event] = []
    preferences: list[Preference] = []
    constraints: list[Constraint] = []
    courses = []
    for course in range(6):
        times = _cut(rng, GRID, 8)
        options = _cut(rng, [RoomOption(r) for r in range(4)], 2)
        late = tuple(rng.integers(0, 3, len(times)).tolist())
        seats = tuple(rng.integers(0, 9, len(options)).tolist())
        mine = []
        for _ in range(int(rng.integers(1, 5))):
            mine.append(len(events))
            events.append(Event(f"{course}/{mine[-1]}", mine[-1], times, options))
            preferences.append(Preference("seats", mine[-1], "room", seats))
            preferences.append(Preference("late", mine[-1], "time", late))
        courses.append(tuple(mine))
        constraints.append(Constraint("NotOverlap", courses[-1], True))
        constraints += [
            Constraint("MinWorkingDays", courses[-1], False, 5, (3,), "days"),
            Constraint("RoomStability", courses[-1], False, 3, (), "stability"),
        ]
    for _ in range(4):
        chosen = rng.choice(6, 3, replace=False)
        members = tuple(e for course in chosen for e in courses[course])
        constraints += [
            Constraint("SameAttendees", members, True),
            Constraint("Compactness", members, False, 2, (0,), "compact"),
            Constraint("Gaps", members, False, 1, (0,), "windows"),
            Constraint("MeetingsPerDay", members, False, 2, (2, 3), "load"),
        ]
    constraints.append(
        Constraint("RoomStability", (*courses[0], *courses[1]), False, 2, (), "both")
    )
    if seed % 3 == 0:
        pair = (courses[2][0], courses[3][0])
        constraints.append(Constraint("Precedence", pair, True))
    return _instance(events, rooms, constraints, preferences)


def enrolled_instance(seed: int, num_events: int = 18) -> Instance:
    """Single events attended by sets of students; rooms matter only if they fit."""
    rng = np.random.default_rng(seed)
    rooms = tuple(Room(f"r{r}") for r in range(4))
    events = [
        Event(
            f"e{e}",
            e,
            _cut(rng, GRID, 6),
            _cut(rng, [RoomOption(r) for r in range(4)], 1),
        )
        for e in range(num_events)
    ]
    constraints: list[Constraint] = []
    preferences = []
    for event in events:
        late = tuple(7 * int(o.time.end == 2 * SLOTS) for o in event.times)
        preferences.append(Preference("late", int(event.id[1:]), "time", late))
    for _ in range(20):
        size = int(rng.integers(2, 6))
        members = tuple(rng.choice(num_events, size, replace=False).tolist())
        students = int(rng.integers(1, 5))
        constraints += [
            Constraint("NotOverlap", members, True),
            Constraint("IsolatedMeetings", members, False, students, (), "single"),
            Constraint("MaxConsecutive", members, False, students, (2, 0), "row"),
        ]
    for _ in range(3):
        pair = tuple(sorted(rng.choice(num_events, 2, replace=False).tolist()))
        constraints.append(Constraint("Precedence", pair, True))
    return _instance(events, rooms, constraints, preferences)

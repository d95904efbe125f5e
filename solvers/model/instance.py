"""The problem instance: everything that is known before a timetable exists.

The core is the ITC-2019 model (courses > configurations > subparts > events, times,
rooms, distribution constraints, students) because it is the richest public model of
real universities. Instructors, batches, room features and named preference criteria
stand around it. All objects are frozen; indices are positions in the instance's tuples.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .time import Time
from .weights import Weights

if TYPE_CHECKING:
    from .timetable import Timetable

__all__ = [
    "Batch",
    "Configuration",
    "Constraint",
    "Course",
    "Event",
    "Instance",
    "Instructor",
    "Preference",
    "Room",
    "RoomOption",
    "Student",
    "Subpart",
    "TimeOption",
]


@dataclass(frozen=True, slots=True)
class TimeOption:
    """A time that an event may take, with its penalty (criterion ``time``), >= 0."""

    time: Time
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class RoomOption:
    """A room index that an event may take, with its penalty (criterion ``room``)."""

    room: int
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """A room.

    Parameters
    ----------
    id
        Unique among rooms.
    capacity
        Seats, >= 0. Informational: the events' room options are already filtered.
    unavailable
        Times that no event in this room may overlap.
    building
        Building id, empty if unknown.
    features
        Sorted names, e.g. ``("projector",)``.
    equipment
        Sorted pairs of equipment name and count.
    """

    id: str
    capacity: int = 0
    unavailable: tuple[Time, ...] = ()
    name: str = ""
    building: str = ""
    features: tuple[str, ...] = ()
    equipment: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """What receives a time and a room: an ITC-2019 *class*, an ERP *section*.

    Parameters
    ----------
    id
        Unique among events.
    subpart
        Index into ``Instance.subparts``.
    times
        Allowed times; exactly one is chosen.
    rooms
        Allowed rooms; exactly one is chosen unless empty. An event without room
        options needs no room (ITC-2019 ``room="false"``, an online class).
    limit
        Most students that may be enrolled; None is unlimited.
    parent
        Event index whose students alone may take this event, or None.
    instructors, batches
        Indices of those who attend; their clashes are stated by constraints.
    name
        What a person reads, e.g. ``CS301 lecture 2 (A)``.
    """

    id: str
    subpart: int
    times: tuple[TimeOption, ...]
    rooms: tuple[RoomOption, ...] = ()
    limit: int | None = None
    parent: int | None = None
    instructors: tuple[int, ...] = ()
    batches: tuple[int, ...] = ()
    name: str = ""

    @property
    def needs_room(self) -> bool:
        """Whether a room must be chosen."""
        return bool(self.rooms)


@dataclass(frozen=True, slots=True)
class Subpart:
    """A part of a configuration; an enrolled student takes exactly one event of it."""

    id: str
    configuration: int
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way of taking a course; an enrolled student takes exactly one of them."""

    id: str
    course: int
    subparts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course offering that students request.

    ``code``, ``name`` and ``department`` are what an institution calls it; benchmark
    files leave them empty.
    """

    id: str
    configurations: tuple[int, ...]
    code: str = ""
    name: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Student:
    """A student and the indices of the requested courses (all of them hard)."""

    id: str
    courses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Instructor:
    """A person who teaches events."""

    id: str
    name: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Students who share a curriculum (also a lab group of such), with head count."""

    id: str
    name: str = ""
    department: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Constraint:
    """A typed relation between events, hard or soft.

    Parameters
    ----------
    type
        Name in the constraint registry, e.g. ``SameAttendees`` or ``Gaps``.
    events
        Event indices in order (order matters to ``Precedence``).
    required
        Hard if true; then ``penalty`` is 0.
    penalty
        Cost of one unit of violation, >= 0; it counts under ``criterion``.
    params
        Integer parameters, as the type defines them.
    criterion
        Criterion that soft violations count under.
    label
        What it is about for a person, e.g. the instructor's name. May be empty.
    """

    type: str
    events: tuple[int, ...]
    required: bool
    penalty: int = 0
    params: tuple[int, ...] = ()
    criterion: str = "distribution"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Preference:
    """Penalties of one event's options under a named criterion.

    Parameters
    ----------
    criterion
        E.g. ``instructor_preference`` or ``seat_utilization``.
    event
        Event index.
    of
        Whether ``penalties`` runs along the event's time or room options.
    penalties
        Non-negative integers, as many as options.
    """

    criterion: str
    event: int
    of: Literal["time", "room"]
    penalties: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """A timetabling problem.

    Parameters
    ----------
    name
        Name of the problem.
    num_weeks, num_days, slots_per_day
        The grid of the term. ``slots_per_day`` slots cover 24 hours.
    rooms, courses, configurations, subparts, events, students, instructors, batches
        The parts; indices are positions in these tuples.
    travel
        Triples of room, room (smaller index first) and travel time in slots, > 0;
        symmetric, 0 where not given.
    constraints, preferences
        What a timetable must or should keep.
    weights
        Weight by criterion.
    room_open_penalty
        Raw cost under criterion ``rooms_in_use`` of every room that any event uses.
    """

    name: str
    num_weeks: int
    num_days: int
    slots_per_day: int
    rooms: tuple[Room, ...]
    courses: tuple[Course, ...]
    configurations: tuple[Configuration, ...]
    subparts: tuple[Subpart, ...]
    events: tuple[Event, ...]
    constraints: tuple[Constraint, ...] = ()
    preferences: tuple[Preference, ...] = ()
    students: tuple[Student, ...] = ()
    instructors: tuple[Instructor, ...] = ()
    batches: tuple[Batch, ...] = ()
    travel: tuple[tuple[int, int, int], ...] = ()
    weights: Weights = field(default_factory=Weights)
    room_open_penalty: int = 0

    @property
    def num_events(self) -> int:
        """Number of events."""
        return len(self.events)

    @property
    def num_rooms(self) -> int:
        """Number of rooms."""
        return len(self.rooms)

    @property
    def num_students(self) -> int:
        """Number of students."""
        return len(self.students)

    def replace(self, **changes: Any) -> Instance:
        """Copy with the given fields changed, sharing all others."""
        return dataclasses.replace(self, **changes)

    def course_of_event(self, event: int) -> Course:
        """Course that an event belongs to."""
        subpart = self.subparts[self.events[event].subpart]
        return self.courses[self.configurations[subpart.configuration].course]

    def events_of_configuration(self, configuration: int) -> Iterable[tuple[int, ...]]:
        """Event indices of each subpart of a configuration."""
        return (
            self.subparts[s].events for s in self.configurations[configuration].subparts
        )

    def time_of(self, timetable: Timetable, event: int) -> Time | None:
        """Time that a timetable gives to an event, None if unassigned."""
        option = int(timetable.time_option[event])
        return None if option < 0 else self.events[event].times[option].time

    def room_of(self, timetable: Timetable, event: int) -> int | None:
        """Room index that a timetable gives to an event, None without a room."""
        option = int(timetable.room_option[event])
        return None if option < 0 else self.events[event].rooms[option].room

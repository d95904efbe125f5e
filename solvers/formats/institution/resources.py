"""Who and what there is: departments, places, people."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, StrictBool

from .values import Count, Hours, Identifier, Interval, Name, Part, Thing

__all__ = [
    "Batch",
    "Building",
    "Department",
    "Equipment",
    "Faculty",
    "Group",
    "Room",
    "Travel",
]

Equipment = Mapping[Name, Count]


class Department(Thing):
    """A department; ``building`` is where its students like to be taught."""

    name: Name = ""
    building: Identifier | None = None


class Building(Part):
    """A building."""

    id: Identifier
    name: Name = ""


class Travel(Part):
    """The way between two buildings, both directions."""

    origin: Identifier
    destination: Identifier
    minutes: Count


class Room(Thing):
    """A room.

    Parameters
    ----------
    capacity
        Seats.
    features, equipment
        What it has; equipment is counted.
    department
        Whose it is; with ``shared`` false nobody else may use it.
    shared_with
        Departments that may use it beside its owner; empty means all, if shared.
    unavailable
        When no meeting may be in it.
    """

    name: Name = ""
    building: Identifier | None = None
    capacity: Count
    features: tuple[Name, ...] = ()
    equipment: Equipment = Field(default_factory=dict)
    department: Identifier | None = None
    shared: StrictBool = True
    shared_with: tuple[Identifier, ...] = ()
    unavailable: tuple[Interval, ...] = ()


class Faculty(Thing):
    """A person who teaches.

    Parameters
    ----------
    available
        When the person can teach; empty means always.
    unavailable
        When not.
    preferred, avoided
        Wishes (criterion ``instructor_preference``).
    max_hours_per_day, max_hours_per_week
        Hard limits; None takes the institution's.
    max_consecutive_hours
        Soft (criterion ``long_blocks``); None takes the institution's.
    """

    name: Name = ""
    department: Identifier | None = None
    available: tuple[Interval, ...] = ()
    unavailable: tuple[Interval, ...] = ()
    preferred: tuple[Interval, ...] = ()
    avoided: tuple[Interval, ...] = ()
    max_hours_per_day: Hours | None = None
    max_hours_per_week: Hours | None = None
    max_consecutive_hours: Hours | None = None


class Group(Part):
    """A part of a batch, e.g. one half in a laboratory.

    Its id is unique among batches and groups; the groups of a batch are disjoint.
    """

    id: Identifier
    name: Name = ""
    size: Count


class Batch(Thing):
    """Students who share a curriculum."""

    name: Name = ""
    department: Identifier | None = None
    program: Name = ""
    semester: Count | None = None
    size: Count
    groups: tuple[Group, ...] = ()
    unavailable: tuple[Interval, ...] = ()

"""What a timetable has to respect, as elements that can be let go one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from solvers.model import Constraint, Instance, Timetable, Weights

__all__ = ["Element", "ElementKind", "hard_only", "relaxed", "without_rooms"]


class ElementKind(StrEnum):
    """Kinds of elements."""

    CONSTRAINT = "constraint"
    """A required constraint; ``index`` is its position in the instance."""
    PLACEMENT = "placement"
    """An event has to be placed; ``index`` is the event."""
    CLOSING = "closing"
    """The times at which a room is unavailable; ``index`` is the room."""
    ROOMS = "rooms"
    """Events need their rooms, and a room holds one event at a time."""


@dataclass(frozen=True, slots=True, order=True)
class Element:
    """Something that a timetable has to respect."""

    kind: ElementKind
    index: int = 0


def hard_only(instance: Instance) -> Instance:
    """Instance without students, wishes and soft constraints; indices stay."""
    return instance.replace(
        constraints=tuple(c if c.required else _mute(c) for c in instance.constraints),
        preferences=(),
        students=(),
        weights=Weights(),
        room_open_penalty=0,
    )


def relaxed(instance: Instance, let_go: Iterable[Element]) -> Instance:
    """Instance without some constraints, and with some events left out.

    Indices stay. An event that is left out keeps its times but needs no room and is in
    no constraint, so that it disturbs nobody.

    Parameters
    ----------
    instance
        The problem; nobody is sectioned.
    let_go
        Constraints and placements.
    """
    gone = set(let_go)
    out = {e.index for e in gone if e.kind is ElementKind.PLACEMENT}
    constraints = (
        _mute(constraint)
        if Element(ElementKind.CONSTRAINT, index) in gone
        else _without_events(constraint, out)
        for index, constraint in enumerate(instance.constraints)
    )
    return instance.replace(
        constraints=tuple(constraints),
        events=tuple(
            replace(event, rooms=()) if index in out else event
            for index, event in enumerate(instance.events)
        ),
    )


def without_rooms(timetable: Timetable, let_go: Iterable[Element]) -> Timetable:
    """Timetable for :func:`relaxed`: events that are left out have no room."""
    room = timetable.room_option.copy()
    room[[e.index for e in let_go if e.kind is ElementKind.PLACEMENT]] = -1
    return Timetable(timetable.time_option, room)


def _mute(constraint: Constraint) -> Constraint:
    return replace(constraint, events=(), required=False, penalty=0)


def _without_events(constraint: Constraint, out: set[int]) -> Constraint:
    if out.isdisjoint(constraint.events):
        return constraint
    events = tuple(event for event in constraint.events if event not in out)
    return replace(constraint, events=events) if events else _mute(constraint)

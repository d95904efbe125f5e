"""A part of an instance: some events and some of what they have to respect.

Whatever a part leaves out only makes it easier: if a part has no timetable, the
instance has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from solvers.model import (
    PAIRWISE_CODES,
    ROOM_CODES,
    Configuration,
    Constraint,
    ConstraintCode,
    Course,
    Event,
    Instance,
    Subpart,
    Weights,
)

from .elements import Element, ElementKind

__all__ = ["Part", "part_of", "whole_part"]

_C = ConstraintCode

_HOLDS_IN_PARTS = PAIRWISE_CODES | {
    _C.MaxDays,
    _C.MaxDayLoad,
    _C.MaxBlock,
    _C.MaxWeekLoad,
    _C.MaxConcurrent,
    _C.LunchBreak,
    _C.RoomStability,
}
"""Types that hold for some of their events whenever they hold for all."""

_NEEDS_ROOMS = ROOM_CODES | {_C.SameRoom, _C.DifferentRoom}


@dataclass(frozen=True, slots=True)
class Part:
    """Some elements of an instance, and the smaller instance that they make.

    Parameters
    ----------
    elements
        What is respected.
    instance
        The smaller instance; nobody is enrolled, nothing is soft.
    events
        Indices of its events in the whole instance.
    """

    elements: frozenset[Element]
    instance: Instance
    events: tuple[int, ...]


def whole_part(instance: Instance, events: Iterable[int]) -> Part:
    """Part of some events with everything that can be said about them alone."""
    chosen = sorted(set(events))
    inside = set(chosen)
    elements = {Element(ElementKind.PLACEMENT, event) for event in chosen}
    for index, constraint in enumerate(instance.constraints):
        if constraint.required and not inside.isdisjoint(constraint.events):
            elements.add(Element(ElementKind.CONSTRAINT, index))
    rooms = {o.room for event in chosen for o in instance.events[event].rooms}
    if rooms:
        elements.add(Element(ElementKind.ROOMS))
    for room in rooms:
        if instance.rooms[room].unavailable:
            elements.add(Element(ElementKind.CLOSING, room))
    return part_of(instance, elements)


def part_of(instance: Instance, elements: Iterable[Element]) -> Part:
    """Part of the given elements; those that say nothing in it are dropped."""
    kept = set(elements)
    rooms = Element(ElementKind.ROOMS) in kept
    chosen = sorted(e.index for e in kept if e.kind is ElementKind.PLACEMENT)
    position = {event: i for i, event in enumerate(chosen)}
    constraints: list[Constraint] = []
    for element in sorted(kept):
        if element.kind is ElementKind.CONSTRAINT:
            smaller = _within(instance.constraints[element.index], position, rooms)
            if smaller is None:
                kept.discard(element)
            else:
                constraints.append(smaller)
    events = tuple(_alone(instance.events[event], rooms) for event in chosen)
    used = {option.room for event in events for option in event.rooms}
    kept = {e for e in kept if e.kind is not ElementKind.CLOSING or e.index in used}
    closed = {e.index for e in kept if e.kind is ElementKind.CLOSING}
    smaller_instance = instance.replace(
        rooms=tuple(
            room if index in closed else replace(room, unavailable=())
            for index, room in enumerate(instance.rooms)
        ),
        courses=(Course("", (0,)),),
        configurations=(Configuration("", 0, (0,)),),
        subparts=(Subpart("", 0, tuple(range(len(events)))),),
        events=events,
        constraints=tuple(constraints),
        preferences=(),
        students=(),
        weights=Weights(),
        room_open_penalty=0,
    )
    return Part(frozenset(kept), smaller_instance, tuple(chosen))


def _within(
    constraint: Constraint, position: dict[int, int], rooms: bool
) -> Constraint | None:
    """What a constraint says about the events of a part; None if nothing."""
    code = ConstraintCode[constraint.type]
    if code in _NEEDS_ROOMS and not rooms:
        return None
    events = tuple(position[e] for e in constraint.events if e in position)
    complete = len(events) == len(constraint.events)
    if not events or not (complete or code in _HOLDS_IN_PARTS):
        return None
    if code in PAIRWISE_CODES and len(events) < 2:
        return None
    return replace(constraint, events=events)


def _alone(event: Event, rooms: bool) -> Event:
    kept = event.rooms if rooms else ()
    return replace(event, subpart=0, parent=None, rooms=kept)

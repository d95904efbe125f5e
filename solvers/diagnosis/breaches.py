"""What a timetable breaks, so that letting it go leaves the rest kept."""

from __future__ import annotations

from collections import Counter

from solvers.constraints import CONSTRAINT_TYPES, Context, Placement
from solvers.model import Instance, Timetable
from solvers.verification import verify

from .elements import Element, ElementKind

__all__ = ["breaching_events", "broken_elements"]


def broken_elements(instance: Instance, timetable: Timetable) -> list[Element]:
    """Elements to let go so that a timetable keeps all others.

    Events that are in a closed room or clash in one are left out, those with most
    clashes first; what the others then break are constraints.

    Parameters
    ----------
    instance
        The problem; nobody is sectioned.
    timetable
        A complete timetable.
    """
    out = _left_out(instance, timetable)
    broken = [
        Element(ElementKind.CONSTRAINT, index)
        for index in _broken_constraints(instance, timetable, out)
    ]
    return [*out, *broken]


def _left_out(instance: Instance, timetable: Timetable) -> list[Element]:
    clashes: list[tuple[int, ...]] = [
        violation.events
        for violation in verify(instance, timetable).violations
        if violation.type in ("Unassigned", "RoomUnavailable", "RoomConflict")
    ]
    out: set[int] = set()
    while clashes:
        count = Counter(event for clash in clashes for event in clash)
        worst = max(count, key=lambda event: (count[event], event))
        out.add(worst)
        clashes = [clash for clash in clashes if worst not in clash]
    return [Element(ElementKind.PLACEMENT, event) for event in sorted(out)]


def _broken_constraints(
    instance: Instance, timetable: Timetable, out: list[Element]
) -> list[int]:
    gone = {element.index for element in out}
    context = Context.of(instance)
    broken = []
    for index, constraint in enumerate(instance.constraints):
        if constraint.required:
            placed = [
                _placement(instance, timetable, event)
                for event in constraint.events
                if event not in gone
            ]
            kind = CONSTRAINT_TYPES[constraint.type]
            if kind.value(placed, constraint.params, context):
                broken.append(index)
    return broken


def _placement(instance: Instance, timetable: Timetable, event: int) -> Placement:
    time = instance.time_of(timetable, event)
    assert time is not None
    return Placement(time, instance.room_of(timetable, event))


def breaching_events(
    instance: Instance, timetable: Timetable, element: Element
) -> tuple[int, ...]:
    """Events by which a timetable breaks an element; all of its own if none do."""
    if element.kind is ElementKind.PLACEMENT:
        return (element.index,)
    constraint = instance.constraints[element.index]
    kind = CONSTRAINT_TYPES[constraint.type]
    placed = {e: _placement(instance, timetable, e) for e in constraint.events}
    causes = kind.explain(placed, constraint.params, Context.of(instance))
    events = dict.fromkeys(event for cause in causes for event in cause.events)
    return tuple(events) or constraint.events

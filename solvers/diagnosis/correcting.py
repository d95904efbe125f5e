"""A small set of elements whose removal makes the rest solvable.

It begins with what a timetable breaks and gives elements back one by one: either there
is a timetable with it, or a conflict that proves it has to go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from solvers.exceptions import EngineError
from solvers.model import Instance, Timetable
from solvers.verification import verify

from .breaches import breaching_events, broken_elements
from .elements import Element, ElementKind, relaxed, without_rooms
from .growing import Settled, refuted, settle
from .minimizing import Clock, Conflict, minimized
from .parts import part_of

__all__ = ["Correction", "Removal", "correct"]

MOST_CASES = 2
"""Conflicts found before that are tried for the next element as well."""
MOST_SWAPS = 6
"""Constraints of a conflict that are tried in place of leaving out an event."""


@dataclass(frozen=True, slots=True)
class Removal:
    """An element that has to go, and why.

    Parameters
    ----------
    element
        The constraint, or the placement of an event.
    conflict
        What it clashes with among everything that is kept; None if time was over before
        it was proved that the element has to go.
    """

    element: Element
    conflict: Conflict | None

    @property
    def needed(self) -> bool:
        """Whether it is proved that nothing is solvable once the element is back."""
        return self.conflict is not None


@dataclass(frozen=True, slots=True)
class Correction:
    """Elements whose removal makes the rest solvable.

    Parameters
    ----------
    removals
        What has to go; empty if nothing does.
    timetable
        Keeps everything else, as the verifier has checked. Events that are left out
        have no room.
    """

    removals: tuple[Removal, ...]
    timetable: Timetable

    @property
    def minimal(self) -> bool:
        """Whether it is proved that every single removal is needed."""
        return all(removal.needed for removal in self.removals)


def correct(instance: Instance, timetable: Timetable, clock: Clock) -> Correction:
    """Find what has to go so that the rest is solvable.

    Parameters
    ----------
    instance
        The problem; nobody is sectioned.
    timetable
        Complete; the fewer required rules it breaks, the better.
    clock
        When to end.
    """
    search = _Search(instance, timetable, clock)
    while not clock.over and search.give_back():
        pass
    while not clock.over and search.polish():
        pass
    return search.result()


@dataclass(frozen=True, slots=True)
class _Case:
    """A conflict, and the relaxed instance that it is of."""

    rest: Instance
    conflict: Conflict


class _Search:
    def __init__(self, instance: Instance, timetable: Timetable, clock: Clock) -> None:
        self._instance = instance
        self._clock = clock
        self._tried: set[Element] = set()
        self._cases: dict[Element, _Case] = {}
        self._take(timetable)

    def result(self) -> Correction:
        removals = tuple(Removal(e, self._conflict_of(e)) for e in self._gone)
        return Correction(removals, self._timetable)

    def give_back(self) -> bool:
        """Give one element back; whether there was one to try."""
        waiting = [e for e in self._gone if e not in self._tried]
        if not waiting:
            return False
        element = waiting[0]
        self._tried.add(element)
        others = [e for e in self._gone if e != element]
        rest = relaxed(self._instance, others)
        settled = self._settled(rest, element, others, self._clock.part(0.5))
        if settled.timetable is not None:
            self._take(settled.timetable)
        if settled.conflict is not None:
            conflict = Conflict(tuple(sorted(settled.conflict.elements)), minimal=False)
            self._cases[element] = _Case(rest, conflict)
        return True

    def polish(self) -> bool:
        """Make one conflict small; whether there was one to try."""
        waiting = [e for e in self._gone if e in self._cases and e in self._tried]
        if not waiting:
            return False
        element = waiting[0]
        self._tried.discard(element)
        case = self._cases[element]
        part = part_of(case.rest, case.conflict.elements)
        clock = self._clock.part(1.0 if len(waiting) == 1 else 0.5)
        case = replace(case, conflict=minimized(case.rest, part, clock))
        self._cases[element] = case
        if element.kind is ElementKind.PLACEMENT:
            self._swap(element, case)
        return True

    def _conflict_of(self, element: Element) -> Conflict | None:
        return self._cases[element].conflict if element in self._cases else None

    def _take(self, timetable: Timetable) -> None:
        """Go on from a timetable; what it breaks is gone, everything else kept."""
        gone = broken_elements(self._instance, timetable)
        timetable = without_rooms(timetable, gone)
        if not verify(relaxed(self._instance, gone), timetable).feasible:
            raise EngineError("a timetable breaks more than was let go")
        self._gone: Sequence[Element] = gone
        self._timetable = timetable

    def _settled(
        self, rest: Instance, element: Element, others: list[Element], clock: Clock
    ) -> Settled:
        """Try what is quick before the events of the element are placed anew."""
        out = {e.index for e in others if e.kind is ElementKind.PLACEMENT}
        breaching = breaching_events(self._instance, self._timetable, element)
        begin = [event for event in breaching if event not in out]
        if element.kind is ElementKind.CONSTRAINT:
            events = rest.constraints[element.index].events
            if part := refuted(rest, events, clock, rooms=False):
                return Settled(conflict=part)
        for case in list(self._cases.values())[-MOST_CASES:]:
            known = {*case.conflict.of(ElementKind.PLACEMENT), *begin} - out
            if part := refuted(rest, known, clock, rooms=True):
                return Settled(conflict=part)
        return settle(rest, self._timetable, begin, clock)

    def _swap(self, element: Element, case: _Case) -> None:
        """Rather let a constraint of the conflict go than leave an event out."""
        for index in case.conflict.of(ElementKind.CONSTRAINT)[:MOST_SWAPS]:
            instead = Element(ElementKind.CONSTRAINT, index)
            others = [e for e in self._gone if e != element]
            rest = relaxed(self._instance, [*others, instead])
            clock = self._clock.part(0.2)
            settled = settle(rest, self._timetable, [element.index], clock)
            if settled.timetable is not None:
                # With both back the conflict is whole again, whichever was let go.
                self._cases[instead] = case
                self._take(settled.timetable)
                return

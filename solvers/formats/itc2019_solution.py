"""Reader of ITC-2019 solutions (XML)."""

from __future__ import annotations

import numpy as np

from solvers.exceptions import Issue
from solvers.model import Event, Instance, Timetable

from .limits import shortened
from .solution import SolutionFile
from .xml import Element, XmlReader, parse_xml

__all__ = ["read_solution", "scan_solution"]

_SCHEMA = {
    "solution": frozenset({"class"}),
    "class": frozenset({"student"}),
    "student": frozenset[str](),
}


def read_solution(content: bytes, instance: Instance) -> Timetable:
    """Read an ITC-2019 solution of an instance.

    A time is found by its days, start and weeks. Classes that the file leaves out stay
    unassigned.

    Raises
    ------
    InputError
        With every finding: as `scan_solution`, and times and rooms that a class may not
        take.
    """
    return scan_solution(content, instance).strict()


def scan_solution(content: bytes, instance: Instance) -> SolutionFile:
    """Read an ITC-2019 solution of an instance, illegal placements apart.

    Raises
    ------
    InputError
        With every finding: unknown classes, rooms or students, a class given twice, a
        student enrolled twice in a class.
    """
    return _SolutionReader(parse_xml(content, "solution", _SCHEMA), instance).read()


class _SolutionReader(XmlReader):
    def __init__(self, root: Element, instance: Instance) -> None:
        super().__init__()
        self._root = root
        self._instance = instance
        self._events = {e.id: i for i, e in enumerate(instance.events)}
        self._rooms = {r.id: i for i, r in enumerate(instance.rooms)}
        self._students = {s.id: i for i, s in enumerate(instance.students)}
        self._given: set[int] = set()
        self._time_option = np.full(instance.num_events, -1, np.int32)
        self._room_option = np.full(instance.num_events, -1, np.int32)
        self._enrollments: list[tuple[int, int]] = []
        self._illegal: list[Issue] = []
        self._misplaced: set[int] = set()

    def read(self) -> SolutionFile:
        for element in self._root.findall("class"):
            event = self._events.get(self.text(element, "id"))
            if event is None:
                detail = f"class {element.get('id', '')!r:.40} does not exist"
                self.fail(element, "unknown_class", detail)
            elif event in self._given:
                detail = f"class {element.get('id')} is given twice"
                self.fail(element, "duplicate_id", detail)
            else:
                self._given.add(event)
                self._read_class(element, event)
                self._read_students(element, event)
        self.finish()
        rows = np.array(self._enrollments, np.int32).reshape((-1, 2))
        timetable = Timetable(self._time_option, self._room_option, rows)
        return SolutionFile(timetable, tuple(self._illegal), len(self._misplaced))

    def _read_class(self, element: Element, index: int) -> None:
        event = self._instance.events[index]
        time = self._time(element, index, event)
        room = self._room(element, index, event)
        if index not in self._misplaced:
            self._time_option[index] = time
            self._room_option[index] = room

    def _refuse(self, element: Element, event: int, code: str, detail: str) -> None:
        where = f"{element.line}:{element.column}"
        self._illegal.append(Issue(code, shortened(detail), where))
        self._misplaced.add(event)

    def _time(self, element: Element, index: int, event: Event) -> int:
        wanted = (
            self.mask(element, "weeks", self._instance.num_weeks),
            self.mask(element, "days", self._instance.num_days),
            self.number(element, "start"),
        )
        for option, choice in enumerate(event.times):
            if (choice.time.weeks, choice.time.days, choice.time.start) == wanted:
                return option
        detail = f"class {event.id} may not meet then"
        self._refuse(element, index, "illegal_time", detail)
        return -1

    def _room(self, element: Element, index: int, event: Event) -> int:
        name = element.get("room")
        if name is None:
            return -1
        if name not in self._rooms:
            detail = f"room {name[:40]!r} does not exist"
            self.fail(element, "unknown_room", detail)
            return -1
        for option, choice in enumerate(event.rooms):
            if choice.room == self._rooms[name]:
                return option
        detail = f"class {event.id} may not use room {name!r}"
        self._refuse(element, index, "illegal_room", detail)
        return -1

    def _read_students(self, element: Element, event: int) -> None:
        mine: set[int] = set()
        for child in element.findall("student"):
            student = self._students.get(self.text(child, "id"))
            if student is None:
                detail = f"student {child.get('id', '')!r:.40} does not exist"
                self.fail(child, "unknown_student", detail)
            elif student in mine:
                detail = f"student {child.get('id')} is enrolled twice"
                self.fail(child, "duplicate_id", detail)
            else:
                mine.add(student)
                self._enrollments.append((student, event))

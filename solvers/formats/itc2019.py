"""Reader of ITC-2019 problems (XML).

References
----------
.. [1] Mueller, T., Rudova, H., Mullerova, Z. (2018). University course timetabling and
   International Timetabling Competition 2019. PATAT 2018. https://www.itc2019.org/format
"""

from __future__ import annotations

import logging
import re

from solvers.constraints import CONSTRAINT_TYPES
from solvers.model import (
    Configuration,
    Constraint,
    ConstraintCode,
    Course,
    Event,
    Instance,
    Room,
    RoomOption,
    Student,
    Subpart,
    Time,
    TimeOption,
    Weights,
)

from .xml import Element, XmlReader, parse_xml

__all__ = ["read_problem"]

_SCHEMA = {
    "problem": frozenset(
        {"optimization", "rooms", "courses", "distributions", "students"}
    ),
    "optimization": frozenset[str](),
    "rooms": frozenset({"room"}),
    "room": frozenset({"travel", "unavailable"}),
    "travel": frozenset[str](),
    "unavailable": frozenset[str](),
    "courses": frozenset({"course"}),
    "course": frozenset({"config"}),
    "config": frozenset({"subpart"}),
    "subpart": frozenset({"class"}),
    "class": frozenset({"room", "time"}),
    "time": frozenset[str](),
    "distributions": frozenset({"distribution"}),
    "distribution": frozenset({"class"}),
    "students": frozenset({"student"}),
    "student": frozenset({"course"}),
}
_TYPE = re.compile(r"([A-Za-z]+)(?:\(([0-9]{1,9}(?:,[0-9]{1,9})*)\))?", re.ASCII)
_ITC_TYPES = frozenset(code.name for code in ConstraintCode if code <= 18)
_LOGGER = logging.getLogger(__name__)

MAX_SLOTS = 24 * 60 * 60
MAX_DAYS = 62
MAX_WEEKS = 62


def read_problem(content: bytes) -> Instance:
    """Read an ITC-2019 problem.

    Parameters
    ----------
    content
        The XML document.

    Returns
    -------
    Instance
        The problem; indices follow the order of the file.

    Raises
    ------
    InputError
        With every finding: a code, a detail and ``line:column``.
    """
    return _ProblemReader(
        parse_xml(content, "problem", _SCHEMA, _SCHEMA["problem"])
    ).read()


class _ProblemReader(XmlReader):
    def __init__(self, root: Element) -> None:
        super().__init__()
        self._root = root
        self._times: dict[tuple[str | None, ...], Time] = {}
        self._rooms: dict[str, int] = {}
        self._class_elements: list[Element] = []
        self._class_subpart: list[int] = []
        self._subpart_config: list[int] = []
        self._classes: dict[str, int] = {}
        self._courses: dict[str, int] = {}
        self._days = self.number(root, "nrDays", low=1)
        self._weeks = self.number(root, "nrWeeks", low=1)
        self._slots = self.number(root, "slotsPerDay", low=1)

    def read(self) -> Instance:
        too_large = self._days > MAX_DAYS or self._weeks > MAX_WEEKS
        if too_large or self._slots > MAX_SLOTS:
            detail = f"at most {MAX_WEEKS} weeks, {MAX_DAYS} days, {MAX_SLOTS} slots"
            self.fail(self._root, "grid_too_large", detail)
        self.finish()
        rooms, travel = self._read_rooms()
        courses, configurations, subparts = self._read_courses()
        events = tuple(self._read_class(i) for i in range(len(self._class_elements)))
        instance = Instance(
            name=self._root.get("name", ""),
            num_weeks=self._weeks,
            num_days=self._days,
            slots_per_day=self._slots,
            rooms=rooms,
            travel=travel,
            courses=courses,
            configurations=configurations,
            subparts=subparts,
            events=events,
            constraints=self._read_distributions(),
            students=self._read_students(),
            weights=self._read_weights(),
        )
        if not events:
            self.fail(self._root, "empty_term", "the problem has no class")
        self.finish()
        return instance

    def _index(
        self, known: dict[str, int], element: Element, attribute: str, what: str
    ) -> int | None:
        key = self.text(element, attribute)
        if key in known:
            return known[key]
        self.fail(element, f"unknown_{what}", f"{what} {key[:40]!r} does not exist")
        return None

    def _register(self, known: dict[str, int], element: Element, what: str) -> str:
        key = self.text(element, "id")
        if key in known:
            self.fail(element, "duplicate_id", f"{what} {key[:40]!r} occurs twice")
        known.setdefault(key, len(known))
        return key

    def _read_weights(self) -> Weights:
        element = self._root.find("optimization")
        if element is None:
            return Weights.of({"time": 1, "room": 1, "distribution": 1, "student": 1})
        names = ("time", "room", "distribution", "student")
        return Weights.of({n: self.number(element, n, default=0) for n in names})

    def _read_time(self, element: Element) -> Time:
        """Time of an element; equal ones are read once and share one object."""
        get = element.attributes.get
        key = (get("weeks"), get("days"), get("start"), get("length"))
        known = self._times.get(key)
        if known is not None:
            return known
        findings = len(self.issues)
        time = Time(
            self.mask(element, "weeks", self._weeks),
            self.mask(element, "days", self._days),
            self.number(element, "start"),
            self.number(element, "length", low=1),
        )
        if time.end > self._slots:
            detail = f"ends in slot {time.end} of a day of {self._slots}"
            self.fail(element, "time_outside_grid", detail)
        if len(self.issues) == findings:
            self._times[key] = time
        return time

    def _read_rooms(self) -> tuple[tuple[Room, ...], tuple[tuple[int, int, int], ...]]:
        elements = self._root.findall("rooms/room")
        ids = [self._register(self._rooms, element, "room") for element in elements]
        rooms = tuple(
            Room(
                id=room_id,
                capacity=self.number(element, "capacity", default=0),
                unavailable=tuple(
                    self._read_time(t) for t in element.findall("unavailable")
                ),
            )
            for room_id, element in zip(ids, elements, strict=True)
        )
        travel: dict[tuple[int, int], int] = {}
        for a, element in enumerate(elements):
            for way in element.findall("travel"):
                b = self._index(self._rooms, way, "room", "room")
                slots = self.number(way, "value")
                if b is not None and a != b and slots:
                    key = (min(a, b), max(a, b))
                    travel[key] = max(slots, travel.get(key, 0))
        return rooms, tuple((a, b, slots) for (a, b), slots in sorted(travel.items()))

    def _read_courses(
        self,
    ) -> tuple[tuple[Course, ...], tuple[Configuration, ...], tuple[Subpart, ...]]:
        courses: list[Course] = []
        configurations: list[Configuration] = []
        subparts: list[Subpart] = []
        seen: dict[str, dict[str, int]] = {"config": {}, "subpart": {}}
        for course in self._root.findall("courses/course"):
            course_id = self._register(self._courses, course, "course")
            own_configs = []
            for config in course.findall("config"):
                config_id = self._register(seen["config"], config, "config")
                own_configs.append(len(configurations))
                own_subparts = []
                for subpart in config.findall("subpart"):
                    subpart_id = self._register(seen["subpart"], subpart, "subpart")
                    own_subparts.append(len(subparts))
                    events = self._register_classes(subpart, len(subparts))
                    self._subpart_config.append(len(configurations))
                    subparts.append(Subpart(subpart_id, len(configurations), events))
                configurations.append(
                    Configuration(config_id, len(courses), tuple(own_subparts))
                )
            if not own_configs:
                self.fail(course, "empty_course", f"course {course_id} has no config")
            courses.append(Course(course_id, tuple(own_configs)))
        return tuple(courses), tuple(configurations), tuple(subparts)

    def _register_classes(self, subpart: Element, index: int) -> tuple[int, ...]:
        events = []
        for element in subpart.findall("class"):
            self._register(self._classes, element, "class")
            events.append(len(self._class_elements))
            self._class_elements.append(element)
            self._class_subpart.append(index)
        if not events:
            self.fail(subpart, "empty_subpart", "the subpart has no class")
        return tuple(events)

    def _read_class(self, index: int) -> Event:
        element = self._class_elements[index]
        class_id = element.get("id", "")
        times = tuple(
            TimeOption(self._read_time(t), self.number(t, "penalty", default=0))
            for t in element.findall("time")
        )
        rooms = self._read_room_options(element)
        if not times:
            self.fail(element, "empty_domain", f"class {class_id} has no time")
        if not rooms and self.truth(element, "room", default=True):
            self.fail(element, "empty_domain", f"class {class_id} has no room")
        parent = self._read_parent(element, index)
        limit = None
        if element.get("limit") is not None:
            limit = self.number(element, "limit")
        return Event(
            id=class_id,
            subpart=self._class_subpart[index],
            times=times,
            rooms=rooms,
            limit=limit,
            parent=parent,
        )

    def _read_parent(self, element: Element, index: int) -> int | None:
        if element.get("parent") is None:
            return None
        parent = self._index(self._classes, element, "parent", "class")
        if parent is None:
            return None
        mine, other = self._class_subpart[index], self._class_subpart[parent]
        same = self._subpart_config[mine] == self._subpart_config[other]
        if mine == other or not same:
            detail = "a parent is of another subpart of the same config"
            self.fail(element, "illegal_parent", detail)
        return parent

    def _read_room_options(self, element: Element) -> tuple[RoomOption, ...]:
        if not self.truth(element, "room", default=True):
            return ()
        options = []
        for choice in element.findall("room"):
            room = self._index(self._rooms, choice, "id", "room")
            penalty = self.number(choice, "penalty", default=0)
            if room is not None:
                options.append(RoomOption(room, penalty))
        return tuple(options)

    def _read_distributions(self) -> tuple[Constraint, ...]:
        found = (
            self._read_distribution(element)
            for element in self._root.findall("distributions/distribution")
        )
        return tuple(constraint for constraint in found if constraint is not None)

    def _read_distribution(self, element: Element) -> Constraint | None:
        text = self.text(element, "type")
        match = _TYPE.fullmatch(text)
        if match is None or match.group(1) not in _ITC_TYPES:
            detail = f"type {text[:40]!r} is not of ITC-2019"
            self.fail(element, "unknown_distribution", detail)
            return None
        name = match.group(1)
        params = tuple(int(p) for p in (match.group(2) or "").split(",") if p)
        for problem in CONSTRAINT_TYPES[name].problems(params):
            self.fail(element, "bad_parameters", f"{name}: {problem}")
        required = self.truth(element, "required", default=False)
        penalty = 0 if required else self.number(element, "penalty")
        return Constraint(name, self._members(element), required, penalty, params)

    def _members(self, element: Element) -> tuple[int, ...]:
        """Events of a distribution; a class that is listed again adds nothing."""
        listed = [
            self._index(self._classes, member, "id", "class")
            for member in element.findall("class")
        ]
        members = tuple(dict.fromkeys(e for e in listed if e is not None))
        if len(members) < len(listed) and not self.issues:
            extra = {"action": "duplicate_member", "line": element.line}
            _LOGGER.warning("a distribution lists a class twice", extra=extra)
        return members

    def _read_students(self) -> tuple[Student, ...]:
        known: dict[str, int] = {}
        students = []
        for element in self._root.findall("students/student"):
            student_id = self._register(known, element, "student")
            courses = [
                self._index(self._courses, request, "id", "course")
                for request in element.findall("course")
            ]
            wanted = tuple(dict.fromkeys(c for c in courses if c is not None))
            students.append(Student(student_id, wanted))
        return tuple(students)

"""Writers of ITC-2019 problems and solutions (XML)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

from lxml import etree

from solvers.exceptions import InputError, Issue
from solvers.model import ConstraintCode, Event, Instance, Time, Timetable, mask_to_bits

__all__ = ["write_problem", "write_solution"]

Element: TypeAlias = "etree._Element"  # noqa: SLF001

_ITC_TYPES = frozenset(code.name for code in ConstraintCode if code <= 18)
_SOLUTION_ATTRIBUTES = (
    "runtime",
    "cores",
    "technique",
    "author",
    "institution",
    "country",
)


def _time_attributes(time: Time, instance: Instance) -> dict[str, str]:
    return {
        "days": mask_to_bits(time.days, instance.num_days),
        "start": str(time.start),
        "weeks": mask_to_bits(time.weeks, instance.num_weeks),
    }


def _full_time(time: Time, instance: Instance) -> dict[str, str]:
    return _time_attributes(time, instance) | {"length": str(time.length)}


def write_problem(instance: Instance) -> bytes:
    """Write an instance as an ITC-2019 problem.

    Raises
    ------
    InputError
        ``not_itc2019`` if it holds soft or hard terms that the format lacks.
    """
    foreign = {c.type for c in instance.constraints} - _ITC_TYPES
    if foreign or instance.preferences or instance.room_open_penalty:
        what = ", ".join(sorted(foreign)) or "preferences"
        raise InputError(Issue("not_itc2019", f"the format has no place for {what}"))
    root = etree.Element(
        "problem",
        name=instance.name,
        nrDays=str(instance.num_days),
        nrWeeks=str(instance.num_weeks),
        slotsPerDay=str(instance.slots_per_day),
    )
    weights = {n: str(instance.weights[n]) for n in ("time", "room", "distribution")}
    weights["student"] = str(instance.weights["student"])
    etree.SubElement(root, "optimization", weights)
    _write_rooms(root, instance)
    _write_courses(root, instance)
    _write_distributions(root, instance)
    students = etree.SubElement(root, "students")
    for student in instance.students:
        element = etree.SubElement(students, "student", id=student.id)
        for course in student.courses:
            etree.SubElement(element, "course", id=instance.courses[course].id)
    return _serialize(root)


def _serialize(root: Element) -> bytes:
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )


def _write_rooms(root: Element, instance: Instance) -> None:
    ways: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for a, b, slots in instance.travel:
        ways[a].append((b, slots))
    parent = etree.SubElement(root, "rooms")
    for index, room in enumerate(instance.rooms):
        element = etree.SubElement(
            parent, "room", id=room.id, capacity=str(room.capacity)
        )
        for other, slots in ways[index]:
            other_id = instance.rooms[other].id
            etree.SubElement(element, "travel", room=other_id, value=str(slots))
        for time in room.unavailable:
            etree.SubElement(element, "unavailable", _full_time(time, instance))


def _write_courses(root: Element, instance: Instance) -> None:
    parent = etree.SubElement(root, "courses")
    for course in instance.courses:
        course_element = etree.SubElement(parent, "course", id=course.id)
        for configuration in course.configurations:
            config = instance.configurations[configuration]
            config_element = etree.SubElement(course_element, "config", id=config.id)
            for subpart_index in config.subparts:
                subpart = instance.subparts[subpart_index]
                element = etree.SubElement(config_element, "subpart", id=subpart.id)
                for event in subpart.events:
                    _write_class(element, instance, instance.events[event])


def _write_class(parent: Element, instance: Instance, event: Event) -> None:
    element = etree.SubElement(parent, "class", id=event.id)
    if event.limit is not None:
        element.set("limit", str(event.limit))
    if event.parent is not None:
        element.set("parent", instance.events[event.parent].id)
    if not event.needs_room:
        element.set("room", "false")
    for room in event.rooms:
        room_id = instance.rooms[room.room].id
        etree.SubElement(element, "room", id=room_id, penalty=str(room.penalty))
    for option in event.times:
        attributes = _full_time(option.time, instance)
        etree.SubElement(element, "time", attributes, penalty=str(option.penalty))


def _write_distributions(root: Element, instance: Instance) -> None:
    parent = etree.SubElement(root, "distributions")
    for constraint in instance.constraints:
        params = ",".join(map(str, constraint.params))
        name = f"{constraint.type}({params})" if params else constraint.type
        element = etree.SubElement(parent, "distribution", type=name)
        if constraint.required:
            element.set("required", "true")
        else:
            element.set("penalty", str(constraint.penalty))
        for event in constraint.events:
            etree.SubElement(element, "class", id=instance.events[event].id)


def write_solution(
    instance: Instance, timetable: Timetable, meta: Mapping[str, str] | None = None
) -> bytes:
    """Write a timetable as an ITC-2019 solution.

    Unassigned events are left out, as the format wants.

    Parameters
    ----------
    instance, timetable
        The problem and its timetable.
    meta
        Attributes of the root: runtime, cores, technique, author, institution, country.
    """
    known = {k: v for k, v in (meta or {}).items() if k in _SOLUTION_ATTRIBUTES}
    root = etree.Element("solution", {"name": instance.name, **known})
    enrolled: dict[int, list[int]] = defaultdict(list)
    for student, event in timetable.enrollments.tolist():
        enrolled[event].append(student)
    for index, event in enumerate(instance.events):
        time = instance.time_of(timetable, index)
        if time is None:
            continue
        element = etree.SubElement(root, "class", id=event.id)
        for key, value in _time_attributes(time, instance).items():
            element.set(key, value)
        room = instance.room_of(timetable, index)
        if room is not None:
            element.set("room", instance.rooms[room].id)
        for student in enrolled[index]:
            etree.SubElement(element, "student", id=instance.students[student].id)
    return _serialize(root)

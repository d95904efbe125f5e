"""A timetable as people read it: one entry per weekly meeting. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from solvers.model import Event, Instance, Timetable

from .inputs import TermDetails

__all__ = ["KEPT_ONLY", "entries_of", "shown"]

KEPT_ONLY = (
    "group_ids",
    "cohort_ids",
    "student_ids",
    "equipment",
    "room_equipment",
)
"""Members of an entry that are stored with it and not shown: too many, or internal."""

_DAY_MINUTES = 24 * 60


def shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an entry that everybody may see."""
    return {name: value for name, value in entry.items() if name not in KEPT_ONLY}


def entries_of(
    instance: Instance, timetable: Timetable, details: TermDetails
) -> Iterator[dict[str, Any]]:
    """Yield the entries in the order of the events; none is left out.

    Parameters
    ----------
    instance, timetable
        The problem and an assignment.
    details
        What the document says beside.

    Yields
    ------
    dict
        One per day on which an event meets. ``day``, ``start_time``, ``end_time`` and
        ``weeks`` are None where the event has no time, the room's members where it has
        no room. Members of :data:`KEPT_ONLY` are for the store.
    """
    students = _students_by_event(instance, timetable)
    meetings: Counter[str] = Counter()
    for index, event in enumerate(instance.events):
        section = _section_of(event)
        about = {
            "section_id": section,
            **_event(instance, index, event, len(students[index])),
            **_room(instance, timetable, index),
            "student_ids": students[index],
            "equipment": dict(details.equipment.get(section, {})),
            **_audience(instance, event, details),
        }
        for when in _times(instance, timetable, index, details.weekdays):
            meetings[section] += 1
            yield {**about, "meeting": meetings[section], **when}


def _students_by_event(
    instance: Instance, timetable: Timetable
) -> Mapping[int, list[str]]:
    students: dict[int, list[str]] = defaultdict(list)
    for student, event in timetable.enrollments.tolist():
        students[event].append(instance.students[student].id)
    return students


def _audience(
    instance: Instance, event: Event, details: TermDetails
) -> dict[str, list[str]]:
    """Who attends: batches with all their groups, and these with their batches.

    The first tells clashes; by the second, people who know only their batch find the
    meetings of its groups too.
    """
    batch_of = {g: b for b, groups in details.groups.items() for g in groups}
    named = [instance.batches[index].id for index in event.batches]
    groups = [part for name in named for part in (name, *details.groups.get(name, ()))]
    above = [batch_of[name] for name in named if name in batch_of]
    return {"group_ids": groups, "cohort_ids": list(dict.fromkeys([*groups, *above]))}


def _section_of(event: Event) -> str:
    """Id of the section; events of an institution are named ``section/meeting``."""
    section, _, number = event.id.rpartition("/")
    return section if section and number.isdigit() else event.id


def _event(
    instance: Instance, index: int, event: Event, enrolled: int
) -> dict[str, Any]:
    course = instance.course_of_event(index)
    instructors = [instance.instructors[i] for i in event.instructors]
    batches = [instance.batches[i] for i in event.batches]
    return {
        "name": event.name or event.id,
        "course_id": course.id.removesuffix(f"#{_section_of(event)}"),
        "course_code": course.code or course.id,
        "course_name": course.name,
        "department_id": course.department,
        "instructor_ids": [person.id for person in instructors],
        "instructor_names": [person.name or person.id for person in instructors],
        "batch_ids": [batch.id for batch in batches],
        "batch_names": [batch.name or batch.id for batch in batches],
        "enrolled": enrolled or sum(batch.size for batch in batches),
    }


def _room(instance: Instance, timetable: Timetable, event: int) -> dict[str, Any]:
    index = instance.room_of(timetable, event)
    if index is None:
        names = ("room_id", "room_name", "building", "room_capacity")
        return {**dict.fromkeys(names), "room_equipment": {}}
    room = instance.rooms[index]
    return {
        "room_id": room.id,
        "room_name": room.name or room.id,
        "building": room.building or None,
        "room_capacity": room.capacity,
        "room_equipment": dict(room.equipment),
    }


def _times(
    instance: Instance, timetable: Timetable, event: int, weekdays: Sequence[int]
) -> Iterator[dict[str, Any]]:
    time = instance.time_of(timetable, event)
    if time is None:
        yield dict.fromkeys(("day", "start_time", "end_time", "weeks"))
        return
    when = {
        "start_time": _clock(instance, time.start),
        "end_time": _clock(instance, time.end),
        "weeks": format(time.weeks, f"0{instance.num_weeks}b")[::-1],
    }
    for day in range(instance.num_days):
        if time.days >> day & 1:
            yield {"day": weekdays[day], **when}


def _clock(instance: Instance, slot: int) -> str:
    minutes = slot * _DAY_MINUTES // instance.slots_per_day
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

"""An entry of a timetable as the ERP reads it, in both of its spellings. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from erp_bridge.conflicts import find_conflicts

from .term_keys import BatchFacts, ErpFacts, TermKeys

__all__ = ["MAX_BATCHES_NAMED", "reference_entries"]

MAX_BATCHES_NAMED = 3
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WORDS = {
    "instructor": "The teacher is needed elsewhere at this hour",
    "room": "The room is taken twice at this hour",
    "student_group": "A batch attends something else at this hour",
    "student": "Students attend something else at this hour",
    "equipment": "The room has too little equipment at this hour",
}

Entry = Mapping[str, Any]


def reference_entries(
    entries: Sequence[Entry], keys: TermKeys, facts: ErpFacts, *, with_students: bool
) -> list[dict[str, Any]]:
    """Return entries as the ERP stores them.

    Parameters
    ----------
    entries
        Stored entries of one timetable, with what is kept of them.
    keys, facts
        What the ERP calls things.
    with_students
        Whether to name who is enrolled.

    Returns
    -------
    list of dict
        In the same order. An entry without a time has no day, and is marked as one
        with a conflict.
    """
    problems = _problems(entries)
    numbers = _section_numbers(entries)
    return [
        {
            **_when(entry, facts),
            **_course(entry, keys, numbers),
            **_people(entry, keys),
            **_room(entry, keys, facts),
            **_audience(entry, keys, facts, with_students),
            **_conflict(entry, problems),
            "session_number": entry["meeting"],
        }
        for entry in entries
    ]


def _when(entry: Entry, facts: ErpFacts) -> dict[str, Any]:
    day, start, end = entry["day"], entry["start_time"], entry["end_time"]
    placed = day is not None
    return {
        "day": day,
        "day_name": _DAYS[day] if placed else None,
        "start_time": start,
        "end_time": end,
        "time_slot": f"{start}-{end}" if placed else None,
        "time_slot_id": facts.slots.get((day, start)) if placed else None,
        "duration_minutes": _minutes(end) - _minutes(start) if placed else None,
    }


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _section_numbers(entries: Sequence[Entry]) -> dict[str, tuple[int, int]]:
    """By section: its place among those of its course, from 0, and their number."""
    by_course: dict[str, dict[str, None]] = defaultdict(dict)
    for entry in entries:
        by_course[entry["course_id"]][entry["section_id"]] = None
    return {
        section: (place, len(sections))
        for sections in by_course.values()
        for place, section in enumerate(sections)
    }


def _course(
    entry: Entry, keys: TermKeys, numbers: Mapping[str, tuple[int, int]]
) -> dict[str, Any]:
    section, name = entry["section_id"], entry["course_name"] or entry["course_code"]
    offering = keys.sections.get(section)
    key = keys.courses.get(entry["course_id"], entry["course_id"])
    place, count = numbers[section]
    # The ERP finds the offering by this very pattern again.
    course_id = key if offering is None else f"{key}_off_{offering}"
    department = entry["department_id"]
    return {
        "course_id": course_id + (f"_sec{place}" if count > 1 else ""),
        "offering_id": offering,
        "course_code": entry["course_code"],
        "subject_code": entry["course_code"],
        "course_name": name,
        "subject_name": name,
        "section_id": section,
        "department_id": keys.departments.get(department, department) or None,
    }


def _people(entry: Entry, keys: TermKeys) -> dict[str, Any]:
    ids = [keys.faculty.get(name, name) for name in entry["instructor_ids"]]
    return {
        "faculty_id": ids[0] if ids else None,
        "faculty_ids": ids,
        "faculty_name": ", ".join(entry["instructor_names"]),
    }


def _room(entry: Entry, keys: TermKeys, facts: ErpFacts) -> dict[str, Any]:
    code = entry["room_id"]
    key = None if code is None else keys.rooms.get(code, code)
    return {
        "room_id": key,
        "room_code": code,
        "room_number": code if key is None else facts.room_numbers.get(key, code),
        "room_name": entry["room_name"],
        "room_capacity": entry["room_capacity"],
        "capacity": entry["room_capacity"],
    }


def _audience(
    entry: Entry, keys: TermKeys, facts: ErpFacts, with_students: bool
) -> dict[str, Any]:
    """Who attends.

    Sections that students choose have no ``batch_ids``: by these the ERP shows an entry
    to a whole batch. Such a section is shown to the students it names.
    """
    attending = _facts(keys, entry["batch_ids"])
    chosen_by = _facts(keys, map(keys.batch_of_student.get, entry["student_ids"]))
    shown = attending or chosen_by
    years = {batch.year for batch in shown}
    letters = {facts.sections.get(batch.key) for batch in shown}
    year = years.pop() if len(years) == 1 else None
    letter = letters.pop() if len(letters) == 1 else None
    students = [keys.students.get(name, name) for name in entry["student_ids"]]
    return {
        "batch_id": attending[0].key if attending else None,
        "batch_ids": [batch.key for batch in attending],
        "batch_name": ", ".join(entry["batch_names"]) or _names(chosen_by),
        "year": year,
        "student_year": year,
        "section": letter,
        "section_name": letter,
        "enrolled_count": entry["enrolled"],
        "enrollment_count": entry["enrolled"],
        **({"student_ids": students} if with_students else {}),
    }


def _facts(keys: TermKeys, names: Any) -> list[BatchFacts]:
    found = {name: keys.batches[name] for name in names if name in keys.batches}
    return sorted(dict.fromkeys(found.values()), key=lambda batch: batch.name)


def _names(batches: Sequence[BatchFacts]) -> str:
    shown = ", ".join(batch.name for batch in batches[:MAX_BATCHES_NAMED])
    more = len(batches) - MAX_BATCHES_NAMED
    return f"{shown} +{more}" if more > 0 else shown


def _problems(entries: Sequence[Entry]) -> dict[tuple[str, int], list[str]]:
    """Kinds of clashes by section and meeting."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for conflict in find_conflicts(entries):
        for entry in conflict["entries"]:
            found[entry["section_id"], entry["meeting"]].append(conflict["kind"])
    return found


def _conflict(
    entry: Entry, problems: Mapping[tuple[str, int], Sequence[str]]
) -> dict[str, Any]:
    kinds = dict.fromkeys(problems.get((entry["section_id"], entry["meeting"]), ()))
    words = [_WORDS[kind] for kind in kinds]
    if entry["day"] is None:
        words.append("No time was found for it")
    text = "; ".join(words)
    return {
        "has_conflict": bool(words),
        "conflict": bool(words),
        "conflict_description": text,
        "conflict_reason": text,
    }

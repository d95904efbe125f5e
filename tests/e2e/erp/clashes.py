"""Counts what is wrong with a timetable, from the ERP's own rows.

Nothing of the product takes part: who studies, who teaches, which rooms there are and
how often a course meets is read from the ERP's tables, where and when from the entries
that it was given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import combinations
from typing import Any

import psycopg
from psycopg.rows import dict_row

__all__ = ["Findings", "Term"]

_OFFERINGS = """
SELECT o.offering_id::text AS id, c.course_code AS code,
       c.lecture_hours_per_week AS hours, c.room_type_required AS room_type,
       o.primary_faculty_id::text AS teacher
FROM course_offerings o JOIN courses c USING (course_id)
WHERE o.is_active AND c.is_active AND o.semester_type = 'ODD'
"""
_ENROLLMENTS = """
SELECT e.offering_id::text AS offering, e.student_id::text AS student
FROM course_enrollments e JOIN students s USING (student_id)
WHERE e.is_active AND e.enrollment_status = 'ENROLLED' AND s.is_active IS NOT FALSE
"""
_ROOMS = """
SELECT room_id::text AS id, room_type AS type, seating_capacity AS seats
FROM rooms WHERE is_active
"""

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, as numbers; all are 0 of a perfect timetable.

    Parameters
    ----------
    students
        Pairs of meetings at one hour that a student is enrolled in, student by student.
    instructors, rooms, batches
        Pairs of meetings at one hour that share a teacher, a room, a whole batch.
    unserved
        Enrolled students that are in no section of an offering, or in several.
    missing
        Meetings that a section has too few or too many; no time counts as none.
    unfit
        Meetings in a wrong or too small room, outside the week, or by a stranger.
    """

    students: int
    instructors: int
    rooms: int
    batches: int
    unserved: int
    missing: int
    unfit: int

    @property
    def total(self) -> int:
        return sum(astuple(self))


class Term:
    """What the ERP's tables say of the odd half-year."""

    def __init__(self, database_url: str, slots: Sequence[str], num_days: int) -> None:
        self._slots, self._num_days = frozenset(slots), num_days
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            connection.execute("SET search_path TO public")
            self._offerings = {r["id"]: r for r in connection.execute(_OFFERINGS)}
            self._rooms = {r["id"]: r for r in connection.execute(_ROOMS)}
            self._students: dict[str, set[str]] = defaultdict(set)
            for row in connection.execute(_ENROLLMENTS):
                if row["offering"] in self._offerings:
                    self._students[row["offering"]].add(row["student"])

    @property
    def num_meetings(self) -> int:
        """Meetings of a week if every offering has one section."""
        return sum(self._offerings[offering]["hours"] for offering in self._students)

    def judge(self, entries: Sequence[Entry]) -> Findings:
        """Count what is wrong with the entries of one variant."""
        placed = [entry for entry in entries if entry["day"] is not None]
        attending, unserved = self._attending(entries)
        return Findings(
            students=_clashes(placed, lambda e: attending[e["course_id"]]),
            instructors=_clashes(placed, lambda e: [e["faculty_id"]]),
            rooms=_clashes(placed, lambda e: [e["room_id"]]),
            batches=_clashes(placed, lambda e: e["batch_ids"]),
            unserved=unserved,
            missing=self._missing(entries),
            unfit=sum(
                not self._fits(entry, attending[entry["course_id"]]) for entry in placed
            ),
        )

    def _attending(self, entries: Sequence[Entry]) -> tuple[dict[str, set[str]], int]:
        """Students by section: where there is one, all that are enrolled."""
        named: dict[str, dict[str, set[str]]] = defaultdict(dict)
        for entry in entries:
            section = entry["course_id"]
            named[entry["offering_id"]][section] = set(entry["student_ids"])
        attending, unserved = {}, 0
        for offering, enrolled in self._students.items():
            sections = named.get(offering, {})
            places = Counter(name for names in sections.values() for name in names)
            unserved += sum(places[student] != 1 for student in enrolled)
            unserved += len(places.keys() - enrolled)
            alone = len(sections) == 1
            attending.update(dict.fromkeys(sections, enrolled) if alone else sections)
        return attending, unserved

    def _missing(self, entries: Sequence[Entry]) -> int:
        meetings: dict[str, Counter[str]] = defaultdict(Counter)
        for entry in entries:
            meets = entry["day"] is not None
            meetings[entry["offering_id"]][entry["course_id"]] += meets
        missing = 0
        for offering in self._students:
            hours = self._offerings[offering]["hours"]
            sections = meetings.get(offering) or {"none": 0}
            missing += sum(abs(hours - count) for count in sections.values())
        return missing

    def _fits(self, entry: Entry, students: set[str]) -> bool:
        room = self._rooms.get(entry["room_id"])
        offering = self._offerings[entry["offering_id"]]
        return (
            room is not None
            and room["type"] == offering["room_type"]
            and room["seats"] >= len(students)
            and entry["faculty_id"] == offering["teacher"]
            and entry["subject_code"] == offering["code"]
            and 0 <= entry["day"] < self._num_days
            and entry["time_slot"] in self._slots
        )


def _clashes(entries: Sequence[Entry], who: Any) -> int:
    """Pairs of meetings at one hour that share somebody or something."""
    busy: dict[tuple[str, int, str], int] = defaultdict(int)
    for entry in entries:
        names: Iterable[str] = who(entry)
        for name in set(names):
            busy[name, entry["day"], entry["time_slot"]] += 1
    return sum(len(list(combinations(range(n), 2))) for n in busy.values())

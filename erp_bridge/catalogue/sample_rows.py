"""A term as rows of the ERP's tables. Pure.

What the ERP has no column for is lost: kinds of equipment, groups of batches
(laboratories cut them again), weeks, exact wishes. Keys are derived from ids, so that
the same document always makes the same rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from math import ceil
from typing import Any

from sqlalchemy import Table

from solvers.formats.institution import (
    Course,
    Institution,
    Interval,
)

from . import tables
from .grid import minutes_of
from .reading import parity_of
from .rooms import CLASSROOM, LABORATORY
from .sample_hours import hours_of, periods_of
from .sample_takers import Takers

__all__ = ["SAMPLE_CODE", "erp_rows"]

SAMPLE_CODE = "SAMPLE"
"""Code of the sample's organization."""

_ORGANIZATION = uuid.uuid5(uuid.NAMESPACE_DNS, "sample.horarium")
_DAYS = {
    "Mon": "monday",
    "Tue": "tuesday",
    "Wed": "wednesday",
    "Thu": "thursday",
    "Fri": "friday",
    "Sat": "saturday",
    "Sun": "sunday",
}
_USUAL_HOURS = 18
_Row = dict[str, Any]
Rows = dict[Table, list[_Row]]


def _key(kind: str, name: str) -> uuid.UUID:
    return uuid.uuid5(_ORGANIZATION, f"{kind} {name}")


def erp_rows(institution: Institution) -> Rows:
    """Turn a term into rows, by table, in an order that foreign keys allow. Pure."""
    sample = _Sample(institution)
    rows: dict[Table, Iterable[_Row]] = {
        tables.organizations: [
            {"org_code": SAMPLE_CODE, "org_name": institution.name or "Sample"}
        ],
        tables.departments: sample.departments(),
        tables.programs: sample.programs(),
        tables.batches: sample.batches(),
        tables.buildings: sample.buildings(),
        tables.rooms: sample.rooms(),
        tables.faculty: sample.faculty(),
        tables.courses: sample.courses(),
        tables.offerings: sample.offerings(),
        tables.students: sample.students(),
        tables.enrollments: sample.enrollments(),
        tables.timeslots: sample.timeslots(),
    }
    return {
        table: [{**row, "org_id": _ORGANIZATION} for row in found]
        for table, found in rows.items()
    }


class _Sample:
    """Rows of one institution."""

    def __init__(self, institution: Institution) -> None:
        self._institution = institution
        self._courses = {course.id: course for course in institution.courses}
        self._batches = {batch.id: batch for batch in institution.batches}
        self._periods = periods_of(institution)
        self._takers = Takers(institution)

    def departments(self) -> Iterator[_Row]:
        for item in self._institution.departments:
            yield {
                "dept_id": _key("department", item.id),
                "dept_code": item.id,
                "dept_name": item.name or item.id,
            }

    def programs(self) -> Iterator[_Row]:
        seen = set()
        for batch in self._institution.batches:
            if batch.program and batch.program not in seen:
                seen.add(batch.program)
                yield {
                    "program_id": _key("program", batch.program),
                    "program_code": batch.program,
                    "program_name": batch.program,
                    "dept_id": self._department(batch.department),
                }

    def batches(self) -> Iterator[_Row]:
        for item in self._institution.batches:
            program = _key("program", item.program) if item.program else None
            yield {
                "batch_id": _key("batch", item.id),
                "batch_code": item.id,
                "batch_name": item.name or item.id,
                "current_semester": item.semester or self._semester,
                "total_students": item.size,
                "dept_id": self._department(item.department),
                "program_id": program,
            }

    def buildings(self) -> Iterator[_Row]:
        for item in self._institution.buildings:
            yield {
                "building_id": _key("building", item.id),
                "building_code": item.id,
                "building_name": item.name or item.id,
            }

    def rooms(self) -> Iterator[_Row]:
        for item in self._institution.rooms:
            building = _key("building", item.building) if item.building else None
            department = (
                _key("department", item.department) if item.department else None
            )
            features = [f for f in item.features if f not in (LABORATORY, CLASSROOM)]
            is_lab = any("lab" in feature for feature in item.features)
            yield {
                "room_id": _key("room", item.id),
                "room_code": item.id,
                "room_name": item.name or item.id,
                "room_type": LABORATORY if is_lab else CLASSROOM,
                "seating_capacity": item.capacity,
                "features": features,
                "number_of_computers": sum(item.equipment.values()) if is_lab else None,
                "allow_cross_department_usage": item.shared,
                "building_id": building,
                "dept_id": department,
            }

    def faculty(self) -> Iterator[_Row]:
        for item in self._institution.faculty:
            first, _, last = (item.name or item.id).rpartition(" ")
            limits = self._institution.limits
            weekly = item.max_hours_per_week or limits.faculty_max_hours_per_week
            longest = item.max_consecutive_hours or limits.faculty_max_consecutive_hours
            yield {
                "faculty_id": _key("faculty", item.id),
                "faculty_code": item.id,
                "first_name": first,
                "last_name": last,
                "max_hours_per_week": ceil(weekly or _USUAL_HOURS),
                "max_consecutive_hours": None if longest is None else ceil(longest),
                "preferred_time_slot": _span(item.preferred),
                "research_day": _day_off([*item.unavailable, *item.avoided]),
                "dept_id": self._department(item.department),
            }

    def courses(self) -> Iterator[_Row]:
        for item in self._institution.courses:
            hours = hours_of(item, self._periods)
            wanted = _features_wanted(item)
            is_lab = bool(hours["lab"]) or any("lab" in f for f in wanted)
            special = [f for f in wanted if f not in (LABORATORY, CLASSROOM)]
            yield {
                "course_id": _key("course", item.id),
                "course_code": item.code or item.id,
                "course_name": item.name or item.id,
                "credits": ceil(item.credits or 0),
                "lecture_hours_per_week": hours["lecture"],
                "tutorial_hours_per_week": hours["tutorial"],
                "practical_hours_per_week": hours["lab"],
                "room_type_required": LABORATORY if is_lab else CLASSROOM,
                "room_features_required": special or None,
                "dept_id": self._department(item.department),
            }

    def offerings(self) -> Iterator[_Row]:
        for (course_id, audience), sections in self._takers.offered.items():
            course = self._courses[course_id]
            semester = course.semester or self._semester
            teachers = list(dict.fromkeys(f for s in sections for f in s.faculty))
            first = teachers[0] if teachers else self._institution.faculty[0].id
            takers = self._takers.of(course_id, audience)
            parallel = [s for s in sections if s.component == sections[0].component]
            yield {
                "offering_id": _offering_key(course_id, audience),
                "academic_year": self._institution.term.academic_year or "2024-25",
                "semester_type": parity_of(semester),
                "semester_number": semester,
                "co_faculty_ids": [str(_key("faculty", f)) for f in teachers[1:]],
                "number_of_sections": len(parallel) if not audience else 1,
                "total_enrolled": len(takers),
                "max_capacity": None,
                "offering_status": "SCHEDULED",
                "course_id": _key("course", course_id),
                "primary_faculty_id": _key("faculty", first),
            }

    def students(self) -> Iterator[_Row]:
        for batch_id, members in self._takers.members.items():
            batch = self._batches.get(batch_id)
            department = batch.department if batch else None
            for name in members:
                yield {
                    "student_id": _key("student", name),
                    "enrollment_number": name,
                    "batch_id": _key("batch", batch_id) if batch else None,
                    "dept_id": self._department(department),
                }

    def enrollments(self) -> Iterator[_Row]:
        for course_id, audience in self._takers.offered:
            offering = _offering_key(course_id, audience)
            for name in self._takers.of(course_id, audience):
                yield {
                    "enrollment_id": _key("enrollment", f"{offering} {name}"),
                    "enrollment_status": "ENROLLED",
                    "offering_id": offering,
                    "student_id": _key("student", name),
                }

    def timeslots(self) -> Iterator[_Row]:
        for day in self._institution.time_grid.days:
            for order, (start, end) in enumerate(self._periods, start=1):
                yield {
                    "timeslot_id": _key("slot", f"{day} {start}"),
                    "day_of_week": _DAYS[day],
                    "start_time": _time(start),
                    "end_time": _time(end),
                    "slot_order": order,
                    "is_available": self._is_open(day, start, end),
                }

    def _is_open(self, day: str, start: int, end: int) -> bool:
        return not any(
            (not off.days or day in off.days)
            and start < minutes_of(off.end)
            and minutes_of(off.start) < end
            for off in self._institution.time_grid.breaks
        )

    @property
    def _semester(self) -> int:
        return self._institution.term.semester or 1

    def _department(self, name: str | None) -> uuid.UUID:
        return _key("department", name or self._institution.departments[0].id)


def _offering_key(course: str, audience: Sequence[str]) -> uuid.UUID:
    return _key("offering", f"{course} {','.join(audience)}")


def _features_wanted(course: Course) -> list[str]:
    """Features of the laboratory if the course has one, else of its first component."""
    labs = [c for c in course.components if c.kind in ("lab", "project")]
    return list((labs or list(course.components))[0].features)


def _span(preferred: Sequence[Interval]) -> str | None:
    return f"{preferred[0].start}-{preferred[0].end}" if preferred else None


def _day_off(intervals: Iterable[Interval]) -> str | None:
    days = {day for interval in intervals for day in interval.days}
    return _DAYS[days.pop()] if len(days) == 1 else None


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)

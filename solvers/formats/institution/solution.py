"""The solution document: a timetable in the institution's own words."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Literal

import numpy as np
from pydantic import ValidationError

from solvers.exceptions import InputError, Issue
from solvers.model import Instance, Time, Timetable

from .building import event_id
from .findings import Findings
from .grid import Grid
from .index import Index
from .schema import ComponentKind, Institution
from .values import Clock, Count, Day, Identifier, Name, Part

__all__ = [
    "PlacedMeeting",
    "PlacedSection",
    "Solution",
    "read_solution",
    "solution_of",
    "write_solution",
]


class PlacedMeeting(Part):
    """When and where one weekly meeting takes place; ``room`` is None if it has none.

    ``weeks`` lists the weeks of the term, from 1.
    """

    meeting: Count
    day: Day
    start: Clock
    end: Clock
    weeks: tuple[Count, ...]
    room: Identifier | None = None


class PlacedSection(Part):
    """A section: what, who, and its meetings. A meeting without a time is left out."""

    id: Identifier
    course: Identifier
    component: ComponentKind
    faculty: tuple[Identifier, ...] = ()
    batches: tuple[Identifier, ...] = ()
    students: tuple[Identifier, ...] = ()
    meetings: tuple[PlacedMeeting, ...] = ()


class Solution(Part):
    """A timetable of an institution."""

    schema_version: Literal[1]
    institution: Name = ""
    sections: tuple[PlacedSection, ...] = ()


def solution_of(
    institution: Institution, instance: Instance, timetable: Timetable
) -> Solution:
    """Tell a timetable in the institution's words."""
    grid = Grid(institution.time_grid)
    students: dict[int, list[str]] = defaultdict(list)
    for student, event in timetable.enrollments.tolist():
        students[event].append(instance.students[student].id)
    placed: dict[str, list[PlacedMeeting]] = defaultdict(list)
    first: dict[str, int] = {}
    for event, _ in enumerate(instance.events):
        section, number = instance.events[event].id.rsplit("/", 1)
        first.setdefault(section, event)
        time = instance.time_of(timetable, event)
        if time is not None:
            room = instance.room_of(timetable, event)
            name = None if room is None else instance.rooms[room].id
            placed[section].append(_meeting(grid, int(number), time, name))
    sections = tuple(
        PlacedSection(
            id=section.id,
            course=section.course,
            component=section.component,
            faculty=section.faculty,
            batches=section.batches,
            students=tuple(students[first[section.id]]),
            meetings=tuple(placed[section.id]),
        )
        for section in institution.sections
    )
    return Solution(schema_version=1, institution=institution.name, sections=sections)


def _meeting(grid: Grid, number: int, time: Time, room: str | None) -> PlacedMeeting:
    return PlacedMeeting(
        meeting=number,
        day=grid.day(time.days),
        start=grid.clock(time.start),
        end=grid.clock(time.end),
        weeks=_weeks_of(time, grid),
        room=room,
    )


def write_solution(
    institution: Institution, instance: Instance, timetable: Timetable
) -> bytes:
    """Write a timetable as a solution document.

    Parameters
    ----------
    institution, instance
        An institution and the instance that was built from it.
    timetable
        A timetable of the instance. Students are told per section, as its meetings all
        have the same.
    """
    solution = solution_of(institution, instance, timetable)
    return solution.model_dump_json(indent=1).encode() + b"\n"


def read_solution(
    content: bytes, institution: Institution, instance: Instance
) -> Timetable:
    """Read a solution document.

    Sections and meetings that it leaves out stay unassigned.

    Raises
    ------
    InputError
        With every finding: unknown sections, meetings or students, times and rooms that
        a meeting may not take, a meeting given twice.
    """
    try:
        solution = Solution.model_validate(json.loads(content))
    except ValidationError as error:
        raise InputError(
            [
                Issue("bad_solution", e["msg"], "".join(f"/{p}" for p in e["loc"]))
                for e in error.errors(include_url=False)
            ]
        ) from error
    except (ValueError, RecursionError) as error:
        detail = f"this is not JSON: {error}"
        raise InputError(Issue("malformed_json", detail)) from error
    return _Reader(institution, instance).read(solution)


def _weeks_of(time: Time, grid: Grid) -> tuple[int, ...]:
    """Weeks of the term, from 1."""
    return tuple(w + 1 for w in range(grid.num_weeks) if time.weeks >> w & 1)


class _Reader:
    def __init__(self, institution: Institution, instance: Instance) -> None:
        self._instance = instance
        self._grid = Grid(institution.time_grid)
        self._sections = Index(institution).sections
        self._events = {event.id: i for i, event in enumerate(instance.events)}
        self._students = {s.id: i for i, s in enumerate(instance.students)}
        self._rooms = {room.id: i for i, room in enumerate(instance.rooms)}
        self._time_option = np.full(instance.num_events, -1, np.int32)
        self._room_option = np.full(instance.num_events, -1, np.int32)
        self._enrollments: list[tuple[int, int]] = []
        self._findings = Findings()

    def read(self, solution: Solution) -> Timetable:
        for position, section in enumerate(solution.sections):
            at = f"/sections/{position}"
            if section.id not in self._sections:
                detail = f"section {section.id!r} does not exist"
                self._findings.add("unknown_section", f"{at}/id", detail)
                continue
            for i, meeting in enumerate(section.meetings):
                self._place(section, meeting, f"{at}/meetings/{i}")
            self._enroll(section, f"{at}/students")
        self._findings.finish()
        rows = np.array(self._enrollments, np.int32).reshape((-1, 2))
        return Timetable(self._time_option, self._room_option, rows)

    def _place(self, section: PlacedSection, meeting: PlacedMeeting, at: str) -> None:
        event = self._events.get(event_id(section.id, meeting.meeting))
        if event is None:
            detail = f"section {section.id!r} has no meeting {meeting.meeting}"
            self._findings.add("unknown_meeting", f"{at}/meeting", detail)
        elif self._time_option[event] >= 0:
            detail = f"meeting {meeting.meeting} of {section.id!r} is given twice"
            self._findings.add("duplicate_id", at, detail)
        else:
            self._time_option[event] = self._time_of(event, meeting, at)
            self._room_option[event] = self._room_of(event, meeting, at)

    def _time_of(self, event: int, meeting: PlacedMeeting, at: str) -> int:
        day = self._grid.days.get(meeting.day)
        start, end = self._grid.slot(meeting.start), self._grid.slot(meeting.end)
        weeks = tuple(sorted(set(meeting.weeks)))
        for option, choice in enumerate(self._instance.events[event].times):
            time = choice.time
            if day is not None and (time.days, time.start) == (1 << day, start):
                if (time.end, _weeks_of(time, self._grid)) == (end, weeks):
                    return option
        when = f"{meeting.day} {meeting.start} to {meeting.end}"
        name = self._instance.events[event].id
        self._findings.add("illegal_time", at, f"meeting {name} may not meet {when}")
        return -1

    def _room_of(self, event: int, meeting: PlacedMeeting, at: str) -> int:
        options = self._instance.events[event].rooms
        if meeting.room is None:
            return -1
        room = self._rooms.get(meeting.room)
        for option, choice in enumerate(options):
            if choice.room == room:
                return option
        name = self._instance.events[event].id
        detail = f"meeting {name} may not use room {meeting.room!r}"
        self._findings.add("illegal_room", f"{at}/room", detail)
        return -1

    def _enroll(self, section: PlacedSection, at: str) -> None:
        events = []
        number = 1
        while (event := self._events.get(event_id(section.id, number))) is not None:
            events.append(event)
            number += 1
        for i, name in enumerate(section.students):
            student = self._students.get(name)
            if student is None:
                detail = f"student {name!r} does not exist"
                self._findings.add("unknown_student", f"{at}/{i}", detail)
            else:
                self._enrollments += ((student, event) for event in events)

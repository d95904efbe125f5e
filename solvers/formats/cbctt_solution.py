"""Solutions of curriculum-based problems: a line for each lecture.

A line holds course, room, day and period of the day, the last two counted from 0.
"""

from __future__ import annotations

import numpy as np

from solvers.exceptions import Issue
from solvers.model import Instance, Timetable

from .limits import shortened
from .solution import SolutionFile
from .text import Line, LineReader, split_lines

__all__ = ["read_solution", "scan_solution", "write_solution"]


def write_solution(instance: Instance, timetable: Timetable) -> bytes:
    """Write a timetable; lectures without time or room are left out."""
    lines = []
    for event in range(instance.num_events):
        time = instance.time_of(timetable, event)
        room = instance.room_of(timetable, event)
        if time is not None and room is not None:
            course = instance.course_of_event(event).id
            day = time.days.bit_length() - 1
            lines.append(f"{course} {instance.rooms[room].id} {day} {time.start}\n")
    return "".join(lines).encode()


def read_solution(content: bytes, instance: Instance) -> Timetable:
    """Read a solution of a problem; lectures that it leaves out stay unassigned.

    Raises
    ------
    InputError
        With every finding: as `scan_solution`, and every illegal placement.
    """
    return scan_solution(content, instance).strict()


def scan_solution(content: bytes, instance: Instance) -> SolutionFile:
    """Read a solution of a problem, illegal placements apart.

    The public files call a room ``B`` in one dialect and ``rB`` in the other; either
    name is understood where it is unambiguous.

    Raises
    ------
    InputError
        With every finding: unknown courses or rooms, periods outside the grid.
    """
    return _SolutionReader(instance).read(split_lines(content))


class _SolutionReader(LineReader):
    def __init__(self, instance: Instance) -> None:
        super().__init__()
        self._instance = instance
        self._rooms = _room_names(instance)
        self._left = {
            course.id: [
                event
                for configuration in course.configurations
                for events in instance.events_of_configuration(configuration)
                for event in events
            ][::-1]
            for course in instance.courses
        }
        self._time_option = np.full(instance.num_events, -1, np.int32)
        self._room_option = np.full(instance.num_events, -1, np.int32)
        self._illegal: list[Issue] = []
        self._misplaced: set[int] = set()

    def read(self, lines: list[Line]) -> SolutionFile:
        for line in lines:
            self._read_line(line)
        self.finish()
        timetable = Timetable(self._time_option, self._room_option)
        return SolutionFile(timetable, tuple(self._illegal), len(self._misplaced))

    def _read_line(self, line: Line) -> None:
        fields = line.fields()
        if len(fields) != 4:
            detail = f"expected course, room, day and period, found {len(fields)}"
            self.fail(line, "wrong_field_count", detail)
            return
        course, room = fields[:2]
        day = self.number(line, fields, 2, high=self._instance.num_days - 1)
        period = self.number(line, fields, 3, high=self._instance.slots_per_day - 1)
        if course not in self._left:
            self.fail(line, "unknown_course", f"course {course[:40]!r} does not exist")
        if room not in self._rooms:
            self.fail(line, "unknown_room", f"room {room[:40]!r} does not exist", 1)
        if course in self._left and room in self._rooms:
            self._place(line, course, self._rooms[room], (day, period))

    def _place(self, line: Line, course: str, room: int, when: tuple[int, int]) -> None:
        if not self._left[course]:
            self._refuse(line, "extra_lecture", f"course {course} has no more lectures")
            return
        index = self._left[course].pop()
        event = self._instance.events[index]
        cells = [(o.time.days.bit_length() - 1, o.time.start) for o in event.times]
        rooms = [o.room for o in event.rooms]
        if when not in cells:
            detail = f"course {course} is not available then"
            self._refuse(line, "illegal_time", detail, index)
        if room not in rooms:
            detail = f"the room is not suitable for course {course}"
            self._refuse(line, "illegal_room", detail, index)
        if index not in self._misplaced:
            self._time_option[index] = cells.index(when)
            self._room_option[index] = rooms.index(room)

    def _refuse(
        self, line: Line, code: str, detail: str, event: int | None = None
    ) -> None:
        self._illegal.append(Issue(code, shortened(detail), line.pointer()))
        if event is not None:
            self._misplaced.add(event)


def _room_names(instance: Instance) -> dict[str, int]:
    names: dict[str, int] = {}
    for index, room in enumerate(instance.rooms):
        other = room.id[1:] if room.id.startswith("r") else f"r{room.id}"
        names.setdefault(other, index)
    return names | {room.id: index for index, room in enumerate(instance.rooms)}

"""Solutions of post-enrolment problems: a line ``slot room`` for each event.

Events that have no place are written ``-1 -1``; the slot of the week is counted from 0.
"""

from __future__ import annotations

import numpy as np

from solvers.exceptions import Issue
from solvers.model import Instance, Timetable

from .limits import shortened
from .pectt_document import HOURS, SLOTS
from .solution import SolutionFile
from .text import Line, LineReader, split_lines

__all__ = [
    "distance_to_feasibility",
    "read_solution",
    "scan_solution",
    "write_solution",
]


def distance_to_feasibility(instance: Instance, timetable: Timetable) -> int:
    """Sum of the attendees of all events without a slot and a room."""
    unplaced = (timetable.time_option < 0) | (timetable.room_option < 0)
    return sum(
        instance.batches[batch].size
        for event in np.flatnonzero(unplaced).tolist()
        for batch in instance.events[event].batches
    )


def write_solution(instance: Instance, timetable: Timetable) -> bytes:
    """Write a timetable, unplaced events included."""
    lines = []
    for event in range(instance.num_events):
        time = instance.time_of(timetable, event)
        room = instance.room_of(timetable, event)
        if time is None or room is None:
            lines.append("-1 -1\n")
        else:
            slot = (time.days.bit_length() - 1) * HOURS + time.start
            lines.append(f"{slot} {room}\n")
    return "".join(lines).encode()


def read_solution(content: bytes, instance: Instance) -> Timetable:
    """Read a solution of a problem.

    Raises
    ------
    InputError
        With every finding: as `scan_solution`, and every illegal placement.
    """
    return scan_solution(content, instance).strict()


def scan_solution(content: bytes, instance: Instance) -> SolutionFile:
    """Read a solution of a problem, illegal placements apart.

    Raises
    ------
    InputError
        With every finding: slots or rooms that do not exist, too few or many lines.
    """
    return _SolutionReader(instance).read(split_lines(content))


class _SolutionReader(LineReader):
    def __init__(self, instance: Instance) -> None:
        super().__init__()
        self._instance = instance
        self._time_option = np.full(instance.num_events, -1, np.int32)
        self._room_option = np.full(instance.num_events, -1, np.int32)
        self._illegal: list[Issue] = []
        self._misplaced: set[int] = set()

    def read(self, lines: list[Line]) -> SolutionFile:
        expected = self._instance.num_events
        if len(lines) != expected:
            last = lines[-1] if lines else Line(1, "")
            detail = f"expected {expected} lines, found {len(lines)}"
            self.fail(last, "wrong_count", detail)
            self.finish()
        for event, line in enumerate(lines):
            self._read_line(event, line)
        self.finish()
        timetable = Timetable(self._time_option, self._room_option)
        return SolutionFile(timetable, tuple(self._illegal), len(self._misplaced))

    def _read_line(self, index: int, line: Line) -> None:
        fields = line.fields()
        if len(fields) != 2:
            detail = f"expected slot and room, found {len(fields)} fields"
            self.fail(line, "wrong_field_count", detail)
            return
        before = len(self.issues)
        slot = self.number(line, fields, 0, low=-1, high=SLOTS - 1)
        room = self.number(line, fields, 1, low=-1, high=self._instance.num_rooms - 1)
        if len(self.issues) > before:
            return
        if (slot < 0) != (room < 0):
            self.fail(line, "half_placed", "a slot needs a room, and a room a slot")
        elif slot >= 0:
            self._place(line, index, slot, room)

    def _place(self, line: Line, index: int, slot: int, room: int) -> None:
        event = self._instance.events[index]
        day, hour = divmod(slot, HOURS)
        cells = [(o.time.days.bit_length() - 1, o.time.start) for o in event.times]
        rooms = [option.room for option in event.rooms]
        if (day, hour) not in cells:
            detail = f"event {index} is not available in slot {slot}"
            self._refuse(line, "illegal_time", detail, index)
        if room not in rooms:
            detail = f"room {room} is too small for event {index} or lacks a feature"
            self._refuse(line, "illegal_room", detail, index)
        if index not in self._misplaced:
            self._time_option[index] = cells.index((day, hour))
            self._room_option[index] = rooms.index(room)

    def _refuse(self, line: Line, code: str, detail: str, event: int) -> None:
        self._illegal.append(Issue(code, shortened(detail), line.pointer()))
        self._misplaced.add(event)

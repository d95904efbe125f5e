"""A curriculum-based problem as its file states it, and the writer of such files.

References
----------
.. [1] Di Gaspero, L., McCollum, B., Schaerf, A. (2007). The second International
   Timetabling Competition (ITC-2007): curriculum-based course timetabling (track 3).
.. [2] Bonutti, A., De Cesco, F., Di Gaspero, L., Schaerf, A. (2012). Benchmarking
   curriculum-based course timetabling: formulations, data formats, instances,
   validation, visualization, and results. Annals of Operations Research, 194, 59-70.
   https://doi.org/10.1007/s10479-010-0707-0
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "CourseRow",
    "CurriculumProblem",
    "CurriculumRow",
    "RoomRow",
    "write_problem",
]


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course: who teaches it, how many lectures, over how many days, for how many.

    ``double_lectures`` tells whether its lectures of one day should be grouped.
    """

    id: str
    teacher: str
    lectures: int
    min_working_days: int
    students: int
    double_lectures: bool = False


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room with its seats; ``building`` is empty where the file tells none."""

    id: str
    capacity: int
    building: str = ""


@dataclass(frozen=True, slots=True)
class CurriculumRow:
    """Courses (indices) that share students."""

    id: str
    courses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CurriculumProblem:
    """A file of ``.ctt`` or ``.ectt``; courses and rooms are told by index.

    Parameters
    ----------
    name
        Name of the problem.
    days, periods_per_day
        The weekly grid.
    courses, rooms, curricula
        Rows in the order of the file.
    unavailable
        Triples (course, day, period) in which no lecture of the course may be.
    unsuitable
        Pairs (course, room), the room not being suitable; empty in ``.ctt``.
    daily_lectures
        Fewest and most lectures of a curriculum on a day; None in ``.ctt``.
    """

    name: str
    days: int
    periods_per_day: int
    courses: tuple[CourseRow, ...]
    rooms: tuple[RoomRow, ...]
    curricula: tuple[CurriculumRow, ...] = ()
    unavailable: tuple[tuple[int, int, int], ...] = ()
    unsuitable: tuple[tuple[int, int], ...] = ()
    daily_lectures: tuple[int, int] | None = None

    @property
    def extended(self) -> bool:
        """Whether it takes ``.ectt`` to state it."""
        return self.daily_lectures is not None


def write_problem(problem: CurriculumProblem) -> bytes:
    """Write a problem as ``.ectt`` where it is extended, as ``.ctt`` otherwise."""
    sections = [
        _header(problem),
        _section("COURSES", (_course(problem, c) for c in problem.courses)),
        _section("ROOMS", (_room(problem, room) for room in problem.rooms)),
        _section("CURRICULA", (_curriculum(problem, c) for c in problem.curricula)),
        _section(
            "UNAVAILABILITY_CONSTRAINTS",
            (f"{problem.courses[c].id} {d} {p}" for c, d, p in problem.unavailable),
        ),
    ]
    if problem.extended:
        rows = (
            f"{problem.courses[c].id} {problem.rooms[r].id}"
            for c, r in problem.unsuitable
        )
        sections.append(_section("ROOM_CONSTRAINTS", rows))
    return "\n".join([*sections, "END.\n"]).encode()


def _header(problem: CurriculumProblem) -> str:
    rows: list[tuple[str, object]] = [
        ("Name", problem.name),
        ("Courses", len(problem.courses)),
        ("Rooms", len(problem.rooms)),
        ("Days", problem.days),
        ("Periods_per_day", problem.periods_per_day),
        ("Curricula", len(problem.curricula)),
    ]
    if problem.daily_lectures is None:
        rows.append(("Constraints", len(problem.unavailable)))
    else:
        rows += [
            ("Min_Max_Daily_Lectures", "{} {}".format(*problem.daily_lectures)),
            ("UnavailabilityConstraints", len(problem.unavailable)),
            ("RoomConstraints", len(problem.unsuitable)),
        ]
    return "".join(f"{key}: {value}\n" for key, value in rows)


def _section(title: str, rows: Iterable[str]) -> str:
    return f"{title}:\n" + "".join(f"{row}\n" for row in rows)


def _course(problem: CurriculumProblem, course: CourseRow) -> str:
    fields = [
        course.id,
        course.teacher,
        course.lectures,
        course.min_working_days,
        course.students,
    ]
    if problem.extended:
        fields.append(int(course.double_lectures))
    return " ".join(map(str, fields))


def _room(problem: CurriculumProblem, room: RoomRow) -> str:
    row = f"{room.id}\t{room.capacity}"
    return f"{row}\t{room.building}" if problem.extended else row


def _curriculum(problem: CurriculumProblem, curriculum: CurriculumRow) -> str:
    members = " ".join(problem.courses[c].id for c in curriculum.courses)
    return f"{curriculum.id} {len(curriculum.courses)} {members}"

"""A post-enrolment problem as its file states it; its parser and its writer.

References
----------
.. [1] Lewis, R., Paechter, B., McCollum, B. (2007). Post enrolment based course
   timetabling: a description of the problem model used for track two of the second
   International Timetabling Competition. Cardiff University.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from solvers.exceptions import InputError, Issue

from .tokens import NumberFile

__all__ = [
    "HOURS",
    "NUM_DAYS",
    "SLOTS",
    "EnrolmentProblem",
    "Table",
    "parse_problem",
    "write_problem",
]

NUM_DAYS, HOURS = 5, 9
SLOTS = NUM_DAYS * HOURS

MAX_EVENTS = 2_000
MAX_ROOMS = 1_000
MAX_FEATURES = 1_000
MAX_STUDENTS = 50_000

Table = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class EnrolmentProblem:
    """A file of ``.tim``; sizes are E events, R rooms, F features, S students.

    Parameters
    ----------
    room_sizes
        ``(R,)`` int32, seats.
    attends
        ``(S, E)`` int32, 1 where the student attends the event.
    has_feature
        ``(R, F)`` int32, 1 where the room has the feature.
    needs_feature
        ``(E, F)`` int32, 1 where the event needs the feature.
    available
        ``(E, 45)`` int32, 1 where the event may use the slot; None in the dialect of
        2002, which lacks this table and the next.
    precedence
        ``(E, E)`` int32, 1 where the column's event must be later than the row's, -1
        where it must be earlier, else 0; None in the dialect of 2002.
    """

    room_sizes: Table
    attends: Table
    has_feature: Table
    needs_feature: Table
    available: Table | None = None
    precedence: Table | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            table = getattr(self, field.name)
            if table is not None:
                table.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EnrolmentProblem):
            return NotImplemented
        return all(
            _equal(getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)
        )

    __hash__ = None  # type: ignore[assignment]


def _equal(a: Table | None, b: Table | None) -> bool:
    return a is b if a is None or b is None else np.array_equal(a, b)


def parse_problem(content: bytes) -> EnrolmentProblem:
    """Read a file of ``.tim``; its length tells the dialect of 2002 from that of 2007.

    Raises
    ------
    InputError
        With the first finding: a code, a detail and ``line:column``.
    """
    file = NumberFile(content)
    num_events, num_rooms, num_features, num_students = _sizes(file)
    sizes = file.take(1, num_rooms, low=0, high=10**9)[0]
    attends = file.take(num_students, num_events, low=0, high=1)
    has_feature = file.take(num_rooms, num_features, low=0, high=1)
    needs_feature = file.take(num_events, num_features, low=0, high=1)
    available = precedence = None
    if file.left:
        available = file.take(num_events, SLOTS, low=0, high=1)
        first = file.taken
        precedence = file.take(num_events, num_events, low=-1, high=1)
        _refuse_loops(file, first, precedence)
    file.finish()
    return EnrolmentProblem(
        sizes, attends, has_feature, needs_feature, available, precedence
    )


def _sizes(file: NumberFile) -> tuple[int, int, int, int]:
    """Numbers of events, rooms, features and students."""
    num_events = file.take(1, 1, low=1, high=MAX_EVENTS).item()
    num_rooms = file.take(1, 1, low=1, high=MAX_ROOMS).item()
    num_features = file.take(1, 1, low=0, high=MAX_FEATURES).item()
    num_students = file.take(1, 1, low=0, high=MAX_STUDENTS).item()
    return num_events, num_rooms, num_features, num_students


def _refuse_loops(file: NumberFile, first: int, precedence: Table) -> None:
    loops = np.flatnonzero(np.diag(precedence))
    if len(loops):
        where = file.pointer_of(first + int(loops[0]) * (len(precedence) + 1))
        detail = f"event {loops[0]} would precede itself"
        raise InputError(Issue("bad_precedence", detail, where))


def write_problem(problem: EnrolmentProblem) -> bytes:
    """Write a problem in the dialect that it was stated in, a row on each line."""
    num_students, num_events = problem.attends.shape
    num_rooms, num_features = problem.has_feature.shape
    lines = [f"{num_events} {num_rooms} {num_features} {num_students}"]
    lines += [str(size) for size in problem.room_sizes.tolist()]
    for table in (
        problem.attends,
        problem.has_feature,
        problem.needs_feature,
        problem.available,
        problem.precedence,
    ):
        if table is not None:
            lines += [" ".join(map(str, row)) for row in table.tolist()]
    return "\n".join([*lines, ""]).encode()

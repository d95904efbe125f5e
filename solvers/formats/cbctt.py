"""Curriculum-based problems (ITC-2007 track 3) as instances.

A lecture is an event of one slot, a period a slot, the term one week. Lectures of one
course are interchangeable; each is a subpart of its own, as students attend them all.
Unavailable periods, and unsuitable rooms where they are hard, are left out of the
events' own times and rooms. Every soft component is a criterion of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from solvers.exceptions import InputError, Issue
from solvers.model import (
    Batch,
    Configuration,
    Course,
    Event,
    Instance,
    Instructor,
    Preference,
    Room,
    RoomOption,
    Subpart,
    Time,
    TimeOption,
    Weights,
)

from .cbctt_constraints import constraints_of
from .cbctt_document import CurriculumProblem, write_problem
from .cbctt_formulations import Component, Formulation
from .cbctt_parse import parse_problem
from .limits import shortened

__all__ = [
    "Component",
    "CurriculumProblem",
    "Formulation",
    "parse_problem",
    "read_problem",
    "to_instance",
    "write_problem",
]


def read_problem(
    content: bytes, formulation: str | Formulation = Formulation.UD2
) -> Instance:
    """Read a problem of ``.ctt`` or ``.ectt`` under a formulation.

    Parameters
    ----------
    content
        The file.
    formulation
        Which components count, ``UD1`` to ``UD5``; all but the first two need what
        only ``.ectt`` states.

    Raises
    ------
    InputError
        With every finding: a code, a detail and ``line:column``.
    """
    chosen = Formulation.named(formulation)
    return to_instance(parse_problem(content), chosen)


def to_instance(problem: CurriculumProblem, formulation: Formulation) -> Instance:
    """Turn a problem into an instance of the engine's model.

    Raises
    ------
    InputError
        ``needs_extended_file`` if the problem lacks what the formulation counts,
        ``empty_domain`` for courses without any period or room.
    """
    if formulation.needs_extension and not problem.extended:
        detail = f"{formulation} counts what only .ectt files state"
        raise InputError(Issue("needs_extended_file", detail, "1:1"))
    return _Mapping(problem, formulation).instance()


class _Mapping:
    def __init__(self, problem: CurriculumProblem, formulation: Formulation) -> None:
        self._problem = problem
        self._formulation = formulation
        self._shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._lectures: list[range] = []
        total = 0
        for course in problem.courses:
            self._lectures.append(range(total, total + course.lectures))
            total += course.lectures

    def instance(self) -> Instance:
        problem = self._problem
        events = tuple(self._events())
        courses, configurations, subparts = self._courses()
        return Instance(
            name=problem.name,
            num_weeks=1,
            num_days=problem.days,
            slots_per_day=problem.periods_per_day,
            rooms=tuple(
                Room(room.id, room.capacity, building=room.building)
                for room in problem.rooms
            ),
            courses=courses,
            configurations=configurations,
            subparts=subparts,
            events=events,
            constraints=constraints_of(problem, self._lectures, self._formulation),
            preferences=tuple(self._preferences(events)),
            instructors=tuple(map(Instructor, self._teachers)),
            batches=tuple(Batch(curriculum.id) for curriculum in problem.curricula),
            weights=Weights.of(
                {c.value: w for c, w in self._formulation.weights.items()}
            ),
        )

    @cached_property
    def _teachers(self) -> dict[str, int]:
        names = dict.fromkeys(course.teacher for course in self._problem.courses)
        return {name: index for index, name in enumerate(names)}

    # Events: their times and rooms.

    def _courses(
        self,
    ) -> tuple[tuple[Course, ...], tuple[Configuration, ...], tuple[Subpart, ...]]:
        rows = self._problem.courses
        courses = tuple(Course(row.id, (c,)) for c, row in enumerate(rows))
        configurations = tuple(
            Configuration(row.id, c, tuple(self._lectures[c]))
            for c, row in enumerate(rows)
        )
        subparts = tuple(
            Subpart(f"{row.id}/{number}", c, (event,))
            for c, row in enumerate(rows)
            for number, event in enumerate(self._lectures[c], 1)
        )
        return courses, configurations, subparts

    def _events(self) -> Iterator[Event]:
        times, rooms = self._times(), self._rooms()
        for index, course in enumerate(self._problem.courses):
            for number, event in enumerate(self._lectures[index], 1):
                yield Event(
                    id=f"{course.id}/{number}",
                    subpart=event,
                    times=times[index],
                    rooms=rooms[index],
                    instructors=(self._teachers[course.teacher],),
                    batches=self._curricula_of_course[index],
                    name=f"{course.id} lecture {number}",
                )

    @cached_property
    def _curricula_of_course(self) -> list[tuple[int, ...]]:
        found: list[list[int]] = [[] for _ in self._problem.courses]
        for index, curriculum in enumerate(self._problem.curricula):
            for course in curriculum.courses:
                found[course].append(index)
        return [tuple(curricula) for curricula in found]

    def _times(self) -> list[tuple[TimeOption, ...]]:
        """Times of each course; courses of equal periods share one tuple."""
        problem = self._problem
        closed: list[set[tuple[int, int]]] = [set() for _ in problem.courses]
        for course, day, period in problem.unavailable:
            closed[course].add((day, period))
        grid = {
            (day, period): TimeOption(Time(1, 1 << day, period, 1))
            for day in range(problem.days)
            for period in range(problem.periods_per_day)
        }
        known: dict[frozenset[tuple[int, int]], tuple[TimeOption, ...]] = {}
        rows = []
        for periods in map(frozenset, closed):
            if periods not in known:
                left = (time for cell, time in grid.items() if cell not in periods)
                known[periods] = tuple(left)
            rows.append(known[periods])
        self._refuse_empty(rows, "has no available period")
        return rows

    def _rooms(self) -> list[tuple[RoomOption, ...]]:
        options = tuple(map(RoomOption, range(len(self._problem.rooms))))
        if not self._formulation.suitability_is_hard:
            return [options] * len(self._problem.courses)
        rows = [
            tuple(option for option in options if option.room not in unsuitable)
            for unsuitable in self._unsuitable
        ]
        self._refuse_empty(rows, "has no suitable room")
        return rows

    @cached_property
    def _unsuitable(self) -> list[set[int]]:
        rooms: list[set[int]] = [set() for _ in self._problem.courses]
        for course, room in self._problem.unsuitable:
            rooms[course].add(room)
        return rooms

    def _refuse_empty(self, rows: Iterable[tuple[object, ...]], what: str) -> None:
        """Refuse courses that can be placed nowhere; their place is their row."""
        issues = [
            Issue(
                "empty_domain",
                shortened(f"course {course.id} {what}"),
                f"COURSES:{row}",
            )
            for row, (course, options) in enumerate(
                zip(self._problem.courses, rows, strict=True), 1
            )
            if not options
        ]
        if issues:
            raise InputError(issues)

    def _preferences(self, events: tuple[Event, ...]) -> Iterator[Preference]:
        """Room penalties of every event: seats that lack, rooms that do not suit."""
        for index, course in enumerate(self._problem.courses):
            rooms = tuple(o.room for o in events[self._lectures[index][0]].rooms)
            lacking = self._lacking_seats(rooms, course.students)
            yield from self._room_penalties(index, Component.ROOM_CAPACITY, lacking)
            bad = tuple(int(r in self._unsuitable[index]) for r in rooms)
            yield from self._room_penalties(index, Component.ROOM_SUITABILITY, bad)

    def _lacking_seats(self, rooms: tuple[int, ...], students: int) -> tuple[int, ...]:
        seats = (self._problem.rooms[room].capacity for room in rooms)
        lacking = tuple(max(0, students - here) for here in seats)
        return self._shared.setdefault(lacking, lacking)

    def _room_penalties(
        self, course: int, component: Component, penalties: tuple[int, ...]
    ) -> Iterator[Preference]:
        if component in self._formulation.weights and any(penalties):
            for event in self._lectures[course]:
                yield Preference(component.value, event, "room", penalties)

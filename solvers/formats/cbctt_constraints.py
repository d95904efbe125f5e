"""Hard conflicts and soft components of curriculum-based problems as constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from solvers.model import Constraint

from .cbctt_document import CurriculumProblem
from .cbctt_formulations import Component, Formulation

__all__ = ["constraints_of"]


def constraints_of(
    problem: CurriculumProblem, lectures: Sequence[range], formulation: Formulation
) -> tuple[Constraint, ...]:
    """Constraints of a problem under a formulation, the hard ones first.

    Parameters
    ----------
    problem
        The problem.
    lectures
        Event indices of each course's lectures.
    formulation
        Which components count.
    """
    rules = _Rules(problem, lectures)
    counted = {component.value for component in formulation.weights}
    soft = (*rules.of_courses(), *rules.of_curricula())
    kept = (rule for rule in soft if rule.criterion in counted and rule.events)
    return (*rules.conflicts(), *kept)


class _Rules:
    def __init__(self, problem: CurriculumProblem, lectures: Sequence[range]) -> None:
        self._problem = problem
        self._lectures = lectures

    def conflicts(self) -> Iterator[Constraint]:
        """One clique for each teacher, and each curriculum not part of another one."""
        problem = self._problem
        by_teacher: dict[str, list[int]] = {}
        for index, course in enumerate(problem.courses):
            by_teacher.setdefault(course.teacher, []).append(index)
        for name, courses in by_teacher.items():
            yield from self._clique(courses, f"teacher {name}")
        for curriculum in _maximal(c.courses for c in problem.curricula):
            name = problem.curricula[curriculum].id
            courses = list(problem.curricula[curriculum].courses)
            yield from self._clique(courses, f"curriculum {name}")

    def _clique(self, courses: list[int], label: str) -> Iterator[Constraint]:
        events = self._events_of(courses)
        if len(events) > 1:
            yield Constraint("NotOverlap", events, required=True, label=label)

    def _events_of(self, courses: Iterable[int]) -> tuple[int, ...]:
        return tuple(event for course in courses for event in self._lectures[course])

    def of_courses(self) -> Iterator[Constraint]:
        for index, course in enumerate(self._problem.courses):
            events = tuple(self._lectures[index])
            label = f"course {course.id}"
            several = len(events) > 1
            if course.min_working_days > 0:
                days = (course.min_working_days,)
                rule = Component.MIN_WORKING_DAYS
                yield _soft("MinWorkingDays", rule, days, events, label)
            if several:
                rule = Component.ROOM_STABILITY
                yield _soft("RoomStability", rule, (), events, label)
            if several and course.double_lectures:
                rule = Component.DOUBLE_LECTURES
                yield _soft("DoubleLectures", rule, (0,), events, label)

    def of_curricula(self) -> Iterator[Constraint]:
        load = self._problem.daily_lectures or (0, self._problem.periods_per_day)
        rules: tuple[tuple[str, Component, tuple[int, ...]], ...] = (
            ("Compactness", Component.ISOLATED_LECTURES, (0,)),
            ("Gaps", Component.WINDOWS, (0,)),
            ("MeetingsPerDay", Component.STUDENT_MIN_MAX_LOAD, load),
            ("BuildingChanges", Component.TRAVEL_DISTANCE, (0,)),
        )
        for curriculum in self._problem.curricula:
            events = self._events_of(curriculum.courses)
            for kind, component, params in rules:
                label = f"curriculum {curriculum.id}"
                yield _soft(kind, component, params, events, label)


def _soft(
    kind: str,
    component: Component,
    params: tuple[int, ...],
    events: tuple[int, ...],
    label: str,
) -> Constraint:
    return Constraint(
        type=kind,
        events=events,
        required=False,
        penalty=1,
        params=params,
        criterion=component.value,
        label=label,
    )


def _maximal(sets: Iterable[Iterable[int]]) -> list[int]:
    """Indices of sets that are part of no other one; of equal sets the first."""
    members = [frozenset(items) for items in sets]
    largest_first = sorted(range(len(members)), key=lambda i: (-len(members[i]), i))
    holding: dict[int, list[int]] = {}
    kept = []
    for index in largest_first:
        mine = members[index]
        rarest = min((holding.get(item, []) for item in mine), key=len, default=[])
        if mine and not any(mine <= members[other] for other in rarest):
            kept.append(index)
            for item in mine:
                holding.setdefault(item, []).append(index)
    return sorted(kept)

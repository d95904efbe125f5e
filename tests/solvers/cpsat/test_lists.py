"""Whole-list types in CP-SAT: modeled, cut off, or at least never believed wrongly."""

import numpy as np
import pytest

from solvers.constraints import CONSTRAINT_TYPES, ListType
from solvers.cpsat import Problem, improve
from solvers.cpsat.assignment import Assignment
from solvers.cpsat.audit import find_clashes
from solvers.cpsat.exact import solve_exactly
from solvers.cpsat.solving import Limits
from solvers.model import Constraint, Instance, InstanceArrays, Time, Timetable
from solvers.verification import verify
from tests.solvers.tiny import all_timetables, tiny_instance
from tests.strategies import random_instance, random_params

LISTS = [name for name, kind in CONSTRAINT_TYPES.items() if isinstance(kind, ListType)]
BUILDINGS = ("north", "south", "north")


def _tiny(rng: np.random.Generator, name: str) -> Instance:
    instance = tiny_instance(rng, {name: random_params(rng, name)})
    rooms = zip(instance.rooms, BUILDINGS, strict=True)
    return instance.replace(
        rooms=tuple(
            type(room)(room.id, unavailable=room.unavailable, building=building)
            for room, building in rooms
        )
    )


@pytest.mark.parametrize("name", LISTS)
def test_no_solution_is_refuted_and_no_failure_believed(name: str) -> None:
    """Against every timetable of tiny instances that require the type."""
    solved = 0
    for seed in range(12):
        instance = _tiny(np.random.default_rng([seed, len(name)]), name)
        problem = Problem(instance)
        empty = Assignment.empty(problem.arrays)
        found, refuted = solve_exactly(problem, empty, Limits(seconds=5.0, seed=seed))
        possible = any(verify(instance, t).feasible for t in all_timetables(instance))
        assert not (refuted and possible)
        if found is not None and not refuted:
            # Cuts may run out of rounds; then the audit must say that it failed.
            kept = verify(instance, found.timetable()).feasible
            assert kept == (find_clashes(problem, found).total == 0)
            solved += kept
    assert solved


def test_lists_are_looked_at_again_when_their_events_move() -> None:
    """What the audit remembers equals what a new one finds."""
    rng = np.random.default_rng(0)
    instance = random_instance(1)
    rules = tuple(
        Constraint(name, tuple(rng.permutation(5).tolist()), True, 0, params)
        for name in LISTS
        for params in [random_params(rng, name)]
    )
    problem = Problem(instance.replace(constraints=rules))
    arrays = problem.arrays
    assignment, seen = Assignment.empty(arrays), set()
    for _ in range(60):
        event = int(rng.integers(arrays.num_events))
        first, last = arrays.time_ptr[event : event + 2]
        assignment.time_pos[event] = int(rng.integers(first - 1, last))
        if assignment.time_pos[event] < first:
            assignment.time_pos[event] = -1
        broken = problem.scores.broken(assignment)
        assert broken == Problem(problem.instance, arrays).scores.broken(assignment)
        seen.add(tuple(broken))
    assert len(seen) > 3


@pytest.mark.parametrize("name", LISTS)
def test_soft_types_never_make_an_accepted_timetable_worse(name: str) -> None:
    """The exact score decides, whatever the model knows of the type."""
    improved = 0
    for seed in range(8):
        rng = np.random.default_rng([seed, len(name)])
        instance = _tiny(rng, name)
        soft = tuple(
            Constraint(c.type, c.events, False, 50, c.params)
            for c in instance.constraints
        )
        instance = instance.replace(constraints=soft)
        start = Timetable.of(
            [int(rng.integers(len(e.times))) for e in instance.events],
            [int(rng.integers(len(e.rooms))) if e.rooms else -1
             for e in instance.events],
        )  # fmt: skip
        outcome = improve(instance, start, range(4), time_limit=2.0, seed=seed)
        after = verify(instance, outcome.timetable)
        assert (after.total_hard, after.cost) == outcome.after
        assert outcome.after <= outcome.before
        improved += outcome.after < outcome.before
    assert improved


@pytest.mark.parametrize("name", LISTS)
def test_scores_of_lists_are_those_of_the_verifier(name: str) -> None:
    """Measured week by week and cached, and still the same value."""
    for seed in range(8):
        rng = np.random.default_rng([seed, len(name)])
        instance = _tiny(rng, name)
        problem = Problem(instance)
        arrays = problem.arrays
        (number,) = np.flatnonzero(arrays.list_hard).tolist()
        members = instance.constraints[0].events
        for timetable in list(all_timetables(instance))[:60]:
            times = [_time_index(instance, timetable, arrays, e) for e in members]
            rooms = [instance.room_of(timetable, e) for e in members]
            indices = [instance.num_rooms if r is None else r for r in rooms]
            broken = verify(instance, timetable).hard_violations.get(name, 0)
            assert (problem.scores.value(number, times, indices) > 0) == bool(broken)


def _time_index(
    instance: Instance, timetable: Timetable, arrays: InstanceArrays, event: int
) -> int:
    time = instance.time_of(timetable, event)
    for index in range(len(arrays.weeks)):
        length = int(arrays.end[index] - arrays.start[index])
        weeks, days = int(arrays.weeks[index]), int(arrays.days[index])
        if Time(weeks, days, int(arrays.start[index]), length) == time:
            return index
    raise AssertionError("a time is missing from the arrays")

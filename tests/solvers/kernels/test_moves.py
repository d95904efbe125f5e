"""Every kind of move changes the cost by the difference of two full evaluations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.model import (
    Configuration,
    Cost,
    Course,
    Event,
    Instance,
    Student,
    Subpart,
    Time,
    TimeOption,
    Timetable,
    Weights,
    compile_instance,
)
from solvers.search import SearchState
from solvers.search.state import ANY_MOVE, ROOM_MOVE, TIME_MOVE
from solvers.verification import verify
from tests.strategies import random_instance

ALWAYS = 1e12
MOVES = {
    "time": (TIME_MOVE, (0.0, 0.0, 0.0)),
    "room": (ROOM_MOVE, (0.0, 0.0, 0.0)),
    "any": (ANY_MOVE, (0.0, 0.0, 0.0)),
    "focused": (ANY_MOVE, (0.0, 0.0, 1.0)),
    "swap": (ANY_MOVE, (0.0, 1.0, 0.0)),
    "chain": (ANY_MOVE, (1.0, 0.0, 0.0)),
}
LINKS = ("room_head", "room_next", "room_prev")
SCRATCH = ("rng", "stop", "members", "meetings", "moved", "log", "marks", "clash")
SCRATCH += ("option_hard", "option_soft", "places", "counters")

seeds = st.integers(0, 2**16)


def _started(seed: int) -> tuple[Instance, SearchState]:
    instance = random_instance(seed)
    state = SearchState(compile_instance(instance), seed)
    state.randomize()
    state.section_students()
    return instance, state


def _tables(state: SearchState) -> dict[str, np.ndarray]:
    """All tables that moves keep up to date; order within a room does not matter."""
    hidden = {*LINKS, *SCRATCH, "best_cost", "best_time", "best_room", "best_bundle"}
    fields = state._state._asdict()
    return {name: value.copy() for name, value in fields.items() if name not in hidden}


def _reloaded(state: SearchState) -> SearchState:
    other = SearchState(state.arrays, 0)
    other.load(state.timetable())
    return other


@pytest.mark.parametrize("move", MOVES)
@given(seed=seeds)
@settings(max_examples=8, deadline=None)
def test_delta_equals_the_difference_of_full_evaluations(move: str, seed: int) -> None:
    """For every kind of move, against the verifier and a rebuilt state."""
    instance, state = _started(seed)
    kind, rates = MOVES[move]
    for _ in range(4):
        before, verified = state.cost, verify(instance, state.timetable())
        state.anneal_events(1, ALWAYS, 1.0, kind=kind, rates=rates)
        after = verify(instance, state.timetable())
        assert state.cost.soft - before.soft == after.cost - verified.cost
        assert (state.cost.hard == 0) == after.feasible
        assert state.cost == _reloaded(state).cost


@given(seed=seeds)
@settings(max_examples=8, deadline=None)
def test_student_moves_change_the_cost_by_the_difference(seed: int) -> None:
    """Another bundle or an exchange of two students, limits included."""
    instance, state = _started(seed)
    for rates in ((0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (0.2, 1.0)):
        before, verified = state.cost, verify(instance, state.timetable())
        state.anneal_students(3, ALWAYS, 1.0, rates)
        after = verify(instance, state.timetable())
        assert state.cost.soft - before.soft == after.cost - verified.cost
        assert (state.cost.hard == 0) == after.feasible


@given(seed=seeds)
@settings(max_examples=12, deadline=None)
def test_joint_moves_change_the_cost_as_they_reckon(seed: int) -> None:
    """Another time and other bundles at once, one move or many."""
    instance, state = _started(seed)
    for work, temperature in ((1, ALWAYS), (1, 30.0), (40, ALWAYS), (200, 5.0)):
        before, verified = state.cost, verify(instance, state.timetable())
        _, change = state.anneal_jointly(work, temperature, 1.0)
        after = verify(instance, state.timetable())
        assert change == after.cost - verified.cost == state.cost.soft - before.soft
        assert (state.cost.hard == 0) == after.feasible
        assert state.cost == _reloaded(state).cost


def test_a_joint_move_leaves_where_no_other_move_leads_out() -> None:
    """A class and two students must change at once; each alone makes a conflict."""
    state = SearchState(compile_instance(_locked_instance()), 0)
    enrollments = ((0, 0), (1, 1), (0, 2), (1, 3))
    state.load(Timetable.of([1, 0, 0, 0], [-1] * 4, enrollments))
    assert state.cost == Cost(0, 10)
    state.anneal_events(4000, 0.0, 1e4, rates=(0.1, 0.1, 0.0))
    state.anneal_students(4000, 0.0, 1e4)
    assert state.cost == Cost(0, 10)
    accepted, change = state.anneal_jointly(400, 0.0, 1e4)
    assert accepted
    assert (change, state.cost) == (-10, Cost(0, 0))
    verified = verify(_locked_instance(), state.timetable())
    assert (verified.feasible, verified.cost) == (True, 0)


def _locked_instance() -> Instance:
    """Two classes of one course with a seat each, and a fixed course per student.

    The first class may go from the second slot, at a cost, to the first; there its
    student is busy, and the other student is busy in the second.
    """
    first, second, third = (Time(1, 1, 4 * slot, 2) for slot in range(3))
    wide = (TimeOption(first), TimeOption(second, 10))
    parts = ((0, 1), (2,), (3,))
    times = (wide, (TimeOption(third),), (TimeOption(first),), (TimeOption(second),))
    part_of = {event: part for part, events in enumerate(parts) for event in events}
    return Instance(
        name="locked",
        num_weeks=1,
        num_days=1,
        slots_per_day=24,
        rooms=(),
        courses=tuple(Course(f"c{part}", (part,)) for part in range(3)),
        configurations=tuple(Configuration(f"f{c}", c, (c,)) for c in range(3)),
        subparts=tuple(Subpart(f"s{p}", p, events) for p, events in enumerate(parts)),
        events=tuple(
            Event(f"e{e}", part_of[e], options, (), limit=1)
            for e, options in enumerate(times)
        ),
        students=(Student("x", (0, 1)), Student("y", (0, 2))),
        weights=Weights.of({"time": 1, "room": 1, "distribution": 1, "student": 100}),
    )


@pytest.mark.parametrize("move", MOVES)
@given(seed=seeds)
@settings(max_examples=6, deadline=None)
def test_tables_after_many_moves_are_those_of_a_fresh_build(
    move: str, seed: int
) -> None:
    """Accepted and undone moves leave every table as a rebuild makes it."""
    _, state = _started(seed)
    kind, rates = MOVES[move]
    state.anneal_events(60, 30.0, 40.0, kind=kind, rates=rates)
    tables, fresh = _tables(state), _tables(_reloaded(state))
    for name, value in fresh.items():
        assert np.array_equal(tables[name], value), name


@pytest.mark.parametrize("move", MOVES)
def test_at_temperature_zero_nothing_gets_worse(move: str) -> None:
    """The penalized cost only falls when no worse move is accepted."""
    kind, rates = MOVES[move]
    for seed in range(4):
        _, state = _started(seed)
        seen = []
        for _ in range(12):
            state.anneal_events(20, 0.0, 50.0, kind=kind, rates=rates)
            seen.append(50 * state.cost.hard + state.cost.soft)
        assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(("move", "kept"), [("time", "room"), ("room", "time")])
def test_moves_of_one_kind_leave_the_other_alone(move: str, kept: str) -> None:
    """Time moves keep rooms, room moves keep times."""
    kind, rates = MOVES[move]
    _, state = _started(3)
    before = getattr(state.timetable(), f"{kept}_option").tolist()
    moved = getattr(state.timetable(), f"{move}_option").tolist()
    state.anneal_events(300, ALWAYS, 1.0, kind=kind, rates=rates)
    assert getattr(state.timetable(), f"{kept}_option").tolist() == before
    assert getattr(state.timetable(), f"{move}_option").tolist() != moved


def test_fixed_events_never_move() -> None:
    """Events with one placement stay, whatever is tried around them."""
    _, state = _started(5)
    fixed = np.setdiff1d(np.arange(state.arrays.num_events), state.arrays.movable)
    before = state.timetable()
    state.anneal_events(2000, ALWAYS, 1.0, rates=(0.2, 0.3, 0.2))
    after = state.timetable()
    assert len(fixed)
    assert (before.time_option[fixed] == after.time_option[fixed]).all()
    assert (before.room_option[fixed] == after.room_option[fixed]).all()


def test_equal_seeds_make_equal_moves() -> None:
    """The generator is part of the state."""
    instance = random_instance(2)
    found = []
    for _ in range(2):
        state = SearchState(compile_instance(instance), 9)
        state.randomize()
        state.section_students()
        state.anneal_events(500, 20.0, 30.0)
        state.anneal_students(200, 5.0, 30.0)
        found.append((state.timetable(), state.cost, state.moves))
    assert found[0] == found[1]

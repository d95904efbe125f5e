"""CP-SAT as an operator: never worse, exact on tiny instances, legal neighborhoods."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.communities import detect_communities
from solvers.cpsat import (
    CpsatParams,
    LnsStatus,
    Neighborhood,
    Problem,
    improve,
    pick_events,
)
from solvers.model import Cost, Instance, Timetable, compile_instance
from solvers.search import SearchState
from solvers.verification import verify
from tests.solvers.tiny import feasible_timetables, tiny_instance
from tests.strategies import random_instance

WITHOUT_CLOCK = CpsatParams(max_deterministic_time=0.5)


def _cost(instance: Instance, timetable: Timetable) -> Cost:
    found = verify(instance, timetable)
    return Cost(found.total_hard, found.cost)


def _random_timetable(instance: Instance, seed: int) -> Timetable:
    state = SearchState(compile_instance(instance), seed)
    state.randomize()
    state.section_students()
    return state.timetable()


@given(seed=st.integers(0, 2**16), kind=st.sampled_from(Neighborhood))
@settings(max_examples=12, deadline=None)
def test_it_is_never_worse_than_its_input(seed: int, kind: Neighborhood) -> None:
    """Exact scores before and after, from violated starts as well."""
    instance = random_instance(seed)
    timetable = _random_timetable(instance, seed)
    problem, rng = Problem(instance), np.random.default_rng(seed)
    free = pick_events(
        kind, problem, timetable, 6, rng, communities=detect_communities(instance)
    )
    outcome = improve(
        instance, timetable, free, seed=seed, params=WITHOUT_CLOCK, problem=problem
    )
    assert outcome.before == _cost(instance, timetable)
    assert outcome.after == _cost(instance, outcome.timetable)
    assert outcome.after <= outcome.before
    assert (outcome.status is LnsStatus.IMPROVED) == (outcome.after < outcome.before)
    kept = np.setdiff1d(np.arange(instance.num_events), free)
    for name in ("time_option", "room_option"):
        before, after = getattr(timetable, name), getattr(outcome.timetable, name)
        assert (before[kept] == after[kept]).all()
    assert outcome.timetable.enrollments.tolist() == timetable.enrollments.tolist()


@pytest.mark.parametrize("seed", range(10))
def test_freeing_everything_finds_the_optimum_of_brute_force(seed: int) -> None:
    """Pairwise rules, times and rooms are modeled exactly."""
    types: dict[str, tuple[int, ...]] = {"NotOverlap": (), "SameAttendees": ()}
    instance = tiny_instance(np.random.default_rng(seed), types)
    possible = [_cost(instance, t) for t in feasible_timetables(instance)]
    if not possible:
        pytest.skip("no feasible timetable")
    start = feasible_timetables(instance)[-1]
    outcome = improve(
        instance, start, range(instance.num_events), params=WITHOUT_CLOCK, seed=seed
    )
    assert outcome.optimal
    assert outcome.after == min(possible)


@pytest.mark.parametrize("kind", Neighborhood)
def test_neighborhoods_hold_distinct_movable_events(kind: Neighborhood) -> None:
    """As many as wanted at most, of every kind, with and without communities."""
    instance = random_instance(3)
    problem, rng = Problem(instance), np.random.default_rng(0)
    timetable = _random_timetable(instance, 3)
    for communities in (None, detect_communities(instance)):
        for size in (1, 4, 1000):
            free = pick_events(
                kind, problem, timetable, size, rng, communities=communities
            )
            assert 0 < len(free) <= size
            assert len(set(free)) == len(free)
            assert set(free) <= set(problem.arrays.movable.tolist())


def test_nothing_free_or_a_stop_changes_nothing() -> None:
    """The input comes back as it is."""
    instance = random_instance(1)
    timetable = _random_timetable(instance, 1)
    for free, stop in (((), None), ((0, 1), lambda: True)):
        outcome = improve(instance, timetable, free, should_stop=stop)
        assert outcome.timetable is timetable
        assert outcome.status is LnsStatus.UNCHANGED


def test_equal_seeds_improve_equally_without_clocks() -> None:
    """Deterministic mode repeats itself."""
    instance = random_instance(6)
    timetable = _random_timetable(instance, 6)
    found = [
        improve(instance, timetable, range(8), seed=4, params=WITHOUT_CLOCK).timetable
        for _ in range(2)
    ]
    assert found[0] == found[1]

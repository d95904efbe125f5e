"""The kernels' tables, moves and costs agree with the independent verifier."""

import numpy as np
import pytest

from solvers.formats.itc2019 import read_problem
from solvers.model import Cost, Instance, Weights, compile_instance, reweight
from solvers.search import SearchState
from solvers.verification import verify
from tests.benchmark_data import benchmark_file
from tests.strategies import random_instance

NO_GROWTH = (1.0, 0.0, 1e300)


def _agrees(instance: Instance, state: SearchState) -> None:
    for timetable, cost in (
        (state.timetable(), state.cost),
        (state.best(), state.best_cost),
    ):
        found = verify(instance, timetable)
        assert found.cost == cost.soft
        assert found.feasible == (cost.hard == 0)


@pytest.mark.parametrize("seed", range(25))
def test_every_move_keeps_cost_equal_to_a_full_evaluation(seed: int) -> None:
    """Delta equals full(after) - full(before), for all types and kinds of moves."""
    instance = random_instance(seed)
    state = SearchState(compile_instance(instance), seed)
    state.randomize()
    state.section_students()
    _agrees(instance, state)
    for step in range(40):
        rates = ((0.0, 0.0, 0.0), (0.5, 0.0, 0.5), (0.0, 1.0, 0.0))[step % 3]
        state.anneal_events(8, 40.0, 30.0, rates=rates, kind=step % 3)
        state.anneal_students(4, 20.0, 30.0)
        incremental = state.cost
        _agrees(instance, state)
        state.load(state.timetable())
        assert state.cost == incremental


@pytest.mark.parametrize("seed", range(8))
def test_loading_the_best_gives_its_cost(seed: int) -> None:
    """A timetable read back and loaded elsewhere is the same timetable."""
    instance = random_instance(seed)
    arrays = compile_instance(instance)
    state = SearchState(arrays, seed)
    state.randomize()
    state.section_students()
    state.anneal_events(2000, 20.0, 50.0)
    other = SearchState(arrays, seed + 1)
    other.load(state.best())
    assert other.cost == state.best_cost
    assert other.timetable() == state.best()


def test_best_so_far_never_gets_worse() -> None:
    """Heat spoils the current assignment, never the best one."""
    instance = random_instance(3)
    state = SearchState(compile_instance(instance), 0)
    seen: list[Cost] = []
    for temperature in (1.0, 1000.0, 1.0, 1000.0):
        state.anneal_events(3000, temperature, 50.0)
        seen.append(state.best_cost)
    assert seen == sorted(seen, reverse=True)


def test_reweighted_arrays_equal_a_fresh_compilation() -> None:
    """Sharing tables between variants changes nothing but costs."""
    instance = random_instance(5)
    names = {*instance.weights, "time", "room", "student"}
    weights = Weights.of({name: k + 1 for k, name in enumerate(sorted(names))})
    shared = reweight(instance, compile_instance(instance), weights)
    fresh = compile_instance(instance.replace(weights=weights))
    for name in fresh._fields:
        assert np.array_equal(getattr(shared, name), getattr(fresh, name)), name


def test_a_stopped_state_returns_at_once() -> None:
    """With the stop flag up no move is made."""
    state = SearchState(compile_instance(random_instance(1)), 0)
    state.request_stop()
    state.anneal_events(10**9, 1.0, 50.0)
    assert state.moves == 0


@pytest.mark.parametrize(
    "name", ["lums-sum17", "bet-sum18", "pu-cs-fal07", "wbg-fal10"]
)
def test_public_instances_become_feasible(name: str) -> None:
    """Plain annealing on hard constraints places every class of the demo instances."""
    path = benchmark_file(f"itc2019/{name}.xml")
    instance = read_problem(path.read_bytes())
    state = SearchState(compile_instance(instance), 1)
    state.randomize()
    state.section_students()
    for step in range(20):
        state.anneal_events(
            200_000, 2e4 * 0.8**step, 1e5, growth=NO_GROWTH, rates=(0.02, 0.02, 0.3)
        )
        state.anneal_students(20_000, 1.0, 1000.0)
        if state.best_cost.hard == 0:
            break
    found = verify(instance, state.best())
    assert found.feasible
    assert found.cost == state.best_cost.soft

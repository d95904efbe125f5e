"""Grid kernels: every move changes the cost by what the verifier says."""

import numpy as np
import pytest

from solvers.exceptions import EngineError
from solvers.formats import cbctt, pectt
from solvers.grid import GridAnnealing, GridSearchState, grid_arrays
from solvers.model import Cost, Instance, Timetable, compile_instance
from solvers.verification import verify
from tests.benchmark_data import benchmark_file

from .grids import curricula_instance, enrolled_instance


def _state(instance: Instance, seed: int = 0) -> GridSearchState:
    arrays = compile_instance(instance)
    grid = grid_arrays(arrays)
    assert grid is not None
    return GridSearchState(arrays, grid, seed)


def _agrees(instance: Instance, timetable: Timetable, cost: Cost) -> None:
    found = verify(instance, timetable)
    assert found.feasible == (cost.hard == 0)
    clashes = found.total_hard - found.hard_violations.get("Unassigned", 0)
    if not clashes:
        assert found.cost == cost.soft
        assert found.total_hard == cost.hard


def _check(instance: Instance, state: GridSearchState) -> None:
    _agrees(instance, state.timetable(), state.cost)
    _agrees(instance, state.best(), state.best_cost)


def _reloads(state: GridSearchState) -> None:
    """Loading what is there builds the same tables from scratch."""
    if state.num_unplaced:
        return
    incremental = state.cost
    state.load(state.timetable())
    assert state.cost == incremental


@pytest.mark.parametrize("seed", range(12))
def test_moves_over_cells_keep_the_cost_exact(seed: int) -> None:
    """Delta equals full(after) - full(before), clashes and all."""
    instance = curricula_instance(seed)
    state = _state(instance, seed)
    for step in range(150):
        temperature = (60.0, 5.0)[step % 2]
        state.anneal_cells(1 + step % 4, temperature, 20.0, (0.2, 0.2, 0.3))
        _check(instance, state)
        _reloads(state)


@pytest.mark.parametrize("seed", range(12))
def test_moves_over_periods_keep_the_cost_exact(seed: int) -> None:
    """Transfers, swaps and chains cost what they cost and never break a rule."""
    instance = enrolled_instance(seed)
    state = _state(instance, seed)
    for step in range(150):
        rates = ((0.0, 0.3), (0.5, 0.0), (0.5, 0.5))[step % 3]
        state.anneal_periods(4, (200.0, 5.0)[step % 2], 20.0, rates)
        _check(instance, state)
        found = verify(instance, state.timetable())
        assert set(found.hard_violations) <= {"Unassigned"}
        _reloads(state)


@pytest.mark.parametrize("seed", range(12))
def test_insertion_never_breaks_a_rule(seed: int) -> None:
    """Whatever is put in, all that is in its way goes to the pool."""
    instance = enrolled_instance(seed, num_events=26)
    state = _state(instance, seed)
    for _ in range(60):
        state.insert_events(5, hard_temperature=1.0, mixing=0.3)
        _check(instance, state)
        found = verify(instance, state.timetable())
        assert set(found.hard_violations) <= {"Unassigned"}
        assert found.total_hard == state.num_unplaced


def test_every_kind_of_move_is_made() -> None:
    """Moves are not only tried: a hot search leaves no event where it was."""
    for instance in (curricula_instance(0), enrolled_instance(0)):
        state = _state(instance)
        before = state.timetable()
        if state.rooms_are_free:
            state.insert_events(10_000)
            before = state.timetable()
            _, chains, _ = state.anneal_periods(2000, 1e6, 1e6, (1.0, 0.0))
            _, others, _ = state.anneal_periods(2000, 1e6, 1e6, (0.0, 0.0))
            _, forced, _ = state.anneal_periods(2000, 1e6, 1e6, (0.0, 1.0))
            assert min(chains, others, forced) > 20
        else:
            _, rooms = state.anneal_cells(2000, 1e6, 1e6, (1.0, 0.0, 0.0))
            _, periods = state.anneal_cells(2000, 1e6, 1e6, (0.0, 1.0, 0.0))
            _, chains = state.anneal_cells(2000, 1e6, 1e6, (0.0, 0.0, 1.0))
            assert min(rooms, periods, chains) > 20
        moved = before.time_option != state.timetable().time_option
        assert moved.mean() > 0.5


def test_two_events_loaded_into_one_cell_part() -> None:
    """A crossover's child becomes an assignment with one event in each cell."""
    instance = curricula_instance(4)
    state = _state(instance)
    zeros = np.zeros(instance.num_events, np.int32)
    state.load(Timetable(zeros, zeros))
    found = verify(instance, state.timetable())
    assert not {"RoomConflict", "RoomUnavailable"} & set(found.hard_violations)
    _check(instance, state)


def test_loading_the_best_gives_its_cost() -> None:
    """A timetable read back and loaded elsewhere is the same timetable."""
    instance = curricula_instance(5)
    state = _state(instance)
    state.anneal_cells(20_000, 3.0, 30.0)
    other = _state(instance, 1)
    other.load(state.best())
    assert other.cost == state.best_cost
    assert other.timetable() == state.best()


def test_a_timetable_of_another_instance_is_refused() -> None:
    """A wrong length is told at once."""
    with pytest.raises(EngineError):
        _state(curricula_instance(1)).load(Timetable.of([0], [0]))


def test_a_stopped_state_returns_at_once() -> None:
    """With the stop flag up a long search ends."""
    for instance in (curricula_instance(1), enrolled_instance(1)):
        state = _state(instance)
        state.request_stop()
        state.anneal_cells(10**9, 1.0, 50.0)
        state.anneal_periods(10**9, 1.0, 9.0)
        state.insert_events(10**9)
        assert state.moves <= 3 * 1024


def _anneal(instance: Instance, seed: int, steps: int = 30) -> GridSearchState:
    state = _state(instance, seed)
    annealing = GridAnnealing(state)
    annealing.find_feasible(lambda: False, 20_000_000)
    for step in range(steps):
        annealing.run(step / steps, 20_000)
    return state


@pytest.mark.parametrize("make", [curricula_instance, enrolled_instance])
def test_equal_seeds_repeat_a_run(make) -> None:
    """Work is counted in moves: a seed determines the timetable."""
    first, second = (_anneal(make(7), 3) for _ in range(2))
    assert first.best() == second.best()
    assert first.moves == second.moves
    assert _anneal(make(7), 4).timetable() != first.timetable()


@pytest.mark.parametrize("make", [curricula_instance, enrolled_instance])
def test_annealing_improves_and_cools(make) -> None:
    """The schedule ends cold and far below a random start."""
    instance = make(9)
    start = _state(instance, 1).cost
    state = _anneal(instance, 1)
    assert state.best_cost.hard == 0
    assert state.best_cost < start
    _check(instance, state)
    annealing = GridAnnealing(state)
    annealing.run(0.0, 1000)
    hot = annealing.temperature
    annealing.run(1.0, 1000)
    assert annealing.temperature < hot / 5


def test_public_instances_become_feasible() -> None:
    """A few seconds suffice for a feasible timetable that the verifier confirms."""
    comp = benchmark_file("itc2007-cbctt/comp05.ctt")
    pe = benchmark_file("itc2007-pe/comp-2007-2-8.tim")
    for instance in (
        cbctt.read_problem(comp.read_bytes()),
        pectt.read_problem(pe.read_bytes()),
    ):
        state = _state(instance, 1)
        annealing = GridAnnealing(state)
        assert annealing.find_feasible(lambda: False, 40_000_000)
        for step in range(10):
            annealing.run(step / 10, 100_000)
        found = verify(instance, state.best())
        assert found.feasible
        assert found.cost == state.best_cost.soft

"""Islands that make several annealings in the time of one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvers.communities import detect_communities
from solvers.ga import Island
from solvers.ga.turns import Turns
from solvers.model import compile_instance
from solvers.params import IslandParams
from solvers.search import AnnealingParams, SearchState
from tests.strategies import random_instance

from .test_ga import _timetable

QUICK = AnnealingParams(event_work=200, student_work=40)


def _walk(turns: Turns, moves: int, begin: float = 0.0) -> list[tuple[int, float]]:
    """Places of an island that tries ``moves`` in its whole schedule."""
    steps = [min(1.0, begin + (1 - begin) * k / 1000) for k in range(1001)]
    return [turns.locate(step, int((step - begin) * moves)) for step in steps]


@given(
    moves=st.integers(1, 10**6),
    fewest=st.integers(1, 10**5),
    begin=st.floats(0, 0.5),
    end=st.floats(0.1, 1.0),
    most=st.integers(1, 9),
)
def test_positions_rise_within_each_annealing(
    moves: int, fewest: int, begin: float, end: float, most: int
) -> None:
    """Annealings follow each other, each from hot to cold."""
    turns = Turns(fewest, end, most)
    places = _walk(turns, moves, begin)
    numbers = [number for number, _ in places]
    assert numbers == sorted(numbers)
    assert all(0 <= position <= 1 for _, position in places)
    assert 1 <= turns.num <= most
    for before, after in pairwise(places[11:]):  # their number is known there
        if before[0] == after[0] < turns.num:
            assert before[1] <= after[1]


@pytest.mark.parametrize(
    ("moves", "num"), [(1_000, 1), (1_900, 1), (2_600, 2), (10_000, 8), (99_999, 8)]
)
def test_there_are_as_many_as_the_moves_are_enough_for(moves: int, num: int) -> None:
    """Each of at least 1,000 moves before the end, never more than the most."""
    turns = Turns(1_000, 0.8, 8)
    places = _walk(turns, moves)
    assert turns.num == num
    begun = {number for number, _ in places}
    assert begun == set(range(num + 1 if num > 1 else 1))


def test_with_time_for_one_the_schedule_stays_as_it_is() -> None:
    """The position is that of the whole."""
    assert all(place == (0, k / 1000) for k, place in enumerate(_walk(_one(), 500)))


def _one() -> Turns:
    return Turns(1_000, 0.85, 8)


def _island(seed: int, *, takes_turns: bool, moves: int = 10) -> Island:
    instance = random_instance(seed)
    arrays = compile_instance(instance)
    params = IslandParams(turn_moves=moves, most_turns=4)
    island = Island(
        arrays,
        detect_communities(instance),
        seed,
        params=params,
        annealing=QUICK,
        specialize=False,
        takes_turns=takes_turns,
    )
    island.load(_timetable(arrays, seed))
    return island


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_was_found_is_lost(seed: int) -> None:
    """The best never gets worse from one annealing to the next, and is true."""
    island = _island(seed, takes_turns=True)
    costs = []
    for step in range(60):
        island.step(step / 60, 100)
        costs.append(island.best()[0])
    assert costs == sorted(costs, reverse=True)
    assert island.counts.annealings == 4
    cost, timetable = island.best()
    state = SearchState(compile_instance(random_instance(seed)), 0)
    state.load(timetable)
    assert state.cost == cost


@pytest.mark.parametrize(
    ("takes_turns", "moves"), [(False, 10), (True, 0), (True, 10**9)]
)
def test_one_annealing_where_turns_are_not_wanted(
    takes_turns: bool, moves: int
) -> None:
    """Without turns, with turns of no moves, and with turns that are too long."""
    island = _island(1, takes_turns=takes_turns, moves=moves)
    for step in range(30):
        island.step(step / 30, 100)
    assert island.counts.annealings == 1

"""The genetic stage: crossover, population, islands and their migration."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.communities import Communities, detect_communities
from solvers.ga import (
    Archipelago,
    Block,
    Individual,
    Island,
    Population,
    cross,
    draw_block,
)
from solvers.model import Cost, Instance, InstanceArrays, Timetable, compile_instance
from solvers.params import IslandParams
from solvers.search import AnnealingParams, SearchState
from solvers.verification import verify
from tests.strategies import random_instance

QUICK = AnnealingParams(event_work=800, student_work=150)
EAGER = IslandParams(population=3, crossover_interval=1, crossover_after=0.0)


def _timetable(arrays: InstanceArrays, seed: int) -> Timetable:
    state = SearchState(arrays, seed)
    state.randomize()
    state.section_students()
    return state.timetable()


def _placed(times: list[int]) -> Timetable:
    return Timetable.of(times, [0] * len(times))


def _parts(seed: int) -> tuple[Instance, InstanceArrays, Communities]:
    instance = random_instance(seed)
    return instance, compile_instance(instance), detect_communities(instance)


@given(seed=st.integers(0, 2**16), block=st.sampled_from(Block))
@settings(max_examples=20, deadline=None)
def test_a_child_has_every_placement_from_a_parent(seed: int, block: Block) -> None:
    """Masked events as in the second parent, all others as in the first."""
    _, arrays, communities = _parts(seed)
    first, second = _timetable(arrays, seed), _timetable(arrays, seed + 1)
    rng = np.random.default_rng(seed)
    mask = draw_block(arrays, communities, second, block, rng)
    child = cross(first, second, mask)
    assert mask.shape == (arrays.num_events,)
    for name in ("time_option", "room_option"):
        mine = getattr(child, name)
        assert (mine[mask] == getattr(second, name)[mask]).all()
        assert (mine[~mask] == getattr(first, name)[~mask]).all()
    assert child.enrollments.tolist() == first.enrollments.tolist()


@given(costs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1))
def test_a_population_keeps_its_size_and_its_best(costs: list[tuple[int, int]]) -> None:
    """Never more members than its capacity, sorted, the incumbent never lost."""
    population = Population(4)
    best = None
    for number, cost in enumerate(costs):
        newcomer = Individual(Cost(*cost), _placed([number, number + 1, 7]))
        population.add(newcomer)
        best = newcomer.cost if best is None else min(best, newcomer.cost)
        assert population.best_cost == best
        assert len(population.members) <= 4
        found = [member.cost for member in population.members]
        assert found == sorted(found)


def test_a_newcomer_replaces_its_likeness_only_if_better() -> None:
    """No two members are alike."""
    population = Population(3)
    assert population.add(Individual(Cost(0, 5), _placed([1, 2])))
    assert not population.add(Individual(Cost(0, 5), _placed([1, 2])))
    assert not population.add(Individual(Cost(0, 9), _placed([1, 2])))
    assert population.add(Individual(Cost(0, 4), _placed([1, 2])))
    assert [m.cost for m in population.members] == [Cost(0, 4)]
    assert population.diversity == 0.0


def test_parents_differ() -> None:
    """Two different members are drawn, the better ones more often first."""
    population = Population(4)
    for number in range(4):
        population.add(Individual(Cost(0, number), _placed([number, number])))
    rng = np.random.default_rng(0)
    pairs = [population.parents(rng) for _ in range(300)]
    assert all(first is not second for first, second in pairs)
    firsts = [first.cost.soft for first, _ in pairs]
    assert firsts.count(0) > firsts.count(3)


@pytest.mark.parametrize("seed", range(3))
def test_an_island_never_loses_its_best(seed: int) -> None:
    """Steps, crossovers and migrants only improve what is best."""
    instance, arrays, communities = _parts(seed)
    island = Island(arrays, communities, seed, params=EAGER, annealing=QUICK)
    island.load(_timetable(arrays, seed))
    seen = [island.best_cost]
    for step in range(12):
        island.step(step / 12)
        seen.append(island.best_cost)
    cost, timetable = island.best()
    assert seen == sorted(seen, reverse=True)
    assert cost == seen[-1]
    assert island.counts.crossovers > 0
    found = verify(instance, timetable)
    assert (found.cost, found.feasible) == (cost.soft, cost.hard == 0)


def test_migrants_do_not_replace_a_better_best() -> None:
    """A worse migrant leaves the best alone, a better one becomes it."""
    _, arrays, communities = _parts(1)
    giver, taker = (Island(arrays, communities, s, annealing=QUICK) for s in (1, 2))
    giver.load(_timetable(arrays, 1))
    taker.load(_timetable(arrays, 2))
    before = giver.best_cost
    for step in range(6):
        taker.step(step / 6)
    giver.receive(taker.emigrants(1))
    assert giver.best_cost == min(before, taker.best_cost)
    taker.receive([Individual(Cost(9999, 0), _timetable(arrays, 3))])
    assert taker.best_cost < Cost(9999, 0)


def _archipelago(seed: int) -> Archipelago:
    _, arrays, communities = _parts(seed)
    islands = []
    for number in range(2):
        island = Island(arrays, communities, number, annealing=QUICK)
        island.load(_timetable(arrays, seed))
        islands.append(island)
    return Archipelago(islands, 2)


def test_islands_under_a_work_limit_repeat_themselves() -> None:
    """Threads meet after every epoch, so that the clock decides nothing."""
    found = []
    for _ in range(2):
        archipelago = _archipelago(4)
        archipelago.run_for_work(20_000, lambda: False, lambda: None)
        found.append((archipelago.best(), archipelago.work))
    assert found[0] == found[1]
    assert found[0][1] >= 20_000


def test_a_stop_ends_the_islands_at_once() -> None:
    """Long chunks are cut short when stop is asked."""
    archipelago = _archipelago(4)
    asked = threading.Event()
    timer = threading.Timer(0.3, asked.set)
    timer.start()
    begin = time.perf_counter()
    archipelago.run_for_time(lambda: 0.5, asked.is_set, lambda: None)
    assert time.perf_counter() - begin < 5
    assert asked.is_set()


def test_feasibility_found_by_one_is_shared_by_all() -> None:
    """The work of the search for it is bounded too."""
    archipelago = _archipelago(4)
    found = archipelago.find_feasible(lambda: False, lambda: None, 4_000)
    costs = {island.best_cost.hard for island in archipelago._islands}
    assert found == (costs == {0})
    assert archipelago.work <= 6_000


def test_a_failing_island_is_not_hidden() -> None:
    """What an island raises reaches the caller."""
    archipelago = _archipelago(4)

    def broken(fraction: float, work: int | None = None) -> None:
        raise RuntimeError("island sank")

    archipelago._islands[1].step = broken  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="island sank"):
        archipelago.run_for_time(lambda: 0.5, lambda: False, lambda: None)

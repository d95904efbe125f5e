"""The real engine as the cluster calls it, on a tiny instance."""

import pickle
from typing import Any

import pytest

from cluster.solving import SharedStart, SolversEngine
from cluster.warming import tiny_instance
from solvers.model import Cost, Timetable, Weights
from solvers.params import SolveParams
from solvers.search import AnnealingParams

QUICK = SolveParams(annealing=AnnealingParams(event_work=2000, student_work=400))
ENGINE = SolversEngine(QUICK)


@pytest.fixture(scope="module")
def start(compiled_kernels: None) -> SharedStart:
    return ENGINE.prepare(
        tiny_instance(),
        seconds=1.0,
        seed=1,
        on_stage=lambda stage: None,
        should_stop=lambda: False,
    )


def _verified(timetable: Timetable, weights: Weights) -> Cost:
    found = ENGINE.verify(tiny_instance().replace(weights=weights), timetable)
    return Cost(found.total_hard, found.cost)


def _weights(**changes: int) -> Weights:
    return Weights.of({**tiny_instance().weights, **changes})


def test_the_start_travels_between_processes(start: SharedStart) -> None:
    """Variants elsewhere price it as the verifier does."""
    copy = pickle.loads(pickle.dumps(start, 5))
    weights = _weights(time=20)
    priced = ENGINE.scenario(copy, weights).price(copy.timetable)
    assert priced == _verified(start.timetable, weights)


def test_the_shared_search_never_makes_the_start_worse(start: SharedStart) -> None:
    """It tells its costs on the way, and reports its stage."""
    told: list[Cost] = []
    improved = ENGINE.improve(
        start, seconds=0.5, seed=1, on_cost=told.append, should_stop=lambda: False
    )
    weights = tiny_instance().weights
    before, after = (_verified(s.timetable, weights) for s in (start, improved))
    assert after <= before
    assert told[-1] >= after
    assert [stage.name for stage in improved.stages][-1] == "shared"
    assert improved.stages[-1].cost_after == after


def test_a_shared_search_that_is_stopped_returns_at_once(start: SharedStart) -> None:
    """What it has is kept."""
    improved = ENGINE.improve(
        start, seconds=600.0, seed=1, on_cost=print, should_stop=lambda: True
    )
    assert _verified(improved.timetable, tiny_instance().weights).hard == 0


def test_islands_and_refinement_reckon_as_the_verifier(start: SharedStart) -> None:
    """Under the weights of their variant, from whatever they resume."""
    weights = _weights(room=20)
    scenario = ENGINE.scenario(start, weights)
    island = scenario.island(1, 0, start.timetable)
    island.advance(0.2, 0.5)
    cost, timetable = island.best()
    assert cost == _verified(timetable, weights) == scenario.price(timetable)
    refined = scenario.refine(timetable, seconds=0.2, seed=1, should_stop=lambda: False)
    assert refined.cost == _verified(refined.timetable, weights) <= cost


def test_a_resumed_start_needs_no_cpsat(start: SharedStart) -> None:
    """It begins at the given timetable, and says so."""
    resumed = ENGINE.resume(
        tiny_instance(), start.timetable, seed=1, on_stage=lambda stage: None
    )
    assert resumed.timetable == start.timetable
    reports: dict[str, Any] = {stage.name: stage for stage in resumed.stages}
    assert (reports["communities"].ran, reports["cpsat"].ran) == (True, False)
    assert "checkpoint" in reports["cpsat"].warning
    island = ENGINE.scenario(resumed, tiny_instance().weights).island(1, 0, None)
    assert island.best()[0] == _verified(start.timetable, tiny_instance().weights)

"""The whole engine: monotone stages, verified results, repeatable runs."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solvers import (
    AnyOf,
    Cancelled,
    MaxRuntime,
    MaxWork,
    SolveParams,
    SolverCallbacks,
    SolveStatus,
    solve,
    verify,
)
from solvers.cpsat import ConstructReport, ConstructStatus, construct
from solvers.formats.itc2019 import read_problem
from solvers.model import Cost, Instance, Timetable
from solvers.params import RefinementParams
from solvers.pipeline import start
from solvers.search import AnnealingParams
from solvers.specialization import LocalSearch, local_search
from tests.benchmark_data import benchmark_file
from tests.strategies import random_instance

QUICK = SolveParams(
    workers=2,
    annealing=AnnealingParams(event_work=2000, student_work=400),
    refinement=RefinementParams(step_work=500),
)


class _Recorder(SolverCallbacks):
    def __init__(self) -> None:
        self.stages: list[str] = []
        self.fractions: list[float] = []
        self.incumbents: list[Cost] = []

    def on_stage(self, stage: str, fraction: float) -> None:
        self.stages.append(stage)

    def on_incumbent(self, cost: Cost, stage: str) -> None:
        self.incumbents.append(cost)

    def on_progress(self, fraction: float, stage: str, cost: Cost | None) -> None:
        self.fractions.append(fraction)


@pytest.mark.parametrize("seed", range(4))
def test_stages_never_make_it_worse_and_the_result_is_verified(seed: int) -> None:
    """Costs fall from stage to stage; the reported cost is the verifier's."""
    instance = random_instance(seed)
    recorder = _Recorder()
    result = solve(
        instance, params=QUICK, stop=MaxWork(60_000), seed=seed, callbacks=recorder
    )
    names = [stage.name for stage in result.stages]
    assert names == ["communities", "cpsat", "genetic", "refinement", "verification"]
    assert recorder.stages == names
    costs = [s.cost_after for s in result.stages if s.cost_after is not None]
    assert costs == sorted(costs, reverse=True)
    assert result.verification == verify(instance, result.best)
    assert (result.best.time_option >= 0).all()
    assert recorder.incumbents == sorted(recorder.incumbents, reverse=True)


def test_equal_seeds_give_equal_timetables() -> None:
    """Under a work limit a run repeats itself, with two islands as well."""
    instance = random_instance(11)
    first, second = (
        solve(instance, params=QUICK, stop=MaxWork(40_000), seed=3) for _ in range(2)
    )
    assert first.best == second.best
    assert first.cost == second.cost


def test_a_cancelled_solve_returns_its_best() -> None:
    """Stop asked from another thread ends the solve with a complete timetable."""
    asked = threading.Event()
    timer = threading.Timer(1.0, asked.set)
    timer.start()
    stop = AnyOf(MaxRuntime(3600.0), Cancelled(asked.is_set))
    result = solve(random_instance(1), params=QUICK, stop=stop)
    assert asked.is_set()
    assert (result.best.time_option >= 0).all()
    assert result.status in (SolveStatus.CANCELLED, SolveStatus.OPTIMAL)


def test_a_start_that_moves_cannot_mend_is_begun_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What CP-SAT has settled may be a dead end; the better of both is taken."""
    made: list[LocalSearch] = []

    def stuck_at_first(*arguments: Any, **options: Any) -> LocalSearch:
        search = local_search(*arguments, **options)
        find_feasible = search.find_feasible
        calls = iter([lambda *_: False, find_feasible])
        search.find_feasible = lambda *given: next(calls)(*given)  # type: ignore[method-assign]
        made.append(search)
        return search

    def clashing(instance: Instance, *_: Any, **__: Any) -> ConstructReport:
        first = np.zeros(instance.num_events, np.int32)
        status = ConstructStatus.PARTIAL
        return ConstructReport(
            Timetable(first, first), status, 0, (), 9, (), 0, 0.1, False
        )

    monkeypatch.setattr(start, "local_search", stuck_at_first)
    monkeypatch.setattr(start, "construct", clashing)
    instance = random_instance(6)
    prepared = start.prepare(instance, seconds=None, moves=400_000, seed=1)
    (search,) = made
    report = prepared.stages[-1]
    assert report.cost_after is not None
    assert f"begun anew to {report.cost_after.hard}" in report.status
    first = np.zeros(instance.num_events, np.int32)
    search.state.load(Timetable(first, first))
    assert report.cost_after < search.state.cost


@pytest.mark.parametrize(("share", "limit"), [(0.25, 0.25), (900.0, 2.5)])
def test_a_long_run_does_not_wait_longer_for_its_start(
    monkeypatch: pytest.MonkeyPatch, share: float, limit: float
) -> None:
    """CP-SAT gets its share of the budget, or the seconds that it may take at most."""
    given: list[float] = []

    def noted(*arguments: Any, **options: Any) -> ConstructReport:
        given.append(options["time_limit"])
        return construct(*arguments, **options)

    monkeypatch.setattr(start, "construct", noted)
    params = replace(QUICK, cpsat_seconds=2.5)
    start.prepare(random_instance(2), seconds=share, params=params)
    assert given == [limit]


def test_an_initial_timetable_is_never_spoiled() -> None:
    """Starting from a good timetable ends at one at least as good."""
    instance = random_instance(7)
    good = solve(instance, params=QUICK, stop=MaxWork(60_000), seed=1)
    again = solve(
        instance, params=QUICK, stop=MaxWork(10_000), seed=2, initial=good.best
    )
    before = (good.verification.total_hard > 0, good.cost)
    assert (again.verification.total_hard > 0, again.cost) <= before


def test_progress_never_goes_back() -> None:
    """Fractions told to callbacks rise, from 0 to at most 1."""
    recorder = _Recorder()
    solve(random_instance(2), params=QUICK, stop=MaxRuntime(3.0), callbacks=recorder)
    assert recorder.fractions == sorted(recorder.fractions)
    assert recorder.fractions[-1] <= 1.0


def test_a_skipped_stage_is_a_warning() -> None:
    """Turning refinement off is said in the result."""
    params = SolveParams(refinement_share=0.0, annealing=QUICK.annealing)
    result = solve(random_instance(2), params=params, stop=MaxWork(5_000))
    assert any("refinement" in warning for warning in result.warnings)


def test_empty_parameters_equal_the_defaults() -> None:
    """An empty file says nothing; unknown names are refused."""
    assert SolveParams.from_dict({}) == SolveParams()
    with pytest.raises(ValueError, match="unknown parameters: speed"):
        SolveParams.from_dict({"speed": 9})
    with pytest.raises(ValueError, match="population must be >= 2"):
        SolveParams.from_dict({"island": {"population": 1}})


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["lums-sum17", "bet-sum18", "pu-cs-fal07", "wbg-fal10"]
)
def test_demo_instances_are_feasible_in_thirty_seconds(name: str) -> None:
    """Public demo instances end feasible, sectioned and verified."""
    instance = read_problem(benchmark_file(f"itc2019/{name}.xml").read_bytes())
    result = solve(instance, params=SolveParams(workers=2), stop=MaxRuntime(30.0))
    assert result.verification.feasible

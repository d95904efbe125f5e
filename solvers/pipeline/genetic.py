"""Stage 2b: islands, in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from time import perf_counter

import numpy as np

from solvers.cpsat import (
    LnsStatus,
    Neighborhood,
    NeighborhoodSize,
    Problem,
    improve,
    pick_events,
)
from solvers.ga import Archipelago, Island, Neighborhoods
from solvers.model import Cost, Instance, InstanceArrays, Timetable
from solvers.params import SolveParams
from solvers.result import StageReport
from solvers.search import SearchState
from solvers.seeding import child_seeds

from .budget import Budget
from .fitting import fitted
from .start import Start

__all__ = ["evolve", "make_island", "neighborhoods"]

FEASIBILITY_SHARE = 0.4
"""Share of the budget for hard constraints alone, before all terms count."""


def neighborhoods(
    instance: Instance, arrays: InstanceArrays, start: Start, seed: int
) -> Neighborhoods:
    """CP-SAT as an operator: free some events, solve, keep what is exactly better."""
    rng = np.random.default_rng(seed)
    size = NeighborhoodSize()
    problems: list[Problem] = []
    scorer = SearchState(arrays, seed)

    def score(timetable: Timetable) -> Cost:
        scorer.load(timetable)
        return scorer.cost

    def search(
        timetable: Timetable, seconds: float, should_stop: Callable[[], bool]
    ) -> tuple[Timetable, Cost] | None:
        if not problems:
            problems.append(Problem(instance, arrays))
        kind = list(Neighborhood)[int(rng.integers(len(Neighborhood)))]
        free = pick_events(
            kind, problems[0], timetable, size.size, rng, communities=start.communities
        )
        outcome = improve(
            instance,
            timetable,
            free,
            time_limit=seconds,
            seed=int(rng.integers(2**31)),
            should_stop=should_stop,
            score=score,
            problem=problems[0],
        )
        size.update(optimal=outcome.optimal, seconds=outcome.seconds)
        if outcome.status is LnsStatus.IMPROVED:
            return outcome.timetable, outcome.after
        return None

    return search


def make_island(
    instance: Instance,
    arrays: InstanceArrays,
    start: Start,
    seed: int,
    *,
    params: SolveParams,
    index: int = 0,
    timed: bool = True,
) -> Island:
    """Make an island at the start; neighboring indices differ in temperature."""
    params = fitted(params, arrays)
    heat = params.island.temperature_spread ** ((0.0, 1.0, -1.0)[index % 3])
    lns = None
    if timed and params.lns_share > 0:
        lns = neighborhoods(instance, arrays, start, seed)
    island = Island(
        arrays,
        start.communities,
        seed,
        params=params.island,
        annealing=params.annealing,
        heat=heat,
        neighborhoods=lns,
        lns_share=params.lns_share,
        specialize=params.specialize,
        takes_turns=index % 2 == 1,
    )
    island.load(start.timetable)
    return island


def evolve(
    instance: Instance,
    arrays: InstanceArrays,
    start: Start,
    *,
    params: SolveParams,
    seed: int,
    budget: Budget,
) -> tuple[Timetable, StageReport]:
    """Search on islands until the budget of the stage is used."""
    begin = perf_counter()
    islands = [
        make_island(
            instance,
            arrays,
            start,
            child,
            params=params,
            index=index,
            timed=budget.moves is None,
        )
        for index, child in enumerate(child_seeds(seed, params.workers))
    ]
    before, _ = islands[0].best()
    archipelago = Archipelago(islands, params.island.migration_interval)

    def poll() -> None:
        budget.report("genetic", archipelago.best_cost, archipelago.work)

    if before.hard:
        _find_feasible(archipelago, budget, poll)
    if budget.moves is None:
        archipelago.run_for_time(budget.fraction, budget.should_stop, poll)
    else:
        left = budget.moves - archipelago.work
        archipelago.run_for_work(left, budget.should_stop, poll)
    after, timetable = archipelago.best()
    details = {
        "islands": len(islands),
        "moves": archipelago.work,
        "diversity": round(float(np.mean([i.diversity for i in islands])), 4),
        "per_island": [asdict(island.counts) for island in islands],
    }
    seconds = perf_counter() - begin
    return timetable, StageReport(
        "genetic",
        True,
        f"{len(islands)} islands, {archipelago.work:,} moves",
        seconds,
        before,
        after,
        details,
    )


def _find_feasible(
    archipelago: Archipelago, budget: Budget, poll: Callable[[], None]
) -> None:
    """Seek feasibility alone for a share of the budget; annealing seeks it as well."""
    moves = None if budget.moves is None else int(FEASIBILITY_SHARE * budget.moves)

    def over() -> bool:
        return budget.should_stop() or budget.fraction() >= FEASIBILITY_SHARE

    archipelago.find_feasible(over, poll, moves)

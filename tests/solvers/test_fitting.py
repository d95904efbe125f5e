"""The shares of a search fit the kind of instance."""

from dataclasses import replace

import numpy as np

from solvers.model import compile_instance
from solvers.params import GridShares, IslandParams, SolveParams
from solvers.pipeline.fitting import fitted
from solvers.refinement import refine
from solvers.specialization import local_search, operators_of
from tests.solvers.grid.grids import curricula_instance, enrolled_instance
from tests.strategies import random_instance

GRID = compile_instance(curricula_instance(1))


def test_shares_are_bounded_on_a_grid() -> None:
    """Down to the bounds, and never up to them."""
    shares = GridShares(cpsat=0.05, refinement=0.02, lns=0.0, crossover_after=0.9)
    params = SolveParams(grid=shares)
    found = fitted(params, GRID)
    assert (found.cpsat_share, found.refinement_share, found.lns_share) == (
        0.05,
        0.02,
        0.0,
    )
    assert found.island.crossover_after == 0.9
    without = replace(
        params, cpsat_share=0.0, island=IslandParams(crossover_after=0.95)
    )
    found = fitted(without, GRID)
    assert (found.cpsat_share, found.island.crossover_after) == (0.0, 0.95)


def test_shares_stay_elsewhere() -> None:
    """For other instances, and where nothing is specialized."""
    params = SolveParams()
    assert fitted(params, compile_instance(random_instance(1))) is params
    general = replace(params, specialize=False)
    assert fitted(general, GRID) is general


def test_refinement_on_a_grid_chooses_among_its_operators() -> None:
    """Over cells and over periods; never worse, and the cost is exact."""
    for instance, names in (
        (curricula_instance(2), {"time", "room", "mixed", "chain"}),
        (enrolled_instance(2), {"mixed", "chain", "force"}),
    ):
        arrays = compile_instance(instance)
        search = local_search(arrays, 3)
        nowhere = np.full(arrays.num_events, -1, np.int32)
        search.state.load(type(search.state.best())(nowhere, nowhere))
        search.find_feasible(lambda: False, 20_000)
        assert {operator.name for operator in operators_of(search.state)} == names
        report = refine(
            arrays,
            search.state.best(),
            fraction=lambda: 0.0,
            should_stop=lambda: False,
            seed=1,
            max_steps=12,
        )
        assert report.after <= report.before
        assert set(report.operators) == names
        search.state.load(report.timetable)
        assert search.state.cost == report.after

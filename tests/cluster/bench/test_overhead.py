"""One search three ways measures the same work."""

import pytest

from cluster.bench import CpuUse, Run, overhead, run_here, run_solver, start_of
from cluster.bench.reach import params_for
from cluster.warming import tiny_instance
from solvers.model import Cost


def test_the_solver_and_the_clusters_code_search_the_same_problem() -> None:
    """Both count their moves and processor seconds, and neither gets worse."""
    start = start_of(tiny_instance(), 0.2, seed=1)
    for run in (run_solver(start, 0.4, 1, 2), run_here(start, 0.4, 1, 2)):
        assert run.moves > 0
        assert run.cpu.total > 0
        assert run.cpu == CpuUse(driver=run.cpu.driver)
        assert run.cost.hard == 0


def _run(moves: int, seconds: float) -> Run:
    return Run("ray", 1, Cost(0, 0), moves, 1.0, CpuUse(actors=seconds))


def test_overhead_is_the_part_of_the_moves_that_is_lost() -> None:
    """Per processor second of everything."""
    assert overhead(_run(1000, 10), _run(950, 10)) == pytest.approx(0.05)
    assert overhead(_run(1000, 10), _run(1000, 8)) == pytest.approx(-0.25)


def test_every_node_has_as_many_islands() -> None:
    """Else the slowest would be what is measured."""
    assert params_for(2, 4).islands_per_actor == 2
    with pytest.raises(ValueError, match="uneven"):
        params_for(3, 4)

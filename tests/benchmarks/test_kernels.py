"""Speed of the kernels in moves a second of one processor.

::

    uv run pytest -m benchmark -n 0 -s tests/benchmarks/test_kernels.py

Times are CPU seconds of this process, half-way through a short annealing; nothing is
asserted of them.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from serve.cli.formats import open_problem
from solvers.model import compile_instance
from solvers.search import SearchState
from solvers.specialization import local_search, warm_up
from tests.benchmark_data import benchmark_file
from tests.benchmarks.moves import half_annealed

pytestmark = pytest.mark.benchmark(timer=time.process_time)

WORK = 400_000
ROUNDS = 5
GENERAL = (
    "bet-fal17",
    "lums-spr18",
    "mary-spr17",
    "muni-fi-spr16",
    "muni-fsps-spr17",
    "nbi-spr18",
    "tg-fal17",
    "yach-fal17",
)
GRID = (
    "itc2007-cbctt/comp01.ctt",
    "itc2007-cbctt/comp05.ctt",
    "itc2007-cbctt/comp07.ctt",
    "itc2007-cbctt/comp12.ctt",
    "itc2007-pe/comp-2007-2-1.tim",
)


@pytest.mark.parametrize("name", GENERAL)
def test_single_moves(benchmark: Any, name: str) -> None:
    """Another time, another room, or both, of the general kernels."""
    problem = open_problem(benchmark_file(f"itc2019/{name}.xml"))
    state = SearchState(compile_instance(problem.instance), 0)
    annealing = half_annealed(state)
    temperature = annealing.temperature(0.5)

    def search() -> None:
        rates = (0.0, 0.0, 0.05)
        state.anneal_events(WORK, temperature, 100 * temperature, rates=rates)

    _measure(benchmark, search, state)


@pytest.mark.parametrize("name", GRID)
def test_moves_on_a_grid(benchmark: Any, name: str) -> None:
    """All moves of the kernels for instances on a grid."""
    problem = open_problem(benchmark_file(name))
    warm_up(problem.instance)
    search = local_search(compile_instance(problem.instance), 0)
    search.find_feasible(lambda: False, 20 * WORK)
    search.calibrate()
    for step in range(10):
        search.run(step / 20, WORK)
    _measure(benchmark, lambda: search.run(0.5, WORK), search.state)


def _measure(benchmark: Any, search: Any, state: Any) -> None:
    before = state.moves
    benchmark.pedantic(search, rounds=ROUNDS, warmup_rounds=1)
    tried = (state.moves - before) / (ROUNDS + 1)
    speed = tried / benchmark.stats.stats.median / 1e6
    benchmark.extra_info["million_moves_per_second"] = round(speed, 2)
    print(f"{benchmark.name}: {speed:.2f} million moves a CPU second")
    assert tried > 0

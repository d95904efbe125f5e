"""After the warm-up no search has anything left to compile or to load."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from solvers.formats.institution import build_instance
from solvers.grid import grid_arrays, may_be_grid
from solvers.model import Instance, TimeOption, compile_instance
from solvers.sample import sample_institution
from tests.solvers.grid.grids import curricula_instance, enrolled_instance

ROOT = Path(__file__).resolve().parents[2]

_SEARCH = """
import importlib, json, pkgutil, sys
from numba.core.dispatcher import Dispatcher
import solvers.kernels
from cluster.solving import SolversEngine
from solvers.formats.institution import build_instance
from solvers.model import compile_instance
from solvers.sample import sample_institution
from solvers.specialization import local_search, operators_of, warm_up
from tests.solvers.grid.grids import curricula_instance, enrolled_instance

def known():
    found = {}
    for module in pkgutil.iter_modules(solvers.kernels.__path__):
        names = vars(importlib.import_module(f"solvers.kernels.{module.name}"))
        for name, item in names.items():
            if isinstance(item, Dispatcher):
                found[f"{module.name}.{name}"] = len(item.signatures)
    return found

instance = {
    "curricula": lambda: curricula_instance(0),
    "enrolled": lambda: enrolled_instance(1),
    "sample": lambda: build_instance(sample_institution(scale=0.05, seed=0)),
}[sys.argv[1]]()
match sys.argv[2]:
    case "its own":
        warm_up(instance)
    case "all":
        warm_up()
    case "a job's":
        SolversEngine().warm_up(instance)
before = known()
search = local_search(compile_instance(instance), 0)
search.find_feasible(lambda: False, 100)
search.run(0.5, 100)
for operator in operators_of(search.state):
    operator.search(8, 1.0, 10.0)
after = known()
print(json.dumps([name for name in after if after[name] > before[name]]))
"""


def _late(kind: str, how: str) -> list[str]:
    """Kernels that a search was the first to ask for."""
    done = subprocess.run(
        [sys.executable, "-c", _SEARCH, kind, how],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    late: list[str] = json.loads(done.stdout)
    return late


@pytest.mark.parametrize("how", ["its own", "all", "a job's"])
@pytest.mark.parametrize("kind", ["curricula", "enrolled", "sample"])
def test_a_search_finds_its_kernels_ready(kind: str, how: str) -> None:
    """Given the instance, without any, and as a job's processes do it."""
    assert _late(kind, how) == []


def test_a_search_without_it_would_not() -> None:
    """The check sees kernels that are asked for late."""
    assert _late("curricula", "none") != []


def _uneven(instance: Instance) -> Instance:
    """The same grid with a shorter first period."""

    def shorter(option: TimeOption) -> TimeOption:
        is_first = option.time.start == 0
        length = 1 if is_first else option.time.length
        return replace(option, time=replace(option.time, length=length))

    events = tuple(
        replace(event, times=tuple(map(shorter, event.times)))
        for event in instance.events
    )
    return instance.replace(events=events)


@pytest.mark.parametrize("seed", range(3))
def test_no_grid_is_taken_for_something_else(seed: int) -> None:
    """A short look never rules a grid out, but a university with weeks."""
    assert may_be_grid(curricula_instance(seed))
    assert may_be_grid(enrolled_instance(seed))
    uneven = _uneven(curricula_instance(seed))
    assert grid_arrays(compile_instance(uneven)) is not None
    assert may_be_grid(uneven)
    assert not may_be_grid(build_instance(sample_institution(scale=0.05, seed=seed)))

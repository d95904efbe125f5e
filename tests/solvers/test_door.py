"""The engine's public names are pinned: a change here is a change for users."""

import importlib
import subprocess
import sys

import pytest

import solvers

DOORS = {
    "solvers": {
        "AnyOf",
        "Cancelled",
        "EngineError",
        "InputError",
        "Instance",
        "Issue",
        "MaxRuntime",
        "MaxWork",
        "Result",
        "SolveParams",
        "SolveStatus",
        "SolverCallbacks",
        "StageReport",
        "StoppingCriterion",
        "Timetable",
        "TimetablingError",
        "Verification",
        "Weights",
        "solve",
        "verify",
    },
    "solvers.communities": {"Communities", "conflict_graph", "detect_communities"},
    "solvers.ga": {
        "Archipelago",
        "Block",
        "Individual",
        "Island",
        "Migrant",
        "Neighborhoods",
        "Population",
        "cross",
        "draw_block",
    },
    "solvers.pipeline": {
        "Budget",
        "Start",
        "evolve",
        "make_island",
        "prepare",
        "refine_stage",
        "solve",
        "verified",
    },
    "solvers.refinement": {
        "ENV_ID",
        "Fixed",
        "OperatorUse",
        "QLearning",
        "RefineReport",
        "RoundRobin",
        "Selector",
        "TimetableRefinementEnv",
        "UCB",
        "Uniform",
        "refine",
        "register_env",
    },
    "solvers.search": {
        "Annealing",
        "AnnealingParams",
        "Operator",
        "OperatorOutcome",
        "SearchState",
        "apply_operator",
        "search_operators",
        "section_by_similarity",
        "warm_up",
    },
}


@pytest.mark.parametrize("name", DOORS)
def test_doors_show_these_names(name: str) -> None:
    """Each exported name exists, and no other is exported."""
    module = importlib.import_module(name)
    assert set(module.__all__) == DOORS[name]
    for exported in DOORS[name]:
        assert getattr(module, exported) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The lazy door fails like any module."""
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        _ = solvers.solv


def test_importing_the_engine_compiles_nothing() -> None:
    """Neither numba nor OR-tools is loaded before it is needed."""
    code = (
        "import sys, solvers, solvers.formats.itc2019\n"
        "print(sorted({'numba', 'ortools', 'networkx'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

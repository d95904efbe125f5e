"""The measurement: tables, files, trials and the comparison of selectors."""

from pathlib import Path

import pytest

from solvers.bench import (
    FAMILIES,
    SELECTORS,
    Row,
    Trial,
    benchmark_files,
    compare_selectors,
    cpu_clock,
    family_named,
    read_best_known,
    run_trial,
    selectors_named,
)
from solvers.exceptions import InputError
from solvers.params import RefinementParams, SolveParams
from solvers.search import AnnealingParams
from tests.strategies import random_instance

TABLE = """# Values
| instance | best known total | time |
|---|---|---|
| Alpha-1 | 120 | 3 |
| beta | - | 1 |

| file | total |
|---|---|
| gamma | 7 |
"""
SMALL = SolveParams(
    annealing=AnnealingParams(event_work=400, student_work=80),
    refinement=RefinementParams(step_work=100),
)


def _trial(cost: int, feasible: bool = True, first: float | None = 1.0) -> Trial:
    return Trial(0, feasible, cost, first, 2.0, 4.0, 800)


def test_best_known_values_come_from_the_table(tmp_path: Path) -> None:
    """Only tables of instances count, in the folder or above it."""
    (tmp_path / "best_known.md").write_text(TABLE)
    inside = tmp_path / "family"
    inside.mkdir()
    assert read_best_known(tmp_path) == {"alpha-1": 120}
    assert read_best_known(inside) == {"alpha-1": 120}
    assert read_best_known(inside / "deeper") == {}


def test_files_are_found_by_suffix_and_name(tmp_path: Path) -> None:
    """Missing names are told, and so is an empty folder."""
    for name in ("b.xml", "a.xml", "c.ctt", "notes.md"):
        (tmp_path / name).write_text("")
    found = benchmark_files(FAMILIES["itc2019"], tmp_path)
    assert [path.name for path in found] == ["a.xml", "b.xml"]
    assert benchmark_files(FAMILIES["itc2019"], tmp_path, ["b"])[0].stem == "b"
    with pytest.raises(InputError, match="does not hold z"):
        benchmark_files(FAMILIES["itc2019"], tmp_path, ["b", "z"])
    with pytest.raises(InputError, match="does not hold any"):
        benchmark_files(FAMILIES["pectt"], tmp_path)
    with pytest.raises(InputError, match="none of itc2019"):
        family_named("itc1999")


def test_a_row_sums_up_its_trials() -> None:
    """Infeasible trials have no cost; the gap is of the mean."""
    row = Row("x", [_trial(10), _trial(20), _trial(1, False)], 10)
    assert (row.best, row.mean, row.gap) == (10, 15.0, 0.5)
    assert row.to_dict()["feasible"] == 2
    assert Row("x", [_trial(1, False, None)], 10).gap is None
    assert Row("x", [_trial(5)], 0).gap is None
    assert Row("x", [_trial(5), _trial(5, first=None)]).feasible_seconds is None
    assert _trial(5).moves_per_second == 200


def test_a_trial_is_a_verified_solve() -> None:
    """Its seconds and moves are those of the solve."""
    trial = run_trial(
        random_instance(2), seconds=2.0, seed=3, params=SMALL, clock=cpu_clock(1)
    )
    assert trial.seed == 3
    assert trial.moves > 0
    assert trial.cpu_seconds >= 2.0
    assert (trial.feasible_seconds is None) or trial.feasible_seconds >= 0


def test_selectors_start_alike_and_never_make_it_worse() -> None:
    """One trial for each selector and seed, from one start."""
    names = ["q-learning", "uniform", "ucb", "round-robin", "chain"]
    trials = compare_selectors(
        random_instance(2), names, moves=1000, seeds=[0, 1], params=SMALL
    )
    assert [(t.seed, t.selector) for t in trials] == [
        (seed, name) for seed in (0, 1) for name in names
    ]
    for seed in (0, 1):
        assert len({t.before for t in trials if t.seed == seed}) == 1
    assert all(t.after <= t.before for t in trials)


def test_selectors_are_known_by_name() -> None:
    """Operators' names are selectors too; unknown ones are refused."""
    assert {"q-learning", "uniform", "chain"} <= set(SELECTORS)
    assert selectors_named(["all"]) == list(SELECTORS)
    assert selectors_named(["ucb", "ucb"]) == ["ucb"]
    with pytest.raises(InputError, match="oracle is none of"):
        selectors_named(["oracle"])

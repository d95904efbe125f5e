"""Proofs by prices: they refute shortages, and nothing that has a solution."""

import numpy as np
import pytest
from ortools.sat.python import cp_model

from solvers.diagnosis.certificate import refuted_by_prices


def _pigeons(pigeons: int, holes: int) -> cp_model.CpModel:
    model = cp_model.CpModel()
    at = [[model.new_bool_var("") for _ in range(holes)] for _ in range(pigeons)]
    for row in at:
        model.add_exactly_one(row)
    for hole in range(holes):
        model.add_at_most_one([row[hole] for row in at])
    return model


@pytest.mark.parametrize(("pigeons", "holes"), [(6, 5), (40, 39), (7, 7), (5, 9)])
def test_pigeons_need_holes(pigeons: int, holes: int) -> None:
    """Refuted exactly when there are too few, however many they are."""
    assert refuted_by_prices(_pigeons(pigeons, holes), 5.0) is (pigeons > holes)


def test_linear_constraints_and_negations_count() -> None:
    """Weighted sums with open bounds, and literals that are negated."""
    model = cp_model.CpModel()
    days = [[model.new_bool_var("") for _ in range(3)] for _ in range(5)]
    for row in days:
        model.add_exactly_one([row[0], row[1], ~row[2]])
    used = [model.new_bool_var("") for _ in range(2)]
    for day in range(2):
        model.add(sum(4 * row[day] for row in days) <= 4 + 2 * used[day])
    assert not refuted_by_prices(model, 5.0)
    for row in days:
        model.add(row[2] == 1)
    assert refuted_by_prices(model, 5.0)


@pytest.mark.parametrize("seed", range(30))
def test_nothing_solvable_is_refuted(seed: int) -> None:
    """Random models around the border of feasibility, against CP-SAT."""
    rng = np.random.default_rng(seed)
    model = cp_model.CpModel()
    x = [[model.new_bool_var("") for _ in range(5)] for _ in range(7)]
    for row in x:
        model.add_exactly_one(row)
    flat = [literal for row in x for literal in row]
    for _ in range(int(rng.integers(3, 9))):
        chosen = rng.choice(len(flat), int(rng.integers(4, 12)), replace=False)
        model.add_at_most_one([flat[i] for i in chosen.tolist()])
    loads = rng.integers(1, 6, len(flat)).tolist()
    terms = [load * literal for load, literal in zip(loads, flat, strict=True)]
    model.add(sum(terms) <= int(rng.integers(8, 16)))
    before = str(model.proto)
    refuted = refuted_by_prices(model, 5.0)
    assert str(model.proto) == before
    solvable = cp_model.CpSolver().solve(model) == cp_model.OPTIMAL
    assert not (refuted and solvable)

"""Proof by prices that a model of placements has no solution.

Shortages (six events for five slots) are hard for clause learning and easy for linear
programming. Its dual solution prices every slot of a room, and of a person's day. The
prices are rounded to integers, and the proof is checked in integers: whatever rounding
did to them, what passes is a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

__all__ = ["refuted_by_prices"]

LEAST_LITERALS = 4
"""Shorter at-most-one constraints say little about shortages."""
SCALE = 10_000
"""Integer prices of one unit."""

REACH = 1_000_000
"""Beyond any value of the models' variables: an open bound in effect."""

Long = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Linear rows ``lower <= coefficients @ x <= upper`` over bounded integers ``x``.

    Parameters
    ----------
    row, column, coefficient
        ``(num_entries,)`` int64.
    lower, upper
        ``(num_rows,)`` int64.
    placing
        ``(num_rows,)`` bool, rows that demand exactly one of their literals.
    least, most
        ``(num_columns,)`` int64, bounds of ``x``.
    """

    row: Long
    column: Long
    coefficient: Long
    lower: Long
    upper: Long
    placing: NDArray[np.bool_]
    least: Long
    most: Long


_Row = tuple[Sequence[int], Sequence[int], int, int, bool]


def refuted_by_prices(model: cp_model.CpModel, seconds: float) -> bool:
    """Whether a model is proved to have no solution.

    Parameters
    ----------
    model
        The model, not changed. Constraints that are not linear are left out, which
        keeps proofs true.
    seconds
        Limit of the linear program.

    Returns
    -------
    bool
        False says nothing.

    References
    ----------
    .. [1] Geoffrion, A. M. (1974). Lagrangean relaxation for integer programming.
       Mathematical Programming Study 2, 82-114. doi:10.1007/BFb0120690
    """
    rows = _rows_of(model.proto)
    prices = _prices(rows, seconds)
    return prices is not None and _proves(rows, prices)


def _proves(rows: _Rows, prices: Long) -> bool:
    """Whether any solution would pay a negative amount for what costs at least 0.

    A solution satisfies every row, so that ``price * (bound - row)`` is at most 0 for
    each, with the lower bound where the price is positive. If even the cheapest ``x``
    makes the sum positive, there is no solution.
    """
    bound = np.where(prices > 0, rows.lower, rows.upper)
    paid = np.zeros(len(rows.least), np.int64)
    np.add.at(paid, rows.column, prices[rows.row] * rows.coefficient)
    cheapest = np.minimum(-paid * rows.least, -paid * rows.most)
    return bool((prices * bound).sum() + cheapest.sum() > 0)


def _prices(rows: _Rows, seconds: float) -> Long | None:
    """Integer prices of the rows, from the dual of placing as much as possible."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    solver.set_time_limit(max(1, int(1000 * seconds)))
    variables = [
        solver.NumVar(least, most, "")
        for least, most in zip(rows.least.tolist(), rows.most.tolist(), strict=True)
    ]
    constraints = [
        solver.Constraint(lower, upper)
        for lower, upper in zip(rows.lower.tolist(), rows.upper.tolist(), strict=True)
    ]
    entries = zip(
        rows.row.tolist(), rows.column.tolist(), rows.coefficient.tolist(), strict=True
    )
    for row, column, coefficient in entries:
        constraints[row].SetCoefficient(variables[column], coefficient)
    missing = solver.Objective()
    for row in np.flatnonzero(rows.placing).tolist():
        short = solver.NumVar(0.0, solver.infinity(), "")
        constraints[row].SetCoefficient(short, 1)
        missing.SetCoefficient(short, 1)
    missing.SetMinimization()
    if solver.Solve() != pywraplp.Solver.OPTIMAL or missing.Value() < 1e-6:
        return None
    duals = np.array([constraint.dual_value() for constraint in constraints])
    return np.round(SCALE * duals).astype(np.int64)


def _rows_of(proto: Any) -> _Rows:
    listed = [row for constraint in proto.constraints for row in _row_of(constraint)]
    domains = [list(variable.domain) for variable in proto.variables]
    sizes = [len(columns) for columns, *_ in listed]
    return _Rows(
        row=np.repeat(np.arange(len(listed)), sizes),
        column=_long(c for columns, *_ in listed for c in columns),
        coefficient=_long(c for _, coefficients, *_ in listed for c in coefficients),
        lower=_long(lower for *_, lower, _, _ in listed),
        upper=_long(upper for *_, upper, _ in listed),
        placing=np.array([placing for *_, placing in listed], bool),
        least=_long(domain[0] for domain in domains),
        most=_long(domain[-1] for domain in domains),
    )


def _long(values: Iterator[int]) -> Long:
    return np.fromiter(values, np.int64)


def _row_of(constraint: Any) -> Iterator[_Row]:
    if list(constraint.enforcement_literal):
        return
    if _is(constraint, "exactly_one"):
        columns, signs, negated = _of_literals(constraint.exactly_one.literals)
        yield columns, signs, 1 - negated, 1 - negated, True
    elif _is(constraint, "at_most_one"):
        columns, signs, negated = _of_literals(constraint.at_most_one.literals)
        if len(columns) >= LEAST_LITERALS:
            yield columns, signs, -negated, 1 - negated, False
    elif _is(constraint, "linear"):
        yield from _of_sum(constraint.linear)


def _is(constraint: Any, kind: str) -> bool:
    """Whether a constraint is of a kind; reading another kind would make it that."""
    if hasattr(constraint, f"has_{kind}"):
        return bool(getattr(constraint, f"has_{kind}")())
    return bool(constraint.HasField(kind))


def _of_sum(linear: Any) -> Iterator[_Row]:
    domain, coefficients = list(linear.domain), list(linear.coeffs)
    if len(domain) == 2 and coefficients:
        reach = 1 + REACH * sum(abs(c) for c in coefficients)
        lower, upper = max(domain[0], -reach), min(domain[1], reach)
        yield list(linear.vars), coefficients, lower, upper, False


def _of_literals(literals: Iterable[int]) -> tuple[list[int], list[int], int]:
    """Columns and signs of a sum of literals, and how many of them are negated."""
    listed = list(literals)
    columns = [x if x >= 0 else -x - 1 for x in listed]
    signs = [1 if x >= 0 else -1 for x in listed]
    return columns, signs, signs.count(-1)

"""Operators: kinds of search that a learner can choose between, one chunk at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from solvers.model import Cost

from .state import ANY_MOVE, ROOM_MOVE, TIME_MOVE, SearchState

__all__ = ["Operator", "OperatorOutcome", "apply_operator"]


class Operator(StrEnum):
    """A kind of search over one assignment."""

    TIME = "time"
    ROOM = "room"
    MIXED = "mixed"
    SWAP = "swap"
    CHAIN = "chain"
    STUDENT = "student"


_EVENT_OPERATORS = {
    Operator.TIME: (TIME_MOVE, (0.0, 0.0, 0.05)),
    Operator.ROOM: (ROOM_MOVE, (0.0, 0.0, 0.05)),
    Operator.MIXED: (ANY_MOVE, (0.0, 0.0, 0.05)),
    Operator.SWAP: (ANY_MOVE, (0.0, 0.8, 0.05)),
    Operator.CHAIN: (ANY_MOVE, (0.3, 0.0, 0.05)),
}


@dataclass(frozen=True, slots=True)
class OperatorOutcome:
    """What an operator did: the cost before and after, and the best afterwards."""

    before: Cost
    after: Cost
    best: Cost


def apply_operator(
    state: SearchState,
    operator: Operator,
    *,
    work: int,
    temperature: float,
    hard_weight: float,
) -> OperatorOutcome:
    """Search ``work`` moves with one operator at one temperature.

    Parameters
    ----------
    state
        Assignment, changed in place; its best-so-far is kept.
    operator
        Kind of search.
    work
        Moves, > 0.
    temperature
        Metropolis temperature, >= 0.
    hard_weight
        Cost of one hard violation.
    """
    before = state.cost
    if operator is Operator.STUDENT:
        state.anneal_students(work, temperature, hard_weight)
    else:
        kind, rates = _EVENT_OPERATORS[operator]
        state.anneal_events(work, temperature, hard_weight, kind=kind, rates=rates)
    return OperatorOutcome(before, state.cost, state.best_cost)

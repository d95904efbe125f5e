"""Operators: kinds of search that a learner can choose between, one chunk at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from solvers.model import Cost
from solvers.operators import SearchOperator

from .state import ANY_MOVE, ROOM_MOVE, TIME_MOVE, SearchState

__all__ = ["Operator", "OperatorOutcome", "apply_operator", "search_operators"]


class Operator(StrEnum):
    """A kind of search over one assignment."""

    TIME = "time"
    ROOM = "room"
    MIXED = "mixed"
    SWAP = "swap"
    CHAIN = "chain"
    STUDENT = "student"
    JOINT = "joint"


JOINT_WORK = 200
"""Moves that a joint move counts for: it takes as long as so many."""

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
    elif operator is Operator.JOINT:
        state.anneal_jointly(max(1, work // JOINT_WORK), temperature, hard_weight)
    else:
        kind, rates = _EVENT_OPERATORS[operator]
        state.anneal_events(work, temperature, hard_weight, kind=kind, rates=rates)
    return OperatorOutcome(before, state.cost, state.best_cost)


def search_operators(state: SearchState) -> tuple[SearchOperator, ...]:
    """Return the operators of a state, which they change in place."""
    return tuple(_bound(state, operator) for operator in Operator)


def _bound(state: SearchState, operator: Operator) -> SearchOperator:
    def search(work: int, temperature: float, hard_weight: float) -> object:
        return apply_operator(
            state,
            operator,
            work=work,
            temperature=temperature,
            hard_weight=hard_weight,
        )

    return SearchOperator(str(operator), _is_possible(state, operator), search)


def _is_possible(state: SearchState, operator: Operator) -> bool:
    arrays = state.arrays
    match operator:
        case Operator.TIME:
            return bool((np.diff(arrays.time_ptr) > 1).any())
        case Operator.ROOM:
            return bool((np.diff(arrays.room_ptr) > 1).any())
        case Operator.STUDENT:
            return state.has_student_moves
        case Operator.JOINT:
            return state.has_joint_moves
        case _:
            return len(arrays.movable) > 0

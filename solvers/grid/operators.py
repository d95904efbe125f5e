"""Operators on a grid: over cells, or over periods where rooms are free of cost."""

from __future__ import annotations

from solvers.operators import SearchOperator

from .state import GridSearchState

__all__ = ["OPERATORS", "grid_operators"]

_CELLS = {
    "time": (0.0, 1.0, 0.0),
    "room": (1.0, 0.0, 0.0),
    "mixed": (0.06, 0.3, 0.0),
    "chain": (0.06, 0.3, 0.5),
}
"""Shares of moves that change the room only, the period only, and of Kempe chains."""

_PERIODS = {"mixed": (0.0, 0.0), "chain": (0.5, 0.0), "force": (0.0, 0.5)}
"""Shares of Kempe chains, and of moves that force others out."""

OPERATORS = tuple(dict.fromkeys([*_CELLS, *_PERIODS]))
"""Names of all of them."""


def grid_operators(state: GridSearchState) -> tuple[SearchOperator, ...]:
    """Return the operators of a state, which they change in place."""
    if state.rooms_are_free:
        return tuple(_over_periods(state, name) for name in _PERIODS)
    return tuple(_over_cells(state, name) for name in _CELLS)


def _over_cells(state: GridSearchState, name: str) -> SearchOperator:
    def search(work: int, temperature: float, hard_weight: float) -> object:
        return state.anneal_cells(work, temperature, hard_weight, _CELLS[name])

    possible = state.can_move and (name != "room" or state.grid.num_rooms > 1)
    return SearchOperator(name, possible, search)


def _over_periods(state: GridSearchState, name: str) -> SearchOperator:
    def search(work: int, temperature: float, hard_weight: float) -> object:
        return state.anneal_periods(work, temperature, hard_weight, _PERIODS[name])

    return SearchOperator(name, state.can_move, search)

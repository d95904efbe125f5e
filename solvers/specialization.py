"""Choose the local search that fits an instance.

Grid instances (one week, events of one period each: both families of ITC-2007) have
kernels of their own, which make several times the moves of the general ones. Which
search runs follows from the compiled arrays alone, never from a name or a format.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from solvers.grid import (
    GridAnnealing,
    GridAnnealingParams,
    GridSearchState,
    grid_arrays,
    grid_operators,
    may_be_grid,
    rehearse,
)
from solvers.grid import warm_up as warm_up_grid
from solvers.model import Cost, Instance, InstanceArrays, Timetable, compile_instance
from solvers.operators import SearchOperator
from solvers.search import Annealing, AnnealingParams, SearchState, search_operators
from solvers.search import warm_up as warm_up_search

__all__ = [
    "LocalSearch",
    "LocalState",
    "is_specialized",
    "local_search",
    "operators_of",
    "warm_up",
]


class LocalState(Protocol):
    """An assignment that is searched, with best-so-far kept apart."""

    @property
    def arrays(self) -> InstanceArrays:
        """The compiled instance."""

    @property
    def cost(self) -> Cost:
        """Cost of the current assignment."""

    @property
    def best_cost(self) -> Cost:
        """Cost of the best assignment since the last load."""

    @property
    def moves(self) -> int:
        """Moves tried so far."""

    @property
    def can_move(self) -> bool:
        """Whether there is anything to search over."""

    def load(self, timetable: Timetable) -> None:
        """Take over a timetable; best-so-far starts anew."""

    def best(self) -> Timetable:
        """Return the best assignment."""

    def restore_best(self) -> None:
        """Return to the best assignment."""

    def forget_best(self) -> None:
        """Start best-so-far anew from the current assignment."""

    def soft_changes(self, count: int = ...) -> NDArray[np.int64]:
        """Sorted soft changes above 0 of up to ``count`` random moves from here."""

    def request_stop(self, stop: bool = True) -> None:
        """Make running and later kernels return at once; False takes it back."""


class LocalSearch(Protocol):
    """An annealing over a state."""

    @property
    def state(self) -> LocalState:
        """What is searched."""

    @property
    def calibrated(self) -> bool:
        """Whether temperatures are set."""

    def calibrate(self) -> None:
        """Set temperatures from moves at the current assignment."""

    def scale_start(self, factor: float) -> None:
        """Multiply the start temperature."""

    def find_feasible(
        self, should_stop: Callable[[], bool], max_moves: int | None = None
    ) -> bool:
        """Search on hard violations alone; return whether none is left."""

    def run(self, fraction: float, work: int | None = None) -> None:
        """Search one chunk at a position of the schedule in [0, 1]."""


def local_search(
    arrays: InstanceArrays,
    seed: int,
    annealing: AnnealingParams | None = None,
    *,
    specialize: bool = True,
) -> LocalSearch:
    """Make the search of an instance.

    Parameters
    ----------
    arrays
        The compiled instance.
    seed
        Seed of everything random in it.
    annealing
        Parameters of the general annealing; one on a grid has its own and takes over
        the moves of a chunk.
    specialize
        False searches every instance by the general kernels.
    """
    grid = grid_arrays(arrays) if specialize else None
    if grid is None:
        return Annealing(SearchState(arrays, seed), annealing)
    chunk = (annealing or AnnealingParams()).event_work
    params = GridAnnealingParams(work=chunk)
    return GridAnnealing(GridSearchState(arrays, grid, seed), params)


def is_specialized(arrays: InstanceArrays) -> bool:
    """Whether an instance is searched by kernels of its own."""
    return grid_arrays(arrays) is not None


def operators_of(state: LocalState) -> tuple[SearchOperator, ...]:
    """Return the operators of a state made by ``local_search``.

    Raises
    ------
    TypeError
        If the state is of another kind.
    """
    match state:
        case GridSearchState():
            return grid_operators(state)
        case SearchState():
            return search_operators(state)
    raise TypeError(f"no operators are known for {type(state).__name__}")


def warm_up(instance: Instance | None = None) -> None:
    """Compile every kernel, or only those that an instance needs.

    Compiled code is cached on disk, so only the first call on a machine takes long.
    """
    warm_up_search()
    if instance is None:
        warm_up_grid()
    elif may_be_grid(instance):
        rehearse(compile_instance(instance))

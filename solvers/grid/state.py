"""One assignment on a grid: loading, searching, and reading it back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.exceptions import EngineError
from solvers.kernels.grid_arrays import GridArrays, new_grid_state
from solvers.kernels.grid_cells import anneal_cells
from solvers.kernels.grid_insertion import insert_events
from solvers.kernels.grid_loading import load_grid
from solvers.kernels.grid_packed import pack_grid, pack_grid_state
from solvers.kernels.grid_periods import anneal_periods
from solvers.kernels.grid_sampling import sample_grid_changes
from solvers.model import Cost, InstanceArrays, Timetable

from .options import GridOptions

__all__ = ["GridSearchState"]

Int = NDArray[np.int32]


class GridSearchState:
    """An assignment of events to cells of the grid, with best-so-far kept apart.

    Parameters
    ----------
    arrays
        The compiled instance.
    grid
        The same as a grid problem.
    seed
        Seed of this state's own generator.
    """

    def __init__(self, arrays: InstanceArrays, grid: GridArrays, seed: int) -> None:
        self.arrays = arrays
        self.grid = grid
        self._options = GridOptions(arrays, grid)
        self._state = new_grid_state(grid, seed)
        self._packed_grid = pack_grid(grid)
        self._packed = pack_grid_state(self._state)
        self._rng = np.random.default_rng(seed)
        self._place(self._state.period_of.copy(), self._state.room_of.copy())

    @property
    def cost(self) -> Cost:
        """Cost of the current assignment."""
        hard, soft = self._state.cost.tolist()
        return Cost(hard, soft)

    @property
    def best_cost(self) -> Cost:
        """Cost of the best assignment seen since the last load."""
        hard, soft = self._state.best_cost.tolist()
        return Cost(hard, soft)

    @property
    def moves(self) -> int:
        """Moves tried so far."""
        return int(self._state.counters[0])

    @property
    def can_move(self) -> bool:
        """Whether there is anything to search over."""
        return len(self.arrays.movable) > 0

    @property
    def rooms_are_free(self) -> bool:
        """Whether rooms cost nothing, so that search may leave them to matchings."""
        return not self.grid.costly_rooms

    @property
    def num_unplaced(self) -> int:
        """Events that stand nowhere."""
        return int(self._state.counters[2])

    def timetable(self) -> Timetable:
        """Return the current assignment as a timetable."""
        return self._options.timetable(self._state.period_of, self._state.room_of)

    def best(self) -> Timetable:
        """Return the best assignment as a timetable."""
        return self._options.timetable(self._state.best_period, self._state.best_room)

    def load(self, timetable: Timetable) -> None:
        """Take over a timetable; best-so-far starts anew.

        What it leaves open, and all but one of the events in one cell, are placed where
        that harms least.

        Raises
        ------
        EngineError
            If the timetable is of another instance.
        """
        if len(timetable.time_option) != self.arrays.num_events:
            raise EngineError("the timetable belongs to another instance")
        self._place(*self._options.cells(timetable))

    def restore_best(self) -> None:
        """Return to the best assignment."""
        best = self._state.best_cost.copy()
        self._place(self._state.best_period.copy(), self._state.best_room.copy())
        self._state.best_cost[:] = best

    def _place(self, period: Int, room: Int) -> None:
        order = self._rng.permutation(self.arrays.num_events)
        strict = int(not self.grid.costly_rooms)
        load_grid(self._packed_grid, self._packed, period, room, order, strict)
        self.forget_best()

    def forget_best(self) -> None:
        """Start best-so-far anew from the current assignment."""
        self._state.best_cost[:] = self._state.cost
        self._state.best_period[:] = self._state.period_of
        self._state.best_room[:] = self._state.room_of

    def request_stop(self, stop: bool = True) -> None:
        """Make running and later kernels return at once; False takes it back."""
        self._state.stop[0] = stop

    def anneal_cells(
        self,
        work: int,
        temperature: float,
        hard_weight: float,
        rates: tuple[float, float, float] = (0.06, 0.3, 0.02),
    ) -> tuple[int, int]:
        """Search over cells; return moves tried and accepted."""
        tried, accepted = anneal_cells(
            self._packed_grid,
            self._packed,
            int(work),
            float(temperature),
            float(hard_weight),
            rates,
        )
        return int(tried), int(accepted)

    def anneal_periods(
        self,
        work: int,
        temperature: float,
        hard_weight: float,
        rates: tuple[float, float] = (0.1, 0.2),
    ) -> tuple[int, int, int]:
        """Search over periods, rooms following.

        Returns
        -------
        tuple
            Moves tried, accepted, and tried while all events were placed.
        """
        tried, accepted, complete = anneal_periods(
            self._packed_grid,
            self._packed,
            int(work),
            float(temperature),
            float(hard_weight),
            rates,
        )
        return int(tried), int(accepted), int(complete)

    def insert_events(
        self,
        work: int,
        hard_temperature: float = 0.2,
        growth: float = 1e-4,
        mixing: float = 0.2,
    ) -> None:
        """Search for places of unplaced events, whatever it costs."""
        insert_events(
            self._packed_grid,
            self._packed,
            int(work),
            float(hard_temperature),
            float(growth),
            float(mixing),
        )

    def soft_changes(self, count: int = 10_000) -> NDArray[np.int64]:
        """Sorted soft changes above 0 of up to ``count`` random moves from here."""
        changes = np.zeros(count, np.int64)
        found = sample_grid_changes(self._packed_grid, self._packed, changes)
        return np.sort(changes[:found])

"""Annealing on a grid: a schedule that spans whatever time it is given.

References
----------
.. [1] Bellio, R., Ceschia, S., Di Gaspero, L., Schaerf, A., Urli, T. (2016).
   Feature-based tuning of simulated annealing applied to the curriculum-based
   course timetabling problem. Computers & Operations Research 65, 83-92.
   doi:10.1016/j.cor.2015.07.002 (cut-off: what hot levels do not need goes to colder
   ones)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .state import GridSearchState

__all__ = ["GridAnnealing", "GridAnnealingParams"]

_CYCLE = 10
_IGNORE_SOFT = 1e9
_LEAST_RATIO = 5.0
_STEP = 1.02


@dataclass(frozen=True, slots=True, kw_only=True)
class GridAnnealingParams:
    """Parameters of the annealing on a grid.

    Parameters
    ----------
    start_scale, free_start_scale, end_scale
        Temperatures as multiples of the 25th percentile of the soft changes above 0
        that random moves make. > 0.
    hard_scale
        Cost of a hard violation as a multiple of that percentile, > 0.
    cutoff
        Share of accepted moves above which the schedule hurries on, in (0, 1].
    room_rate, stay_rate
        Shares of moves that only change the room, and only the period.
    chain_rate
        Share of Kempe chains where rooms cost something.
    free_chain_rate, force_rate
        Where they do not: shares of Kempe chains, and of moves that force others out.
    complete_share
        Share of moves that should find all events placed there, in (0, 1).
    work
        Moves of one chunk, > 0.
    """

    start_scale: float = 1.5
    free_start_scale: float = 8.0
    end_scale: float = 0.03
    hard_scale: float = 10.0
    cutoff: float = 0.1
    room_rate: float = 0.06
    stay_rate: float = 0.3
    chain_rate: float = 0.1
    free_chain_rate: float = 0.1
    force_rate: float = 0.2
    complete_share: float = 0.5
    work: int = 400_000

    def __post_init__(self) -> None:
        if min(self.start_scale, self.end_scale, self.hard_scale) <= 0:
            raise ValueError("start_scale, end_scale and hard_scale must be > 0")
        if not 0 < self.cutoff <= 1:
            raise ValueError(f"cutoff must be in (0, 1], got {self.cutoff}")
        if min(self.rates) < 0 or sum(self.rates) > 1:
            raise ValueError("room_rate, stay_rate and chain_rate must be shares")
        if min(self.free_rates) < 0 or max(self.free_rates) > 1:
            raise ValueError("free_chain_rate and force_rate must be shares")
        if not 0 < self.complete_share < 1:
            raise ValueError("complete_share must be in (0, 1)")
        if self.work <= 0:
            raise ValueError(f"work must be > 0, got {self.work}")

    @property
    def rates(self) -> tuple[float, float, float]:
        """Shares of moves over cells: room only, period only, chains."""
        return self.room_rate, self.stay_rate, self.chain_rate

    @property
    def free_rates(self) -> tuple[float, float]:
        """Shares of moves over periods: chains, and those that force others out."""
        return self.free_chain_rate, self.force_rate


class GridAnnealing:
    """The annealing of one grid state; the surface of ``solvers.search.Annealing``.

    Parameters
    ----------
    state
        Assignment that is searched.
    params
        Parameters.
    """

    def __init__(
        self, state: GridSearchState, params: GridAnnealingParams | None = None
    ) -> None:
        self.state = state
        self.params = params or GridAnnealingParams()
        self._hot = self._cold = self._weight = 0.0
        self._level = 0.0
        self._fraction = 0.0
        self._accepted = 0.0
        self._repairs = 0

    @property
    def calibrated(self) -> bool:
        """Whether temperatures are set."""
        return self._hot > 0

    def calibrate(self) -> None:
        """Set temperatures and the hard weight from moves at the current assignment."""
        changes = self.state.soft_changes()
        quarter = float(np.percentile(changes, 25)) if len(changes) else 1.0
        free = self.state.rooms_are_free
        scale = self.params.free_start_scale if free else self.params.start_scale
        self._hot = scale * quarter
        self._cold = min(self._hot, self.params.end_scale * quarter)
        self._weight = self.params.hard_scale * quarter

    def scale_start(self, factor: float) -> None:
        """Multiply the start temperature, so that islands differ."""
        self._hot = max(self._cold, self._hot * factor)

    @property
    def temperature(self) -> float:
        """Current temperature."""
        return float(self._hot * (self._cold / self._hot) ** self._level)

    def find_feasible(
        self, should_stop: Callable[[], bool], max_moves: int | None = None
    ) -> bool:
        """Search on hard violations until none is left; return whether that is so.

        Parameters
        ----------
        should_stop
            Asked between chunks of a fraction of a second.
        max_moves
            Most moves, > 0; no limit by default.
        """
        state = self.state
        last = None if max_moves is None else state.moves + max_moves
        while state.can_move and state.best_cost.hard > 0 and not should_stop():
            work = max(1, self.params.work // 4)
            if last is not None:
                work = min(work, last - state.moves)
            if work <= 0:
                break
            self._repair(work)
        if state.best_cost.hard == 0 and state.cost.hard > 0:
            state.restore_best()
        return state.best_cost.hard == 0

    def _repair(self, work: int) -> None:
        """Search one chunk on hard violations; temperatures fall in cycles."""
        if self.state.rooms_are_free:
            self.state.insert_events(work)
            return
        share = 1.0 + 5.0 * (self._repairs % _CYCLE) / (_CYCLE - 1)
        self._repairs += 1
        self.state.anneal_cells(
            work, _IGNORE_SOFT, share * _IGNORE_SOFT, self.params.rates
        )

    def run(self, fraction: float, work: int | None = None) -> None:
        """Search one chunk at a position of the budget in [0, 1].

        The temperature falls with the budget, faster while many moves are accepted.
        """
        if not self.calibrated:
            self.calibrate()
        self._advance(min(1.0, max(0.0, fraction)))
        moves = work or self.params.work
        if self.state.rooms_are_free:
            tried, accepted = self._run_periods(moves)
        else:
            tried, accepted = self.state.anneal_cells(
                moves,
                self.temperature,
                max(self._weight, 2 * self.temperature),
                self.params.rates,
            )
        self._accepted = accepted / max(1, tried)

    def _run_periods(self, moves: int) -> tuple[int, int]:
        """Search over periods; the hard weight keeps events placed often enough."""
        tried, accepted, complete = self.state.anneal_periods(
            moves, self.temperature, self._weight, self.params.free_rates
        )
        often = complete > tried * self.params.complete_share
        self._weight *= 1 / _STEP if often else _STEP
        self._weight = max(self._weight, _LEAST_RATIO * self.temperature)
        return tried, accepted

    def _advance(self, fraction: float) -> None:
        """Go on in the schedule; its rest spans the rest of the budget."""
        left = 1.0 - self._fraction
        passed = fraction - self._fraction
        if passed <= 0 or left <= 0:
            return
        hurry = max(1.0, self._accepted / self.params.cutoff)
        step = (1.0 - self._level) * passed / left * hurry
        self._level = min(1.0, self._level + step)
        self._fraction = fraction

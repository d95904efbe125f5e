"""Simulated annealing of one state: a feasibility phase, then a schedule on all terms.

Work is counted in moves, so that runs repeat; whoever calls decides between
chunks of a fraction of a second when to stop.

References
----------
.. [1] Kirkpatrick, S., Gelatt, C. D., Vecchi, M. P. (1983). Optimization by simulated
   annealing. Science 220, 671-680. doi:10.1126/science.220.4598.671
.. [2] Glover, F., Hao, J.-K. (2011). The case for strategic oscillation. Annals of
   Operations Research 183, 163-173. doi:10.1007/s10479-009-0597-1 (hard weights that
   rise while violated and fall when clean)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .state import SearchState

__all__ = ["Annealing", "AnnealingParams"]

_CYCLE = 20
_WEIGHT_SPAN = 300.0
"""Highest hard weight as a multiple of the first."""
_STUCK = 3
"""Chunks at the highest hard weight until a violation is taken for stuck."""
_HOT, _COLD = 0.35, 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnealingParams:
    """Parameters of the annealing.

    Parameters
    ----------
    start_scale, end_scale
        Temperatures as multiples of the 25th and 10th percentile of the soft changes
        above 0 that random moves make. > 0.
    growth
        Factor by which the hard weight rises or falls every 1000 moves, >= 1.
    chain_rate, swap_rate
        Shares of moves that are chains and swaps, in [0, 1].
    costly_rate
        Share of moves that start from an event that pays, while nothing is violated and
        at most a quarter of the events pay, in [0, 1].
    event_work, student_work
        Moves of one chunk over placements and over sectioning, > 0.
    joint_rate
        Share of moves over placements and sectioning at once, in [0, 1].
    """

    start_scale: float = 1.5
    end_scale: float = 0.02
    growth: float = 1.01
    chain_rate: float = 0.02
    swap_rate: float = 0.02
    costly_rate: float = 0.3
    event_work: int = 400_000
    student_work: int = 60_000
    joint_rate: float = 0.005

    def __post_init__(self) -> None:
        if self.start_scale <= 0 or self.end_scale <= 0:
            raise ValueError("start_scale and end_scale must be > 0")
        if self.growth < 1:
            raise ValueError(f"growth must be >= 1, got {self.growth}")
        if not 0 <= self.chain_rate + self.swap_rate <= 1:
            raise ValueError("chain_rate + swap_rate must be in [0, 1]")
        if not 0 <= self.costly_rate <= 1:
            raise ValueError(f"costly_rate must be in [0, 1], got {self.costly_rate}")
        if self.event_work <= 0 or self.student_work <= 0:
            raise ValueError("event_work and student_work must be > 0")
        if not 0 <= self.joint_rate <= 1:
            raise ValueError(f"joint_rate must be in [0, 1], got {self.joint_rate}")


class Annealing:
    """The annealing of one state.

    Parameters
    ----------
    state
        Assignment that is searched.
    params
        Parameters.
    """

    def __init__(
        self, state: SearchState, params: AnnealingParams | None = None
    ) -> None:
        self.state = state
        self.params = params or AnnealingParams()
        self._weight = self._least = 0.0
        self._highest = 0.0
        self._hot = self._cold = 0.0
        self._repairs = 0
        self._chunks_stuck = 0

    @property
    def calibrated(self) -> bool:
        """Whether temperatures are set."""
        return self._hot > 0

    def find_feasible(
        self, should_stop: Callable[[], bool], max_moves: int | None = None
    ) -> bool:
        """Search on hard violations until none is left; return whether that is so.

        Soft cost decides only between moves that are equal to the hard constraints.

        Parameters
        ----------
        should_stop
            Asked between chunks of a fraction of a second.
        max_moves
            Most moves, > 0; no limit by default.
        """
        state = self.state
        last = None if max_moves is None else state.moves + max_moves
        largest = float(state.soft_changes(2000).max(initial=1))
        weight = max(1e6, 1e3 * largest)
        while state.can_move and state.best_cost.hard > 0 and not should_stop():
            work = max(1, self.params.event_work // 4)
            if last is not None:
                work = min(work, last - state.moves)
            if work <= 0:
                break
            self._repair(weight, work)
        if state.best_cost.hard == 0 and state.cost.hard > 0:
            state.restore_best()
        return state.best_cost.hard == 0

    def _repair(self, weight: float, work: int) -> None:
        """Search one chunk on hard violations; temperatures fall in cycles."""
        state, params = self.state, self.params
        share = (self._repairs % _CYCLE) / (_CYCLE - 1)
        self._repairs += 1
        state.anneal_events(
            work,
            weight * _HOT * (_COLD / _HOT) ** share,
            weight,
            rates=(0.01, params.swap_rate, 0.3),
            until_feasible=True,
        )
        if state.has_student_moves and state.cost.hard > 0:
            moves = max(1, work * params.student_work // params.event_work)
            state.anneal_students(moves, 1.0, weight, (0.1, 0.3))

    def calibrate(self) -> None:
        """Set temperatures and the hard weight from moves at the current assignment."""
        changes = self.state.soft_changes()
        tenth, quarter, half = (
            np.percentile(changes, [10, 25, 50]) if len(changes) else (1.0, 1.0, 1.0)
        )
        self._hot = max(0.3, self.params.start_scale * float(quarter))
        self._cold = min(self._hot, max(0.15, self.params.end_scale * float(tenth)))
        self._weight = max(3 * float(half), 5 * self._hot)
        self._highest = _WEIGHT_SPAN * self._weight
        self._least = float(half)

    def scale_start(self, factor: float) -> None:
        """Multiply the start temperature, so that islands differ."""
        self._hot = max(self._cold, self._hot * factor)

    def temperature(self, fraction: float) -> float:
        """Temperature at a position of the schedule in [0, 1]."""
        position = min(1.0, max(0.0, fraction))
        return float(self._hot * (self._cold / self._hot) ** position)

    def run(self, fraction: float, work: int | None = None) -> None:
        """Search one chunk at a position of the schedule in [0, 1].

        Parameters
        ----------
        fraction
            Position in the schedule; the temperature falls with it.
        work
            Moves in all, of which sectioning and joint moves get their shares; by
            default those of one chunk of each.
        """
        if not self.calibrated:
            self.calibrate()
        params, state = self.params, self.state
        chunk = params.event_work + params.student_work
        moves = work or chunk
        temperature = self.temperature(fraction)
        if state.has_student_moves:
            per_student = float(state.arrays.student_weight)
            limit_weight = 50 * per_student + 10 * temperature + 1
            student_moves = max(1, moves * params.student_work // chunk)
            state.anneal_students(student_moves, temperature, limit_weight)
            joint_moves = int(moves * params.joint_rate)
            if joint_moves:
                state.anneal_jointly(joint_moves, temperature, self._weight)
            moves = max(1, moves - student_moves - joint_moves)
        least = max(2.5 * temperature, self._least)
        self._weight = state.anneal_events(
            moves,
            temperature,
            max(self._weight, least),
            growth=(params.growth, least, self._highest),
            rates=(params.chain_rate, params.swap_rate, 0.05),
            costly=params.costly_rate,
        )
        is_stuck = state.cost.hard > 0 and self._weight >= self._highest
        self._chunks_stuck = self._chunks_stuck + 1 if is_stuck else 0
        if self._chunks_stuck >= _STUCK:
            self._mend(temperature)

    def _mend(self, temperature: float) -> None:
        """Leave violations that no weight drives out, if need be for the best."""
        state, params = self.state, self.params
        self._chunks_stuck = 0
        state.anneal_events(
            max(1, params.event_work // 4),
            temperature,
            self._weight,
            rates=(0.3, params.swap_rate, 0.9),
            until_feasible=True,
        )
        if state.cost.hard > 0 and state.best_cost.hard == 0:
            state.restore_best()
        self._weight = self._highest / _WEIGHT_SPAN

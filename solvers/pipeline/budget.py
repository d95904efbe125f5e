"""The budget of one stage, in seconds or moves."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from solvers.model import Cost

__all__ = ["Budget"]


class Budget:
    """What a stage may use, and whom it tells.

    Parameters
    ----------
    seconds
        Seconds from now, or None under a work limit.
    moves
        Moves, or None under a time limit.
    asked_to_stop
        Whether somebody outside wants the stage to end.
    on_report
        Called with stage, cost and moves of the stage.
    clock
        Seconds since any moment; wall time by default.
    """

    def __init__(
        self,
        *,
        seconds: float | None,
        moves: int | None,
        asked_to_stop: Callable[[], bool],
        on_report: Callable[[str, Cost, int], None],
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.seconds = seconds
        self.moves = moves
        self._clock = clock
        self._begin = clock()
        self._asked = asked_to_stop
        self._on_report = on_report

    def fraction(self) -> float:
        """Share of the seconds used, in [0, 1]; 0 under a work limit."""
        if not self.seconds:
            return 0.0 if self.seconds is None else 1.0
        return min(1.0, (self._clock() - self._begin) / self.seconds)

    def should_stop(self) -> bool:
        """Return whether the seconds are over or stop was asked."""
        return self._asked() or (self.seconds is not None and self.fraction() >= 1.0)

    def report(self, stage: str, cost: Cost, moves: int) -> None:
        """Tell how it goes."""
        self._on_report(stage, cost, moves)

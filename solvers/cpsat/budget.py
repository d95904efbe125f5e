"""How much time the start may still take."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from .params import CpsatParams
from .solving import Limits

__all__ = ["Budget"]


class Budget:
    """Time and stop of one construction.

    Parameters
    ----------
    time_limit
        Wall seconds in all; decides nothing in deterministic mode, where the solver
        calls share ``params.max_deterministic_time``.
    workers, seed
        Of every solver call.
    should_stop
        Polled.
    params
        Deterministic mode or not.
    """

    def __init__(
        self,
        time_limit: float,
        workers: int,
        seed: int,
        should_stop: Callable[[], bool] | None,
        params: CpsatParams,
    ) -> None:
        self._started = perf_counter()
        self._time_limit = time_limit
        self._should_stop = should_stop
        self._deterministic = params.max_deterministic_time
        self._spent = 0.0
        self._workers = workers
        self._seed = seed
        self._given_up = False
        self.ended_early = False

    @property
    def seconds(self) -> float:
        """Spent so far."""
        return perf_counter() - self._started

    @property
    def left(self) -> float:
        """Wall seconds left, or deterministic time."""
        return self.total - self.spent

    @property
    def spent(self) -> float:
        """Wall seconds used, or deterministic time."""
        return self.seconds if self._deterministic is None else self._spent

    @property
    def total(self) -> float:
        """Wall seconds in all, or deterministic time."""
        if self._deterministic is None:
            return self._time_limit
        return self._deterministic

    def give_up(self) -> None:
        """Be over from now on, whatever is left."""
        self._given_up = True

    def over(self) -> bool:
        """Whether to end now; remembered in ``ended_early``."""
        asked = self._should_stop is not None and self._should_stop()
        if asked or self._given_up or self.left <= 0:
            self.ended_early = True
            return True
        return False

    def limits(self, seconds: float, call: int) -> Limits:
        """Limits of one solver call, with a seed of its own."""
        return Limits(
            seconds=max(0.01, min(seconds, self.left)),
            workers=self._workers,
            seed=self._seed * 1_000 + call,
            deterministic=self._deterministic is not None,
            should_stop=self._should_stop,
            on_spent=self._spend,
        )

    def _spend(self, used: float) -> None:
        self._spent += used

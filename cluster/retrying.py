"""Calls into a store that may be away for a while."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from solvers.exceptions import InputError

__all__ = ["Retry"]

log = logging.getLogger(__name__)

T = TypeVar("T")

HOPELESS = (
    InputError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Repeats a call with growing pauses.

    Parameters
    ----------
    first_seconds, longest_seconds
        First and longest pause, > 0; each is twice the one before.
    patience_seconds
        When to let the last error through, counted from the first call.
    stopped
        Ends the waiting at once; the last error is let through then.
    """

    first_seconds: float
    longest_seconds: float
    patience_seconds: float
    stopped: threading.Event

    def pauses(self) -> Iterator[float]:
        """Seconds to wait after each failure, without end."""
        pause = self.first_seconds
        while True:
            yield pause
            pause = min(2 * pause, self.longest_seconds)

    def call(self, action: Callable[[], T], what: str) -> T:
        """Call until it succeeds; wrong input or code gets no second try."""
        began = monotonic()
        for pause in self.pauses():
            try:
                return action()
            except HOPELESS:
                raise
            except Exception as error:
                if monotonic() - began + pause > self.patience_seconds:
                    raise
                extra = {"action": "store_retry", "what": what}
                log.warning("%s: %r; retrying.", what, error, extra=extra)
                if self.stopped.wait(pause):
                    raise
        raise AssertionError("unreachable")

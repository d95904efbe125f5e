"""Ctrl-C and SIGTERM as a flag that is looked at, so that nothing ends half-started."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["StopRequest", "stop_requests"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Whether somebody asked this program to end."""

    def __init__(self, on_request: Callable[[], None]) -> None:
        self._asked = threading.Event()
        self._on_request = on_request

    def __call__(self) -> bool:
        """Whether it was asked."""
        return self._asked.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is asked, or for some seconds; returns whether it was."""
        return self._asked.wait(seconds)

    def install(self) -> None:
        """Take the signals; needed anew after libraries took them."""
        for number in _SIGNALS:
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if not self._asked.is_set():
            self._asked.set()
            self._on_request()


@contextmanager
def stop_requests(on_request: Callable[[], None]) -> Iterator[StopRequest]:
    """Turn Ctrl-C and SIGTERM into a flag for a while.

    Parameters
    ----------
    on_request
        Called at the first signal, to tell that it was heard.
    """
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    request = StopRequest(on_request)
    request.install()
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

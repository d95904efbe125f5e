"""How long a message waits for its next attempt, and when there is none. Pure."""

from __future__ import annotations

from itertools import accumulate, count

__all__ = [
    "MAX_ATTEMPTS",
    "SPAN_SECONDS",
    "delay_seconds",
    "is_exhausted",
    "shortest_delay_seconds",
]

SPAN_SECONDS = 24 * 3600.0
"""Attempts are spread over at least this long."""

_FIRST_SECONDS = 5.0
_LONGEST_SECONDS = 4 * 3600.0
_JITTER = 0.2


def shortest_delay_seconds(failures: int) -> float:
    """Return the delay after so many failures without its jitter.

    It doubles from 5 seconds on, up to 4 hours.

    Parameters
    ----------
    failures
        Attempts that have failed, at least 1.

    Raises
    ------
    ValueError
        If none has failed.
    """
    if failures < 1:
        raise ValueError("failures >= 1 is needed")
    # The exponent is bounded, as a float is.
    return min(_FIRST_SECONDS * 2.0 ** min(failures - 1, 60), _LONGEST_SECONDS)


def delay_seconds(failures: int, share: float) -> float:
    """Return the delay after so many failures.

    Parameters
    ----------
    failures
        Attempts that have failed, at least 1.
    share
        Random number in [0, 1]: how much of the jitter is added. Messages that failed
        together are so spread over a fifth of the delay.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError("0 <= share <= 1 is needed")
    return shortest_delay_seconds(failures) * (1.0 + _JITTER * share)


def _num_retries() -> int:
    delays = accumulate(shortest_delay_seconds(failures) for failures in count(1))
    return next(n for n, total in enumerate(delays, 1) if total >= SPAN_SECONDS)


MAX_ATTEMPTS = 1 + _num_retries()
"""The last one comes when the span is over."""


def is_exhausted(failures: int) -> bool:
    """Whether a message that failed so often is given up."""
    return failures >= MAX_ATTEMPTS

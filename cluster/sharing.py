"""How the search of five variants is made to cost at most twice that of one. Pure.

Where the variants crowd the CPUs, each searches at a fraction of the speed that one
alone would have. Then part of the search goes to a timetable at the institution's
weights, with every core, before the variants part from it.
"""

from __future__ import annotations

from .params import TimeShares

__all__ = ["shared_seconds", "shared_share"]


def shared_share(speed: float) -> float:
    """Part of a search that the variants do together.

    In a search of ``2 T`` seconds, ``s`` of it shared, a variant gets as much as in
    ``2 T (s + (1 - s) speed)`` seconds alone. The smallest ``s`` that makes this ``T``
    is taken.

    Parameters
    ----------
    speed
        Speed of one of five variants against that of one alone, in (0, 1].

    Returns
    -------
    float
        In [0, 0.5); 0 where each variant has half a variant's cores to itself.
    """
    if speed >= 0.5:
        return 0.0
    return (0.5 - speed) / (1.0 - speed)


def shared_seconds(
    limit: float, used: float, speed: float, shares: TimeShares
) -> float:
    """Seconds of shared search in a job of ``limit`` seconds, ``used`` of them gone."""
    left = limit * (1 - shares.closing) - used
    return max(0.0, shared_share(speed) * left)

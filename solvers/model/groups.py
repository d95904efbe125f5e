"""Groups of events that hard constraints hold together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_GROUP", "groups_of"]

MAX_GROUP = 16
"""Larger groups are not moved as one."""


def groups_of(pairs: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    """Return the groups of 2 to ``MAX_GROUP`` events, by their least event.

    Parameters
    ----------
    pairs
        ``(n, 2)`` int64, events that a constraint holds together.
    count
        Number of events.
    """
    label = _components(pairs, count)
    sizes = np.bincount(label)
    roots = np.flatnonzero((sizes > 1) & (sizes <= MAX_GROUP))
    return [np.flatnonzero(label == root) for root in roots]


def _components(pairs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Least node that each of ``count`` nodes is connected with by ``(n, 2)`` pairs."""
    label = np.arange(count)
    while True:
        least = label[pairs].min(axis=1)
        lower = label.copy()
        np.minimum.at(lower, pairs[:, 0], least)
        np.minimum.at(lower, pairs[:, 1], least)
        if (lower == label).all():
            return label
        label = lower

"""Groups of events that constraints hold together, or want together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_GROUP", "groups_of", "wanted_groups"]

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


def wanted_groups(
    lists: Iterable[NDArray[np.int64]], group_of: NDArray[np.int32]
) -> list[NDArray[np.int64]]:
    """Return the distinct groups that soft constraints want, in the order given.

    Left out are larger ones than ``MAX_GROUP``, and those that ``group_of``, ``(n,)``
    int32 and -1 for none, holds together already.
    """
    groups: dict[bytes, NDArray[np.int64]] = {}
    for events in lists:
        owners = set(group_of[events].tolist())
        held = len(owners) == 1 and -1 not in owners
        if 1 < len(events) <= MAX_GROUP and not held:
            groups.setdefault(events.tobytes(), events)
    return list(groups.values())


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

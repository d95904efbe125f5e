"""Groups of events that constraints hold together, or want together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .codes import ConstraintCode
from .instance import Instance
from .rows import ints, longs, rows_of, starts_of

__all__ = ["MAX_GROUP", "group_fields"]

MAX_GROUP = 16
"""Larger groups are not moved as one."""

_TOGETHER = (
    ConstraintCode.SameStart,
    ConstraintCode.SameTime,
    ConstraintCode.SameDays,
    ConstraintCode.SameWeeks,
    ConstraintCode.SameRoom,
)


def group_fields(instance: Instance, rows: NDArray[np.int64]) -> dict[str, object]:
    """Compile the groups, first those that hard relations hold together.

    Parameters
    ----------
    instance
        The problem.
    rows
        ``(n, 6)`` int64, its merged pairwise relations (a, b, code, param, hard, soft).

    Returns
    -------
    dict
        Fields of ``InstanceArrays`` about groups.
    """
    held = rows[np.isin(rows[:, 2], _TOGETHER) & (rows[:, 4] > 0)]
    hard = _connected(held[:, :2], instance.num_events)
    group_of = np.full(instance.num_events, -1, np.int32)
    for index, group in enumerate(hard):
        group_of[group] = index
    wanted = [
        np.unique(constraint.events)
        for constraint in instance.constraints
        if ConstraintCode[constraint.type] in _TOGETHER
        and not constraint.required
        and constraint.penalty * instance.weights[constraint.criterion] > 0
    ]
    soft = _wanted(wanted, group_of)
    groups = [*hard, *soft]
    owners = longs(int(event) for group in soft for event in group)
    of_group = np.repeat(np.arange(len(hard), len(groups)), [len(g) for g in soft])
    pointers, order = rows_of(owners, instance.num_events)
    return {
        "group_of": group_of,
        "group_ptr": starts_of(map(len, groups)),
        "group_events": ints(int(event) for group in groups for event in group),
        "wish_ptr": pointers,
        "wish_group": of_group[order].astype(np.int32),
    }


def _connected(pairs: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
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


def _wanted(
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

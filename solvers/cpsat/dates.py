"""Moments at which several times meet: the cliques of a timetable."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.model import InstanceArrays

from .assignment import IntArray

__all__ = ["meeting_sets"]


def meeting_sets(arrays: InstanceArrays, times: IntArray) -> list[IntArray]:
    """Find the sets of entries that meet at one moment.

    Two times overlap if and only if they share a set: intervals that meet pairwise on
    one date meet in one slot, which is the start of one of them.

    Parameters
    ----------
    arrays
        The compiled instance.
    times
        ``(num_entries,)`` time index of each entry; times may repeat.

    Returns
    -------
    list of numpy.ndarray
        Ascending positions in ``times``; at least two each, no set twice.
    """
    distinct, entry = np.unique(times, return_inverse=True)
    moments = _undominated(_moments(arrays, distinct))
    members = moments[:, entry]
    members = members[members.sum(axis=1) > 1]
    return [np.flatnonzero(row) for row in members]


def _moments(arrays: InstanceArrays, times: IntArray) -> NDArray[np.bool_]:
    """Distinct rows of which times meet at a start, a day and a week."""
    start, end = arrays.start[times], arrays.end[times]
    starts = np.unique(start)
    running = (start <= starts[:, None]) & (starts[:, None] < end)
    dates = _dates(arrays, times)
    starting = start == starts[:, None]
    rows = [running[(starting & date).any(axis=1)] & date for date in dates]
    return _distinct(np.concatenate(rows)) if rows else np.zeros((0, len(times)), bool)


def _dates(arrays: InstanceArrays, times: IntArray) -> NDArray[np.bool_]:
    """Distinct rows of which times meet on a date."""
    weeks = np.arange(arrays.num_weeks)[:, None]
    days = np.arange(arrays.num_days)[:, None]
    on_week = _distinct((arrays.weeks[times] >> weeks & 1).astype(bool))
    on_day = _distinct((arrays.days[times] >> days & 1).astype(bool))
    rows = (on_week[:, None, :] & on_day[None, :, :]).reshape((-1, len(times)))
    return _distinct(rows)


def _distinct(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    packed = np.packbits(rows, axis=1)
    seen = {row.tobytes(): index for index, row in reversed(list(enumerate(packed)))}
    return rows[sorted(seen.values())]


def _undominated(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop rows contained in another; only where there are few enough to compare."""
    if not 1 < len(rows) <= 400:
        return rows
    sizes = rows.sum(axis=1)
    rows = rows[np.argsort(-sizes, kind="stable")]
    shared = rows.astype(np.float32) @ rows.astype(np.float32).T
    within = shared == rows.sum(axis=1)[:, None]
    earlier = np.tri(len(rows), k=-1, dtype=bool)
    kept: NDArray[np.bool_] = rows[~(within & earlier).any(axis=1)]
    return kept

"""Timetables as few bytes, for the way between processes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Packed", "narrow", "pack_rows", "unpack_rows"]

Packed = tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]]
"""First values, how often each occurs, and all second values."""


def narrow(values: NDArray[np.integer]) -> NDArray[np.integer]:
    """Copy with the smallest integer type that holds every value."""
    if not len(values):
        return values.astype(np.int8)
    least, most = int(values.min()), int(values.max())
    return values.astype(
        np.promote_types(np.min_scalar_type(least), np.min_scalar_type(most))
    )


def pack_rows(rows: NDArray[np.int32]) -> Packed:
    """Pack sorted rows of two columns.

    Parameters
    ----------
    rows
        ``(num_rows, 2)`` int32, sorted by the first column.
    """
    firsts, counts = np.unique(rows[:, 0], return_counts=True)
    return narrow(firsts), narrow(counts), narrow(rows[:, 1])


def unpack_rows(packed: Packed) -> NDArray[np.int32]:
    """Rows that :func:`pack_rows` has packed, ``(num_rows, 2)`` int32."""
    firsts, counts, seconds = packed
    rows = np.empty((len(seconds), 2), np.int32)
    rows[:, 0] = np.repeat(firsts, counts)
    rows[:, 1] = seconds
    return rows

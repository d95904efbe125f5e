"""Rows of different lengths, as pointers into one array."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["ints", "longs", "rows_of", "starts_of"]


def ints(values: Iterable[int]) -> NDArray[np.int32]:
    """Array of int32."""
    return np.array(list(values), np.int32)


def longs(values: Iterable[int]) -> NDArray[np.int64]:
    """Array of int64."""
    return np.array(list(values), np.int64)


def starts_of(lengths: Iterable[int]) -> NDArray[np.int64]:
    """Where rows of these lengths begin, laid end to end; one more, their end."""
    return np.concatenate([[0], np.cumsum(longs(lengths))]).astype(np.int64)


def rows_of(
    owners: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pointers of rows and the order that sorts entries by owner."""
    order = np.argsort(owners, kind="stable")
    return starts_of(np.bincount(owners, minlength=count)), order

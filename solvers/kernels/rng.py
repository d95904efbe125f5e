"""A small random generator that kernels carry in an array: xorshift128+.

References
----------
.. [1] Vigna, S. (2017). Further scramblings of Marsaglia's xorshift generators.
   Journal of Computational and Applied Mathematics 315, 175-181.
   doi:10.1016/j.cam.2016.11.006
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

__all__ = ["rand_float", "rand_int", "seed_state"]

_SCALE = 1.0 / 9007199254740992.0


def seed_state(seed: int) -> np.ndarray:
    """State of a generator, ``(2,)`` uint64, from any non-negative seed."""
    return np.random.SeedSequence(seed).generate_state(2, np.uint64) | np.uint64(1)


@njit(inline="always")
def _next(state):
    a = state[0]
    b = state[1]
    state[0] = b
    a ^= a << uint64(23)
    state[1] = a ^ b ^ (a >> uint64(17)) ^ (b >> uint64(26))
    return state[1] + b


@njit(inline="always")
def rand_int(state, bound):
    """Integer in ``[0, bound)``; the bias is below 2**-30 for bounds below 2**32."""
    return np.int64(((_next(state) >> uint64(32)) * uint64(bound)) >> uint64(32))


@njit(inline="always")
def rand_float(state):
    """Float in ``(0, 1]``."""
    return (np.float64(_next(state) >> uint64(11)) + 1.0) * _SCALE

"""The generator inside kernels: ranges, seeds, no favorites."""

import numpy as np
from numba import njit

from solvers.kernels.rng import rand_float, rand_int, seed_state


@njit
def _draw(state, count, bound):  # type: ignore[no-untyped-def]
    ints = np.empty(count, np.int64)
    floats = np.empty(count)
    for k in range(count):
        ints[k] = rand_int(state, bound)
        floats[k] = rand_float(state)
    return ints, floats


def test_numbers_stay_in_their_ranges_and_use_them_evenly() -> None:
    """Integers in [0, bound), floats in (0, 1]: their logarithm is finite."""
    ints, floats = _draw(seed_state(1), 20_000, 5)
    counts = np.bincount(ints)
    assert len(counts) == 5
    assert abs(counts - 4000).max() < 300
    assert floats.min() > 0
    assert floats.max() <= 1
    assert abs(floats.mean() - 0.5) < 0.02


def test_seeds_decide_the_sequence() -> None:
    """Equal seeds repeat it, others do not; zero is a seed like any other."""
    drawn = [_draw(seed_state(seed), 50, 1000)[0].tolist() for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]

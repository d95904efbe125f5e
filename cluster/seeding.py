"""Seeds of variants and islands, drawn from the job's seed. Pure."""

from __future__ import annotations

import numpy as np

__all__ = ["island_seed", "refinement_seed", "variant_seed"]

_LARGEST = 2**31 - 1


def _seed(*path: int) -> int:
    state = np.random.SeedSequence(path).generate_state(1, np.uint32)
    return int(state[0]) & _LARGEST


def variant_seed(job_seed: int, number: int, launch: int = 0) -> int:
    """Seed of one launch of a variant; a restarted search takes another road."""
    return _seed(job_seed, number, launch)


def island_seed(variant: int, island: int) -> int:
    """Seed of an island, given its variant's seed."""
    return _seed(variant, 1, island)


def refinement_seed(variant: int) -> int:
    """Seed of the refinement, given its variant's seed."""
    return _seed(variant, 2)

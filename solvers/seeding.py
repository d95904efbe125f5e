"""Seeds of parts from the seed of the whole."""

from __future__ import annotations

import numpy as np

__all__ = ["child_seeds"]


def child_seeds(seed: int, count: int) -> list[int]:
    """Independent seeds in [0, 2**32) for the parts of a run."""
    children = np.random.SeedSequence(seed).spawn(count)
    return [int(child.generate_state(1)[0]) for child in children]

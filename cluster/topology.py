"""Migration graphs of an archipelago: who sends emigrants to whom. Pure."""

from __future__ import annotations

import numpy as np

__all__ = ["Topology", "ring", "ring_with_random_links"]

Topology = tuple[tuple[int, ...], ...]
"""Targets by island: ``topology[i]`` are the islands that island ``i`` sends to."""


def ring(num_islands: int) -> Topology:
    """Each island sends to the next one; a lone island sends to nobody."""
    if num_islands < 2:
        return ((),) * num_islands
    return tuple(((island + 1) % num_islands,) for island in range(num_islands))


def ring_with_random_links(
    num_islands: int, num_links: int, rng: np.random.Generator
) -> Topology:
    """Ring plus random shortcuts.

    The ring keeps good material moving everywhere; a few shortcuts shorten the way from
    half the ring to the logarithm of it.

    Parameters
    ----------
    num_islands
        Number of islands, >= 0.
    num_links
        Further targets of each island, as many as there are others.
    rng
        Source of randomness.

    References
    ----------
    Watts, D. J., Strogatz, S. H. (1998). Collective dynamics of 'small-world' networks.
    doi 10.1038/30918
    """
    return tuple(
        targets + _shortcuts(island, targets, num_islands, num_links, rng)
        for island, targets in enumerate(ring(num_islands))
    )


def _shortcuts(
    island: int,
    targets: tuple[int, ...],
    num_islands: int,
    num_links: int,
    rng: np.random.Generator,
) -> tuple[int, ...]:
    others = [i for i in range(num_islands) if i != island and i not in targets]
    count = min(num_links, len(others))
    chosen = rng.choice(others, size=count, replace=False) if count else ()
    return tuple(int(other) for other in chosen)

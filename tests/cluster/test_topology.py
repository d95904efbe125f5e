"""Migration graphs reach everybody and nobody sends to itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.topology import ring, ring_with_random_links


def test_a_ring_passes_to_the_next_island() -> None:
    """The last one closes the ring."""
    assert ring(3) == ((1,), (2,), (0,))


@pytest.mark.parametrize("num_islands", [0, 1])
def test_a_lone_island_sends_to_nobody(num_islands: int) -> None:
    """Migration to oneself would be waste."""
    assert ring(num_islands) == ((),) * num_islands


@given(st.integers(0, 12), st.integers(0, 15), st.integers(0, 2**31))
def test_random_links_are_different_and_never_to_oneself(
    num_islands: int, num_links: int, seed: int
) -> None:
    """Every target is another island, once, and the ring stays whole."""
    topology = ring_with_random_links(
        num_islands, num_links, np.random.default_rng(seed)
    )
    for island, targets in enumerate(topology):
        assert island not in targets
        assert len(set(targets)) == len(targets)
        assert set(ring(num_islands)[island]) <= set(targets)
        assert len(targets) <= max(0, num_islands - 1)

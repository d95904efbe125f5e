"""Nodes with network namespaces of their own are cut off and come back.

A node that nobody hears goes on for a while: what it does then must not count twice.
``HORARIUM_CHAOS_SEED`` repeats a run.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from .faults import NETWORK_FAULTS
from .network import can_make_networks, new_network
from .playing import Run, judge
from .stand import Stand, new_stand

pytestmark = [pytest.mark.chaos, pytest.mark.filterwarnings("ignore")]

SEED = int(os.environ.get("HORARIUM_CHAOS_SEED", "1"))
KINDS = (*NETWORK_FAULTS, "node cut off", "node lost")


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    if not can_make_networks():
        pytest.skip("network namespaces need root and the program ip")
    with new_network() as network, new_stand(network) as made:
        yield made


@pytest.mark.timeout(1500)
def test_nodes_that_are_cut_off_lose_nothing(stand: Stand) -> None:
    """Cables are pulled while jobs run, and a whole node dies as well."""
    rng = random.Random(SEED)
    kinds = list(KINDS)
    rng.shuffle(kinds)
    run = Run(stand, SEED)
    try:
        run.play(kinds, num_jobs=5)
        judge(stand, run.history, SEED)
    finally:
        run.close()

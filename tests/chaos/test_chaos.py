"""Jobs while everything that can die dies: none is lost, none is done twice.

``HORARIUM_CHAOS_SEED`` repeats a run, ``HORARIUM_CHAOS_JOBS`` makes a shorter one, and
``HORARIUM_CHAOS_MINUTES`` ends one in time, with the jobs that came until then.
The figures are printed; see docs/reliability.md.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from .faults import FAULTS
from .playing import Run, judge
from .stand import Stand, new_stand

pytestmark = [pytest.mark.chaos, pytest.mark.filterwarnings("ignore")]

SEED = int(os.environ.get("HORARIUM_CHAOS_SEED", "1"))
NUM_JOBS = int(os.environ.get("HORARIUM_CHAOS_JOBS", "200"))
MOST_SECONDS = 60 * float(os.environ.get("HORARIUM_CHAOS_MINUTES", "240"))
JOBS_A_ROUND = 12
RARE = ("head lost",)


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    with new_stand() as made:
        yield made


def _kinds(rng: random.Random, rounds: int) -> list[str]:
    """Every kind ``rounds`` times in random order; rare ones in every fourth round."""
    kinds: list[str] = []
    for number in range(rounds):
        some = [kind for kind in FAULTS if kind not in RARE or number % 4 == 0]
        rng.shuffle(some)
        kinds += some
    return kinds


@pytest.mark.timeout(1500)
def test_a_round_of_every_fault(stand: Stand) -> None:
    """Each kind once, in random order, while jobs run."""
    run = Run(stand, SEED, MOST_SECONDS)
    try:
        run.play(_kinds(random.Random(SEED), 1), num_jobs=6)
        judge(stand, run.history, SEED)
    finally:
        run.close()


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
def test_two_hundred_jobs(stand: Stand) -> None:
    """The whole suite, or as much of it as the environment asks for."""
    run = Run(stand, SEED + 1, MOST_SECONDS)
    try:
        rounds = max(1, NUM_JOBS // JOBS_A_ROUND)
        run.play(_kinds(random.Random(SEED + 1), rounds), NUM_JOBS)
        judge(stand, run.history, SEED + 1)
    finally:
        run.close()

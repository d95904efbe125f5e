"""The smallest budget that reaches a target."""

import pytest

from solvers.bench import Rung, budgets, climb
from solvers.model import Cost


def test_budgets_grow_by_the_root_of_two() -> None:
    """Two steps halve."""
    assert budgets(60.0, 4) == pytest.approx((15, 21.21, 30, 42.43, 60), abs=0.01)


def test_it_climbs_until_the_median_reaches_the_target() -> None:
    """No further rung is paid for."""
    asked: list[tuple[float, int]] = []

    def run(seconds: float, seed: int) -> Cost:
        asked.append((seconds, seed))
        return Cost(0, int(100 - seconds) + seed)

    rungs = list(climb((10, 20, 30), Cost(0, 82), (0, 1, 2), run))
    assert [rung.seconds for rung in rungs] == [10, 20]
    assert rungs[-1].median == Cost(0, 81)
    assert len(asked) == 6


def test_hard_violations_weigh_more_than_any_cost() -> None:
    """A cheap timetable that cannot be held reaches nothing."""
    rungs = list(climb((1, 2), Cost(0, 9), (0,), lambda seconds, seed: Cost(1, 0)))
    assert [rung.costs for rung in rungs] == [(Cost(1, 0),), (Cost(1, 0),)]


def test_of_two_seeds_the_better_counts() -> None:
    """The median of an even number is one that was measured."""
    assert Rung(1.0, (Cost(0, 4), Cost(0, 2))).median == Cost(0, 2)

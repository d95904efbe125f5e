"""Stopping criteria: when they stop, and what share of the budget they see used."""

import pytest

from solvers.model import Cost
from solvers.seeding import child_seeds
from solvers.stop import (
    AnyOf,
    Cancelled,
    Clock,
    MaxRuntime,
    MaxWork,
    Progress,
    TargetCost,
)


def _progress(
    seconds: float = 0.0, work: int = 0, best: Cost | None = None
) -> Progress:
    return Progress(seconds, work, best)


def test_a_runtime_is_used_second_by_second() -> None:
    """It stops at its seconds, not before; the share never exceeds one."""
    stop = MaxRuntime(10.0)
    assert not stop(_progress(9.9))
    assert stop(_progress(10.0))
    assert stop.fraction(_progress(2.5)) == 0.25
    assert stop.fraction(_progress(99.0)) == 1.0


def test_work_is_used_move_by_move() -> None:
    """It stops at its moves, whatever the time."""
    stop = MaxWork(200)
    assert not stop(_progress(1e9, 199))
    assert stop(_progress(0.0, 200))
    assert stop.fraction(_progress(work=50)) == 0.25


def test_a_target_needs_a_timetable_at_least_as_good() -> None:
    """Violations come first; without a timetable there is no target."""
    stop = TargetCost(Cost(0, 10))
    assert not stop(_progress())
    assert not stop(_progress(best=Cost(1, 0)))
    assert not stop(_progress(best=Cost(0, 11)))
    assert stop(_progress(best=Cost(0, 10)))
    assert stop.fraction(_progress(best=Cost(0, 10))) == 0.0


def test_the_first_criterion_that_is_met_stops() -> None:
    """Of several budgets the one used most counts."""
    asked: list[bool] = []
    stop = AnyOf(MaxRuntime(10.0), MaxWork(100), Cancelled(lambda: bool(asked)))
    assert not stop(_progress(1.0, 1))
    assert stop.fraction(_progress(1.0, 50)) == 0.5
    asked.append(True)
    assert stop(_progress(0.0, 0))
    assert AnyOf().fraction(_progress()) == 0.0


@pytest.mark.parametrize(("kind", "value"), [(MaxRuntime, 0.0), (MaxWork, -1)])
def test_budgets_must_be_positive(kind: type, value: float) -> None:
    """The message says what is wrong."""
    with pytest.raises(ValueError, match="must be > 0"):
        kind(value)


def test_the_clock_goes_forward() -> None:
    """Seconds since it was made."""
    clock = Clock()
    assert 0 <= clock() <= clock()


def test_child_seeds_are_distinct_and_repeatable() -> None:
    """More children keep the seeds of the first ones."""
    assert child_seeds(1, 3) == child_seeds(1, 5)[:3]
    assert len({*child_seeds(1, 100), *child_seeds(2, 100)}) == 200

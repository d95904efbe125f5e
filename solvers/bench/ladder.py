"""The smallest of several budgets that reaches a target. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from solvers.model import Cost

__all__ = ["Rung", "budgets", "climb", "seconds_to"]

STEP = 2**0.5


@dataclass(frozen=True, slots=True)
class Rung:
    """What a budget has led to.

    Parameters
    ----------
    seconds
        The budget.
    costs
        Cost of every seed.
    """

    seconds: float
    costs: tuple[Cost, ...]

    @property
    def median(self) -> Cost:
        """Median of the costs, the lower of two."""
        return median_low(self.costs)


def budgets(whole: float, num_steps: int) -> tuple[float, ...]:
    """Budgets up to the whole, each a factor of the square root of 2 above the last.

    Parameters
    ----------
    whole
        The largest, > 0.
    num_steps
        Steps below it, >= 0.
    """
    return tuple(whole / STEP**step for step in range(num_steps, -1, -1))


def climb(
    rungs: Sequence[float],
    target: Cost,
    seeds: Sequence[int],
    run: Callable[[float, int], Cost],
) -> Iterator[Rung]:
    """Try budgets from the smallest until the median of the seeds reaches the target.

    An annealing spreads its cooling over its budget: stopped early it has hardly begun
    to be good. So every rung is a search of its own, not a moment of a longer one.
    """
    for seconds in rungs:
        rung = Rung(seconds, tuple(run(seconds, seed) for seed in seeds))
        yield rung
        if rung.median <= target:
            return


def seconds_to(target: Cost, tried: Sequence[Rung]) -> float | None:
    """Smallest budget whose median reached a target, None if none of a climb did."""
    last = tried[-1]
    return last.seconds if last.median <= target else None

"""When people can and like to meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from solvers.model import Time

from .grid import Grid
from .schema import Batch, Faculty

__all__ = ["Availability"]


@dataclass(frozen=True, slots=True)
class Availability:
    """Intervals of one person or batch.

    Parameters
    ----------
    here
        A meeting lies within one of them; empty means no restriction.
    away
        A meeting overlaps none of them.
    liked, disliked
        Wishes.
    """

    here: tuple[Time, ...] = ()
    away: tuple[Time, ...] = ()
    liked: tuple[Time, ...] = ()
    disliked: tuple[Time, ...] = ()

    @classmethod
    def of_faculty(cls, person: Faculty, grid: Grid) -> Self:
        """Availability of a person who teaches."""
        return cls(
            grid.of_intervals(person.available),
            grid.of_intervals(person.unavailable),
            grid.of_intervals(person.preferred),
            grid.of_intervals(person.avoided),
        )

    @classmethod
    def of_batch(cls, batch: Batch, grid: Grid) -> Self:
        """Availability of a batch."""
        return cls(away=grid.of_intervals(batch.unavailable))

    def allows(self, time: Time) -> bool:
        """Whether a meeting can take place at a time."""
        if any(map(time.overlaps, self.away)):
            return False
        return not self.here or any(_within(time, interval) for interval in self.here)

    def likes(self, time: Time) -> bool:
        """Whether a time lies within the liked ones, if there are any."""
        return not self.liked or any(_within(time, interval) for interval in self.liked)

    def dislikes(self, time: Time) -> bool:
        """Whether a time touches disliked ones."""
        return any(map(time.overlaps, self.disliked))


def _within(time: Time, interval: Time) -> bool:
    return (
        interval.start <= time.start
        and time.end <= interval.end
        and not time.days & ~interval.days
        and not time.weeks & ~interval.weeks
    )

"""How many events a large neighborhood frees."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NeighborhoodSize"]


@dataclass(slots=True)
class NeighborhoodSize:
    """Adaptive number of events to free.

    Parameters
    ----------
    size
        Current number of events.
    least, most
        Its range, ``1 <= least <= most``.
    quick_seconds
        A proof of optimality within this time asks for more events.
    """

    size: int = 40
    least: int = 8
    most: int = 400
    quick_seconds: float = 0.5

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most:
            raise ValueError("1 <= least <= most must hold.")
        self.size = min(self.most, max(self.least, self.size))

    def update(self, *, optimal: bool, seconds: float) -> int:
        """Grow after a quick proof of optimality, shrink when there was none."""
        if optimal and seconds < self.quick_seconds:
            self.size = int(self.size * 1.3) + 1
        elif not optimal:
            self.size = int(self.size * 0.8)
        self.size = min(self.most, max(self.least, self.size))
        return self.size

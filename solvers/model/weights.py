"""Weights of the criteria: what one unit of each raw criterion costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["ITC2019_CRITERIA", "Weights"]

ITC2019_CRITERIA = ("time", "room", "distribution", "student")


@dataclass(frozen=True, slots=True)
class Weights(Mapping[str, int]):
    """Integer weights by criterion name, zero where not given.

    Parameters
    ----------
    items
        Pairs of criterion and weight. Weights are non-negative integers.

    Raises
    ------
    ValueError
        If a weight is negative or a criterion is named twice.
    """

    items_: tuple[tuple[str, int], ...] = field(default=())

    def __post_init__(self) -> None:
        names = [name for name, _ in self.items_]
        if len(names) != len(set(names)):
            raise ValueError("a criterion is weighted twice")
        for name, weight in self.items_:
            if weight < 0:
                raise ValueError(f"weight of {name} must be >= 0, got {weight}")

    @classmethod
    def of(cls, weights: Mapping[str, int]) -> Weights:
        """Build from a mapping, in sorted order so that equal weights compare equal."""
        return cls(tuple(sorted((str(k), int(v)) for k, v in weights.items())))

    def __getitem__(self, criterion: str) -> int:
        for name, weight in self.items_:
            if name == criterion:
                return weight
        return 0

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.items_)

    def __len__(self) -> int:
        return len(self.items_)

    def __contains__(self, criterion: object) -> bool:
        return any(name == criterion for name, _ in self.items_)

    def cost(self, criteria: Mapping[str, int]) -> int:
        """Weighted sum of raw criteria."""
        return sum(self[name] * value for name, value in criteria.items())

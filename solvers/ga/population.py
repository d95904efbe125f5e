"""A small population of timetables, best first, no two alike."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from solvers.model import Cost, Timetable

__all__ = ["Individual", "Population"]


@dataclass(frozen=True, slots=True)
class Individual:
    """A timetable with its cost; also what migrates between islands."""

    cost: Cost
    timetable: Timetable


def distance(a: Timetable, b: Timetable) -> float:
    """Share of events placed differently, in [0, 1]."""
    differ = (a.time_option != b.time_option) | (a.room_option != b.room_option)
    return float(differ.mean()) if len(differ) else 0.0


class Population:
    """The best distinct timetables seen, at most ``capacity``.

    A newcomer replaces a member that it resembles if it is better, else the worst.
    """

    _ALIKE = 0.02

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._members: list[Individual] = []

    @property
    def members(self) -> list[Individual]:
        """Members, best first."""
        return list(self._members)

    @property
    def best(self) -> Individual:
        """Best member; there must be one."""
        return self._members[0]

    @property
    def best_cost(self) -> Cost | None:
        """Cost of the best member, None when empty."""
        return self._members[0].cost if self._members else None

    @property
    def diversity(self) -> float:
        """Mean distance of two members, 0 with fewer than two."""
        pairs = combinations(self._members, 2)
        found = [distance(a.timetable, b.timetable) for a, b in pairs]
        return float(np.mean(found)) if found else 0.0

    def add(self, newcomer: Individual) -> bool:
        """Take a newcomer in if it is good enough; return whether it is."""
        alike = [
            member
            for member in self._members
            if distance(member.timetable, newcomer.timetable) <= self._ALIKE
        ]
        if any(member.cost <= newcomer.cost for member in alike):
            return False
        for member in alike:
            self._members.remove(member)
        self._members.append(newcomer)
        self._members.sort(key=lambda member: member.cost)
        del self._members[self._capacity :]
        return any(member is newcomer for member in self._members)

    def parents(self, rng: np.random.Generator) -> tuple[Individual, Individual]:
        """Draw two different members, the first by tournament of two."""
        size = len(self._members)
        first = int(min(rng.integers(size, size=2)))
        others = [index for index in range(size) if index != first]
        second = others[int(rng.integers(len(others)))]
        return self._members[first], self._members[second]

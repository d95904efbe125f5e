"""What one set of times or rooms leaves of another under a pairwise rule."""

from __future__ import annotations

import numpy as np

from solvers.model import ConstraintCode

from .domains import BoolArray, Domains, Grid

__all__ = ["Rule", "Supports"]

Rule = tuple[int, int, int]
"""Code and parameters of a rule on two times."""


class Supports:
    """Looks up, and remembers, which members of a set keep a partner in another.

    Parameters
    ----------
    grid
        The distinct times and rooms.
    domains
        Numbers of the sets.
    """

    def __init__(self, grid: Grid, domains: Domains) -> None:
        self._grid = grid
        self._domains = domains
        self._tables: dict[Rule, BoolArray] = {}
        self._times: dict[tuple[Rule, bool, int, int], int] = {}
        self._turned_tables: dict[Rule, BoolArray] = {}
        self._without_partner: dict[tuple[Rule, bool, int], BoolArray] = {}
        self._rooms: dict[tuple[bool, int, int], int] = {}
        self._ways: dict[tuple[int, int], tuple[int, ...]] = {}

    def times(self, rule: Rule, mine: int, other: int, *, first: bool = True) -> int:
        """Set of times that have a partner under a rule.

        Parameters
        ----------
        rule
            The rule.
        mine, other
            Numbers of two sets of times.
        first
            Whether ``mine`` belongs to the event listed first.

        Returns
        -------
        int
            Number of what is left of ``mine``.
        """
        key = (rule, first, mine, other)
        if key not in self._times:
            sets = self._domains.time_sets
            broken = self._excluded(rule, other, first)[sets[mine]]
            self._times[key] = sets.without(mine, ~broken)
        return self._times[key]

    def _excluded(self, rule: Rule, other: int, first: bool) -> BoolArray:
        """``(num_times,)`` whether a time has no partner in a set of times."""
        key = (rule, first, other)
        if key not in self._without_partner:
            times = self._domains.time_sets[other]
            table = self._table(rule)
            # Rows lie together in memory.
            rows = (table if not first else self._turned(rule))[times]
            self._without_partner[key] = np.asarray(rows.all(axis=0))
        return self._without_partner[key]

    def _turned(self, rule: Rule) -> BoolArray:
        if rule not in self._turned_tables:
            turned = np.ascontiguousarray(self._table(rule).T)
            self._turned_tables[rule] = turned
        return self._turned_tables[rule]

    def rooms(self, same: bool, mine: int, other: int) -> int:
        """Set of rooms that have a partner that is the same (or another) room."""
        key = (same, mine, other)
        if key not in self._rooms:
            sets = self._domains.room_sets
            kept = np.isin(sets[mine], sets[other])
            if not same:
                # A room is ruled out only by an event that has no other.
                kept = ~kept | (sets.size(other) > 1)
            self._rooms[key] = sets.without(mine, kept)
        return self._rooms[key]

    def ways(self, mine: int, other: int) -> tuple[int, ...]:
        """For each room of a set, slots to the nearest room of another set."""
        key = (mine, other)
        if key not in self._ways:
            sets = self._domains.room_sets
            travel = self._grid.travel[np.ix_(sets[mine], sets[other])]
            self._ways[key] = tuple(travel.min(axis=1).tolist())
        return self._ways[key]

    def _table(self, rule: Rule) -> BoolArray:
        if rule not in self._tables:
            self._tables[rule] = self._violated(*rule)
        return self._tables[rule]

    def _violated(self, code: int, first: int, second: int) -> BoolArray:
        table = self._grid.table
        match code:
            case ConstraintCode.SameAttendees:
                # The parameter is the shortest way between the two events' rooms.
                late = table.shares & (table.between < first)
                return np.asarray(late | table.overlap)
            case ConstraintCode.MaxBlock:
                return self._long_block(first, second)
            case _:
                return table.violated(code, first)

    def _long_block(self, longest: int, gap: int) -> BoolArray:
        """Two times that make a too long block by themselves."""
        table = self._grid.table
        starts, ends = table.start, table.end
        span = np.maximum(ends[:, None], ends) - np.minimum(starts[:, None], starts)
        # Blocks of a common start are allowed in one reading of the rule.
        apart = starts[:, None] != starts
        near = table.shares & (table.between <= gap)
        return np.asarray(near & (span > longest) & apart)

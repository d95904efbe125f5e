"""A CP-SAT model over candidates: Booleans, views of them, and priced rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from solvers.model import InstanceArrays

from .assignment import Assignment, IntArray
from .candidates import Candidates
from .solving import Solved

__all__ = ["Literal", "PlacementModel", "Scope", "View"]

Literal = Any
"""A Boolean variable of OR-tools, or its negation."""


class Scope(Enum):
    """What a model decides."""

    TIMES = "times"
    """Times alone; rooms are left open."""
    ROOMS = "rooms"
    """Rooms alone, at given times."""
    BOTH = "both"
    """Times and rooms together."""


class View(NamedTuple):
    """Literals of an event, one for each distinct key (time or room index).

    Parameters
    ----------
    keys
        ``(num,)`` int64, distinct.
    literals
        As many; exactly one is true.
    """

    keys: IntArray
    literals: list[Literal]


class PlacementModel:
    """One Boolean for every candidate of every free event.

    Parameters
    ----------
    arrays
        The compiled instance.
    candidates
        Of each free event, at least one each.
    scope
        What it decides; rules on anything else are left out.
    strict
        Whether hard rules are constraints; otherwise each violation is priced at
        ``hard_price``.
    with_soft
        Whether soft rules between free events are modeled at all.
    """

    def __init__(
        self,
        arrays: InstanceArrays,
        candidates: Sequence[Candidates],
        *,
        scope: Scope,
        strict: bool,
        with_soft: bool,
    ) -> None:
        self.arrays = arrays
        self.scope = scope
        self.candidates = {c.event: c for c in candidates}
        self.strict = strict
        self.with_soft = with_soft
        self.cp = cp_model.CpModel()
        self.events = [c.event for c in candidates]
        self.is_free = np.zeros(arrays.num_events, bool)
        self.is_free[self.events] = True
        # Above all that free choices can save: one violation less is always better.
        ranges = (int(np.ptp(c.soft)) for c in candidates if len(c))
        self.hard_price = max(100, 1 + sum(ranges))
        self._now: dict[int, int] = {}
        self._terms: list[Any] = []
        self._prices: list[int] = []
        self._times: dict[int, View] = {}
        self._rooms: dict[int, View] = {}
        self.literals = {c.event: self._place(c) for c in candidates}

    # Variables.

    def _place(self, candidates: Candidates) -> list[Literal]:
        literals = []
        costs = candidates.soft - candidates.soft.min(initial=2**40)
        costs += self.hard_price * candidates.hard
        for index, cost in enumerate(costs.tolist()):
            literal = self.new_bool(index == candidates.current)
            literals.append(literal)
            self.price(literal, cost)
        self.cp.add_exactly_one(literals)
        return literals

    def new_bool(self, now: bool) -> Literal:
        """Add a Boolean with its value in the current timetable, for the hint."""
        literal = self.cp.new_bool_var("")
        self._now[literal.index] = int(now)
        return literal

    def now(self, literals: Iterable[Literal]) -> int:
        """How many of the given Booleans are true in the current timetable."""
        return sum(self._now[literal.index] for literal in literals)

    def price(self, literal: Literal, cost: int) -> None:
        """Add a cost that is due when a variable is 1 (or per unit of it)."""
        if cost:
            self._terms.append(literal)
            self._prices.append(cost)

    def time_view(self, event: int) -> View:
        """Literals of a free event by time."""
        if event not in self._times:
            self._times[event] = self._view(event, self.candidates[event].times)
        return self._times[event]

    def room_view(self, event: int) -> View:
        """Literals of a free event by room."""
        if event not in self._rooms:
            self._rooms[event] = self._view(event, self.candidates[event].rooms)
        return self._rooms[event]

    def _view(self, event: int, keys: IntArray) -> View:
        groups: defaultdict[int, list[Literal]] = defaultdict(list)
        for key, literal in zip(keys.tolist(), self.literals[event], strict=True):
            groups[key].append(literal)
        joined = [self._any_of(group) for group in groups.values()]
        return View(np.array(list(groups), np.int64), joined)

    def _any_of(self, exclusive: list[Literal]) -> Literal:
        if len(exclusive) == 1:
            return exclusive[0]
        literal = self.new_bool(bool(self.now(exclusive)))
        self.cp.add_exactly_one([*exclusive, ~literal])
        return literal

    # Rules.

    def hard_cost(self) -> int | None:
        """Price of a hard violation; None where it is forbidden."""
        return None if self.strict else self.hard_price

    def at_most_one(self, literals: Sequence[Literal], cost: int | None) -> None:
        """Allow one of the literals; every further one costs, or is forbidden."""
        if cost is None:
            self.cp.add_at_most_one(literals)
        else:
            self.at_most(literals, [1] * len(literals), 1, cost)

    def at_most(
        self,
        literals: Sequence[Literal],
        amounts: Sequence[int],
        bound: int,
        cost: int | None,
    ) -> None:
        """Bound a weighted sum from above; every unit of excess costs."""
        most = sum(amount for amount in amounts if amount > 0)
        if most <= bound:
            return
        total = cp_model.LinearExpr.weighted_sum(list(literals), list(amounts))
        if cost is None:
            self.cp.add(total <= bound)
            return
        excess = self.cp.new_int_var(0, most - bound, "")
        pairs = zip(literals, amounts, strict=True)
        present = sum(amount * self._now[x.index] for x, amount in pairs)
        self._now[excess.index] = max(0, present - bound)
        self.cp.add(total <= bound + excess)
        self.price(excess, cost)

    def forbid(
        self,
        first: Sequence[Literal],
        second: Sequence[Literal],
        broken: NDArray[np.bool_],
        cost: int | None,
    ) -> None:
        """Rule out pairs of two events' literals, or price their violation once.

        Parameters
        ----------
        first, second
            Literals of two events, exclusive within each.
        broken
            ``(len(first), len(second))`` bool, pairs that violate.
        cost
            None forbids.
        """
        if not broken.any():
            return
        if broken.shape[0] > broken.shape[1]:
            first, second, broken = second, first, broken.T
        escape = [] if cost is None else [self._violated(first, second, broken, cost)]
        for rows, columns in _blocks(broken):
            literals = [first[i] for i in rows] + [second[j] for j in columns]
            if escape:
                total = cp_model.LinearExpr.sum(literals)
                self.cp.add(total <= 1 + escape[0])
            else:
                self.cp.add_at_most_one(literals)

    def _violated(
        self,
        first: Sequence[Literal],
        second: Sequence[Literal],
        broken: NDArray[np.bool_],
        cost: int,
    ) -> Literal:
        here = np.array([self._now[x.index] for x in first])
        there = np.array([self._now[x.index] for x in second])
        violated = self.new_bool(bool(here @ broken @ there))
        self.price(violated, cost)
        return violated

    # Solving.

    def finish(self) -> None:
        """State objective and hint, anew after rules were added."""
        if self._terms:
            total = cp_model.LinearExpr.weighted_sum(self._terms, self._prices)
            self.cp.clear_objective()
            self.cp.minimize(total)
        self.cp.clear_hints()
        if all(c.current >= 0 for c in self.candidates.values()):
            for index, value in self._now.items():
                variable = self.cp.get_int_var_from_proto_index(index)
                self.cp.add_hint(variable, value)
        else:
            for event, candidates in self.candidates.items():
                if candidates.current >= 0:
                    self.cp.add_hint(self.literals[event][candidates.current], 1)

    def apply(self, solved: Solved, assignment: Assignment) -> Assignment:
        """Copy an assignment with the solution's placements."""
        changed = assignment.copy()
        for event, literals in self.literals.items():
            chosen = next(i for i, x in enumerate(literals) if solved.value(x))
            candidates = self.candidates[event]
            changed.time_pos[event] = candidates.time_pos[chosen]
            changed.room_pos[event] = candidates.room_pos[chosen]
        return changed


def _blocks(broken: NDArray[np.bool_]) -> list[tuple[list[int], list[int]]]:
    """Rows that share one pattern, with the columns of the pattern."""
    rows: defaultdict[bytes, list[int]] = defaultdict(list)
    packed = np.packbits(broken, axis=1)
    for index in np.flatnonzero(broken.any(axis=1)).tolist():
        rows[packed[index].tobytes()].append(index)
    return [(same, np.flatnonzero(broken[same[0]]).tolist()) for same in rows.values()]

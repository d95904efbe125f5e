"""Whole-list rules that are linear in the candidates: days, day loads, rooms used."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from solvers.model import ConstraintCode, InstanceArrays

from .assignment import Assignment, IntArray
from .model import Literal, PlacementModel, Scope

__all__ = ["MODELED_LISTS", "ListRules", "list_events"]

_C = ConstraintCode
MODELED_LISTS = frozenset(
    {_C.MaxDays, _C.MinWorkingDays, _C.MaxDayLoad, _C.RoomStability}
)


def list_events(arrays: InstanceArrays, number: int) -> IntArray:
    """Event indices of a whole-list constraint."""
    rows = slice(arrays.list_ptr[number], arrays.list_ptr[number + 1])
    return arrays.list_events[rows].astype(np.int64)


class _Side(NamedTuple):
    """Free literals and the fixed amount of a sum over a list's events."""

    literals: list[Literal]
    amounts: list[int]
    fixed: int


class ListRules:
    """Adds the whole-list rules that touch a model's free events.

    Parameters
    ----------
    model
        The model, changed in place.
    assignment
        Placements of the fixed events.
    """

    def __init__(self, model: PlacementModel, assignment: Assignment) -> None:
        self._model = model
        self._arrays = model.arrays
        self._times = assignment.times
        self._rooms = assignment.rooms
        self._placed = assignment.time_pos >= 0

    def add(self) -> None:
        """Add every linear rule, required or (if the model has soft rules) soft."""
        adders = self._adders()
        for number in self.touched():
            adder = adders.get(int(self._arrays.list_code[number]))
            if adder is None:
                continue
            if self._arrays.list_hard[number]:
                adder(number, self._model.hard_cost())
            elif self._model.with_soft and self._price(number):
                adder(number, self._price(number))

    def _adders(self) -> dict[int, Callable[[int, int | None], None]]:
        adders: dict[int, Callable[[int, int | None], None]] = {}
        if self._model.scope is not Scope.TIMES:
            adders[_C.RoomStability] = self._add_stability
        if self._model.scope is not Scope.ROOMS:
            adders[_C.MaxDays] = self._add_max_days
            adders[_C.MinWorkingDays] = self._add_min_days
            adders[_C.MaxDayLoad] = self._add_day_load
        return adders

    def touched(self) -> list[int]:
        """Numbers of the whole-list constraints with a free event."""
        arrays = self._arrays
        free = self._model.is_free[arrays.list_events]
        owner = np.repeat(np.arange(len(arrays.list_code)), np.diff(arrays.list_ptr))
        return np.unique(owner[free]).tolist()  # type: ignore[no-any-return]

    def _price(self, number: int) -> int:
        arrays = self._arrays
        return int(arrays.list_penalty[number] * arrays.list_weight[number])

    def _side(
        self,
        number: int,
        amount: Callable[[IntArray], IntArray],
        *,
        of_rooms: bool = False,
    ) -> _Side:
        """Sum of ``amount`` over the times (or rooms) that the list's events take."""
        literals: list[Literal] = []
        amounts: list[int] = []
        fixed = 0
        for event in list_events(self._arrays, number).tolist():
            if self._model.is_free[event]:
                view = (
                    self._model.room_view(event)
                    if of_rooms
                    else self._model.time_view(event)
                )
                values = amount(view.keys)
                for index in np.flatnonzero(values).tolist():
                    literals.append(view.literals[index])
                    amounts.append(int(values[index]))
            elif self._placed[event]:
                key = self._rooms[event] if of_rooms else self._times[event]
                fixed += int(amount(np.array([key]))[0])
        return _Side(literals, amounts, fixed)

    def _meets(self, day: int) -> Callable[[IntArray], IntArray]:
        return lambda times: self._arrays.days[times] >> day & 1

    def _used(self, side: _Side) -> Literal:
        """Boolean that is true if anything of the side is."""
        used = self._model.new_bool(self._model.now(side.literals) > 0)
        for literal in side.literals:
            self._model.cp.add_implication(literal, used)
        return used

    def _bound_used(self, sides: list[_Side], bound: int, cost: int | None) -> None:
        always = sum(side.fixed > 0 for side in sides)
        used = [self._used(s) for s in sides if s.literals and not s.fixed]
        self._model.at_most(used, [1] * len(used), max(0, bound - always), cost)

    def _add_max_days(self, number: int, cost: int | None) -> None:
        days = range(self._arrays.num_days)
        sides = [self._side(number, self._meets(day)) for day in days]
        self._bound_used(sides, int(self._arrays.list_params[number, 0]), cost)

    def _add_stability(self, number: int, cost: int | None) -> None:
        rooms: set[int] = set()
        for event in list_events(self._arrays, number).tolist():
            if self._model.is_free[event]:
                rooms.update(self._model.room_view(event).keys.tolist())
            elif self._placed[event]:
                rooms.add(int(self._rooms[event]))
        rooms.discard(self._arrays.num_rooms)
        sides = [
            self._side(number, lambda keys, r=room: (keys == r) * 1, of_rooms=True)  # type: ignore[misc]
            for room in sorted(rooms)
        ]
        self._bound_used(sides, 1, cost)

    def _add_min_days(self, number: int, cost: int | None) -> None:
        used, always = [], 0
        for day in range(self._arrays.num_days):
            side = self._side(number, self._meets(day))
            if side.fixed:
                always += 1
            elif side.literals:
                literal = self._model.new_bool(self._model.now(side.literals) > 0)
                self._model.cp.add_bool_or([*side.literals, ~literal])
                used.append(literal)
        missing = int(self._arrays.list_params[number, 0]) - always
        # At least ``missing`` used days: at most len(used) - missing unused ones.
        self._model.at_most(used, [-1] * len(used), -missing, cost)

    def _add_day_load(self, number: int, cost: int | None) -> None:
        arrays = self._arrays
        first, last = arrays.list_week_ptr[number : number + 2]
        for row in range(int(first), int(last)):
            share = cost
            if cost is not None and not arrays.list_hard[number]:
                share = cost * int(arrays.list_week_count[row]) // arrays.num_weeks
            for day in range(arrays.num_days):
                load = self._load(int(arrays.list_week[row]), day)
                side = self._side(number, load)
                bound = int(arrays.list_params[number, 0]) - side.fixed
                literals, amounts = side.literals, side.amounts
                self._model.at_most(literals, amounts, max(0, bound), share)

    def _load(self, week: int, day: int) -> Callable[[IntArray], IntArray]:
        arrays = self._arrays

        def load(times: IntArray) -> IntArray:
            meets = (arrays.weeks[times] >> week & 1) * (arrays.days[times] >> day & 1)
            length: IntArray = arrays.end[times] - arrays.start[times]
            return meets * length

        return load

"""Required whole-list rules that are not linear, cut off where a solution breaks them.

Blocks, breaks, pauses, lunches, balance and isolated meetings depend on whole days. A
solution that breaks such a rule is excluded, with everything that breaks it in the same
way, and the model is solved again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.constraints import Placement, blocks
from solvers.model import ConstraintCode, InstanceArrays, Span, Time

from .assignment import Assignment, IntArray
from .list_scores import ListScores
from .lists import MODELED_LISTS, list_events
from .model import Literal, PlacementModel, Scope

__all__ = ["cut_broken_lists"]

_MORE_IS_WORSE = frozenset(
    {
        ConstraintCode.MaxBlock,
        ConstraintCode.LunchBreak,
        ConstraintCode.MaxConsecutive,
        ConstraintCode.MaxConcurrent,
    }
)
"""Types that stay broken on a day whatever else joins it."""


BoolArray = NDArray[np.bool_]


class _Date(NamedTuple):
    week: int
    day: int


def cut_broken_lists(
    model: PlacementModel,
    scores: ListScores,
    numbers: list[int],
    solution: Assignment,
) -> int:
    """Exclude what a solution breaks among the given whole-list constraints.

    Parameters
    ----------
    model
        The model, changed in place if anything is broken.
    scores
        Evaluates the constraints.
    numbers
        Whole-list constraints that touch free events.
    solution
        What the solver found.

    Returns
    -------
    int
        Number of broken required constraints that no linear rule stands for.
    """
    cutter = _Cutter(model, scores, solution)
    arrays = model.arrays
    broken = [
        n
        for n in numbers
        if arrays.list_hard[n]
        and int(arrays.list_code[n]) not in MODELED_LISTS
        and (model.scope is Scope.BOTH or not arrays.list_by_room[n])
        and scores.value_of(n, solution) > 0
    ]
    for number in broken:
        cutter.cut(number)
    return len(broken)


class _Cutter:
    def __init__(
        self, model: PlacementModel, scores: ListScores, solution: Assignment
    ) -> None:
        self._model = model
        self._arrays: InstanceArrays = model.arrays
        self._scores = scores
        self._placed = solution.time_pos >= 0
        self._times = solution.times
        self._rooms = solution.rooms

    def cut(self, number: int) -> None:
        events = list_events(self._arrays, number)
        events = events[self._placed[events]]
        if self._arrays.list_by_room[number]:
            self._cut_placements(events)
            return
        if self._arrays.list_span[number] != Span.DAY:
            self._cut_times(events)
            return
        first, last = self._arrays.list_week_ptr[number : number + 2]
        for week in self._arrays.list_week[int(first) : int(last)].tolist():
            for day in range(self._arrays.num_days):
                self._cut_date(number, events, _Date(week, day))

    def _cut_times(self, events: IntArray) -> None:
        """Exclude this choice of times altogether."""
        chosen = []
        for event in events[self._model.is_free[events]].tolist():
            view = self._model.time_view(event)
            chosen += self._matching(view.literals, view.keys == self._times[event])
        self._exclude(chosen, len(chosen), [])

    def _cut_placements(self, events: IntArray) -> None:
        """Exclude this choice of times and rooms altogether."""
        chosen = []
        for event in events[self._model.is_free[events]].tolist():
            candidates = self._model.candidates[event]
            same = candidates.times == self._times[event]
            same &= candidates.rooms == self._rooms[event]
            chosen += self._matching(self._model.literals[event], same)
        self._exclude(chosen, len(chosen), [])

    def _cut_date(self, number: int, events: IntArray, date: _Date) -> None:
        present = events[self._meets(self._times[events], date)]
        if not self._is_broken(number, present, date):
            return
        for group in self._culprits(number, present):
            free = group[self._model.is_free[group]]
            for day in self._alike(number, events, len(free) == len(group), date):
                self._exclude_group(number, events, free, _Date(date.week, day))

    def _alike(
        self, number: int, events: IntArray, movable: bool, date: _Date
    ) -> list[int]:
        """Days on which the same meetings would break the rule too."""
        worse = int(self._arrays.list_code[number]) in _MORE_IS_WORSE
        if movable and (worse or self._model.is_free[events].all()):
            return list(range(self._arrays.num_days))
        return [date.day]

    def _is_broken(self, number: int, present: IntArray, date: _Date) -> bool:
        """Whether one date alone breaks the rule."""
        times = self._times[present].tolist()
        placements = [
            p._replace(time=_daily(p.time))
            for p in self._scores.on_week(date.week, times)
        ]
        return bool(placements) and self._scores.measure_week(number, placements) > 0

    def _culprits(self, number: int, present: IntArray) -> list[IntArray]:
        """Events of each too long block; else everything that meets on the date."""
        arrays = self._arrays
        if arrays.list_code[number] != ConstraintCode.MaxBlock:
            return [present]
        longest, gap = arrays.list_params[number, :2].tolist()
        times = self._times[present]
        start, end = arrays.start[times], arrays.end[times]
        ordered = [self._scores.time(t) for t in times[np.argsort(start)].tolist()]
        return [
            self._shortest(number, present[(start >= first) & (end <= last)])
            for first, last, count in blocks(ordered, gap)
            if count > 1 and last - first > longest
        ]

    def _shortest(self, number: int, block: IntArray) -> IntArray:
        """Leave out of a too long block whatever it remains too long without."""
        for event in block.tolist():
            rest = block[block != event]
            times = self._times[rest].tolist()
            placements = [Placement(_daily(self._scores.time(t)), None) for t in times]
            if self._scores.measure_week(number, placements) > 0:
                block = rest
        return block

    def _exclude_group(
        self, number: int, events: IntArray, free: IntArray, date: _Date
    ) -> None:
        chosen: list[Literal] = []
        for event in free.tolist():
            mine = self._times[event]
            view = self._model.time_view(event)
            same = self._alike_times(number, view.keys, int(mine))
            same &= self._meets(view.keys, date)
            if not same.any():
                return
            chosen += self._matching(view.literals, same)
        joining: list[Literal] = []
        if int(self._arrays.list_code[number]) not in _MORE_IS_WORSE:
            joining = self._joining(np.setdiff1d(events, free), date)
        self._exclude(chosen, len(free), joining)

    def _alike_times(self, number: int, times: IntArray, time: int) -> BoolArray:
        """Which times take the same hours, or more where more is worse."""
        start, end = self._arrays.start, self._arrays.end
        if int(self._arrays.list_code[number]) in _MORE_IS_WORSE:
            alike: BoolArray = (start[times] <= start[time]) & (end[times] >= end[time])
        else:
            alike = (start[times] == start[time]) & (end[times] == end[time])
        return alike

    def _joining(self, events: IntArray, date: _Date) -> list[Literal]:
        """Literals of further free events on the date."""
        literals: list[Literal] = []
        for event in events[self._model.is_free[events]].tolist():
            view = self._model.time_view(event)
            literals += self._matching(view.literals, self._meets(view.keys, date))
        return literals

    def _exclude(
        self, chosen: list[Literal], size: int, joining: list[Literal]
    ) -> None:
        if size:
            amounts = [1] * len(chosen) + [-1] * len(joining)
            cost = self._model.hard_cost()
            self._model.at_most([*chosen, *joining], amounts, size - 1, cost)

    def _meets(self, times: IntArray, date: _Date) -> BoolArray:
        weeks, days = self._arrays.weeks[times], self._arrays.days[times]
        met = (weeks >> date.week & 1) & (days >> date.day & 1)
        return met.astype(bool)

    def _matching(self, literals: list[Literal], wanted: BoolArray) -> list[Literal]:
        return [literals[i] for i in np.flatnonzero(wanted).tolist()]


def _daily(time: Time) -> Time:
    return Time(1, 1, time.start, time.length)

"""Recognize a grid instance from its compiled arrays, exactly, whatever its origin.

An instance is one if times are disjoint cells of one week, every relation between two
events says "not at one time" or "one before the other", and whole-list rules are of
three sorts: day by day from times alone, by the number of days, or by the number of
rooms. Costs by day are read off the constraint types themselves, so that a table and
the verifier cannot disagree.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solvers.constraints import CONSTRAINT_TYPES, Context, DayType, Placement
from solvers.model import ConstraintCode, InstanceArrays, Time

__all__ = ["GridParts", "recognize"]

MOST_SLOTS = 12
_BY_DAYS = (ConstraintCode.MinWorkingDays, ConstraintCode.MaxDays)

Rule = tuple[int, tuple[int, ...], int]
"""Code, parameters and weighted penalty of a soft whole-list rule."""


@dataclass(frozen=True, slots=True)
class GridParts:
    """A grid instance, event by event.

    Parameters
    ----------
    num_days, num_slots
        Sizes of the grid.
    period_of_time
        ``(T,)`` period of each distinct time.
    conflicts
        ``(N, N)`` bool, events that must not meet at one time.
    orders
        Pairs of events: first the one that must be earlier.
    group_rules, spread_rules
        Rules of each set of events: day by day, and by days or rooms.
    times
        Time of each slot on the first day.
    """

    num_days: int
    num_slots: int
    period_of_time: NDArray[np.int64]
    conflicts: NDArray[np.bool_]
    orders: set[tuple[int, int]]
    group_rules: dict[tuple[int, ...], list[Rule]]
    spread_rules: dict[tuple[int, ...], list[Rule]]
    times: list[Time] = field(default_factory=list)

    @staticmethod
    def by_rooms(rule: Rule) -> bool:
        """Whether a rule over days or rooms counts rooms."""
        return rule[0] == ConstraintCode.RoomStability

    def day_costs(self, rule: Rule) -> NDArray[np.int64]:
        """``(2**S,)`` cost of a day by the mask of slots in use."""
        code, params, penalty = rule
        kind = CONSTRAINT_TYPES[ConstraintCode(code).name]
        assert isinstance(kind, DayType)
        context = Context(1, self.num_days, {})
        costs = np.zeros(2**self.num_slots, np.int64)
        for mask in range(1, len(costs)):
            meetings = [
                Placement(time, None)
                for slot, time in enumerate(self.times)
                if mask >> slot & 1
            ]
            costs[mask] = penalty * kind.on_day(meetings, params, context)
        return costs

    def spread_costs(self, rule: Rule) -> NDArray[np.int64]:
        """``(D + 1,)`` cost by the number of days used."""
        code, params, penalty = rule
        kind = CONSTRAINT_TYPES[ConstraintCode(code).name]
        context = Context(1, self.num_days, {})
        slot = self.times[0]
        days = [
            Placement(Time(1, 1 << d, slot.start, slot.length), None)
            for d in range(self.num_days)
        ]
        values = [
            kind.value(days[:used], params, context)
            for used in range(self.num_days + 1)
        ]
        return penalty * np.array(values, np.int64)


def recognize(arrays: InstanceArrays) -> GridParts | None:
    """Parts of a grid instance, None if it is not one."""
    if not _is_plain(arrays):
        return None
    periods = _periods(arrays)
    if periods is None:
        return None
    period_of_time, num_slots, times = periods
    relations = _relations(arrays, period_of_time)
    if relations is None:
        return None
    conflicts, orders = relations
    rules = _rules(arrays, conflicts)
    if rules is None or not _students_are_kept(arrays, conflicts):
        return None
    return GridParts(
        arrays.num_days, num_slots, period_of_time, conflicts, orders, *rules, times
    )


def _is_plain(arrays: InstanceArrays) -> bool:
    """One week, a room for every event, and no rule between rooms."""
    return (
        arrays.num_weeks == 1
        and arrays.num_events > 0
        and arrays.room_open_cost == 0
        and not len(arrays.same_other)
        and not len(arrays.far_other)
        and bool((np.diff(arrays.time_ptr) > 0).all())
        and bool((arrays.room_ids < arrays.num_rooms).all())
    )


def _periods(
    arrays: InstanceArrays,
) -> tuple[NDArray[np.int64], int, list[Time]] | None:
    """Period of each time, the number of slots and their times."""
    single = (arrays.days & (arrays.days - 1)) == 0
    if not single.all() or (arrays.overlap != np.eye(len(arrays.days))).any():
        return None
    spans = {(int(s), int(e)) for s, e in zip(arrays.start, arrays.end, strict=True)}
    ordered = sorted(spans)
    apart = all(a[1] <= b[0] for a, b in pairwise(ordered))
    if not apart or len(ordered) > MOST_SLOTS:
        return None
    slot = np.searchsorted([start for start, _ in ordered], arrays.start)
    day = np.array([int(mask).bit_length() - 1 for mask in arrays.days], np.int64)
    times = [Time(1, 1, start, end - start) for start, end in ordered]
    return day * len(ordered) + slot, len(ordered), times


def _relations(
    arrays: InstanceArrays, period: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], set[tuple[int, int]]] | None:
    """Conflicts and orders, None if there is any other relation."""
    if arrays.pair_soft.any():
        return None
    events = arrays.num_events
    owner = np.repeat(np.arange(events), np.diff(arrays.pair_ptr))
    conflicts = np.zeros((events, events), bool)
    orders: set[tuple[int, int]] = set()
    for index in np.unique(arrays.pair_table):
        table = arrays.tables[index].astype(bool)
        mine = (arrays.pair_table == index) & (arrays.pair_hard > 0)
        pairs = owner[mine], arrays.pair_other[mine]
        if (table == (period[:, None] == period[None, :])).all():
            conflicts[pairs] = True
        elif (table == (period[:, None] >= period[None, :])).all():
            orders.update(zip(*(p.tolist() for p in pairs), strict=True))
        elif not (table == (period[:, None] <= period[None, :])).all():
            return None
    return conflicts, orders


def _rules(
    arrays: InstanceArrays, conflicts: NDArray[np.bool_]
) -> tuple[dict[tuple[int, ...], list[Rule]], dict[tuple[int, ...], list[Rule]]] | None:
    """Whole-list rules by set of events, None if there is one of another sort."""
    groups: dict[tuple[int, ...], list[Rule]] = defaultdict(list)
    spreads: dict[tuple[int, ...], list[Rule]] = defaultdict(list)
    for index, code in enumerate(arrays.list_code.tolist()):
        penalty = int(arrays.list_penalty[index] * arrays.list_weight[index])
        if not arrays.list_hard[index] and penalty == 0:
            continue
        events = arrays.list_events[slice(*arrays.list_ptr[index : index + 2])]
        where = _sort_of(code, events, conflicts)
        if arrays.list_hard[index] or where is None:
            return None
        kind = CONSTRAINT_TYPES[ConstraintCode(code).name]
        params = tuple(arrays.list_params[index, : len(kind.params)].tolist())
        into = groups if where == "day" else spreads
        into[tuple(sorted(events.tolist()))].append((code, params, penalty))
    return dict(groups), dict(spreads)


def _sort_of(
    code: int, events: NDArray[np.int32], conflicts: NDArray[np.bool_]
) -> str | None:
    kind = CONSTRAINT_TYPES[ConstraintCode(code).name]
    if code in (*_BY_DAYS, ConstraintCode.RoomStability):
        return "spread"
    by_times = code not in (
        ConstraintCode.DoubleLectures,
        ConstraintCode.BuildingChanges,
    )
    if not isinstance(kind, DayType) or not by_times:
        return None
    apart = conflicts[np.ix_(events, events)] | np.eye(len(events), dtype=bool)
    return "day" if apart.all() else None


def _students_are_kept(arrays: InstanceArrays, conflicts: NDArray[np.bool_]) -> bool:
    """Whether sectioning leaves no choice and clashes of students are all hard."""
    if not arrays.num_requests:
        return True
    if (np.diff(arrays.bundle_course_ptr)[arrays.request_course] != 1).any():
        return False
    bundles = arrays.bundle_course_ptr[arrays.request_course]
    enrolled = np.zeros(arrays.num_events, np.int64)
    for student in range(arrays.num_students):
        mine = bundles[slice(*arrays.student_ptr[student : student + 2])]
        events = (
            np.concatenate(
                [
                    arrays.bundle_events[slice(*arrays.bundle_ptr[b : b + 2])]
                    for b in mine
                ]
            )
            if len(mine)
            else np.zeros(0, np.int64)
        )
        enrolled[events] += 1
        apart = conflicts[np.ix_(events, events)] | np.eye(len(events), dtype=bool)
        if arrays.student_weight and not apart.all():
            return False
    return bool((enrolled <= arrays.limit).all())

"""Compile an instance into the arrays that kernels work on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .arrays import InstanceArrays
from .bundles import course_bundles
from .codes import (
    PAIRWISE_CODES,
    ROOM_CODES,
    ConstraintCode,
    span_of,
)
from .groups import group_fields
from .instance import Constraint, Instance
from .relations import TimeTable
from .rows import ints, longs, rows_of, starts_of
from .time import Time
from .weights import Weights

__all__ = ["compile_instance", "reweight"]

UNLIMITED = 2**30
_ROOM_PAIRS = (ConstraintCode.SameRoom, ConstraintCode.DifferentRoom)
_LONG_WAY = (ConstraintCode.SameAttendees,)


def compile_instance(instance: Instance) -> InstanceArrays:
    """Compile an instance under its own weights.

    Parameters
    ----------
    instance
        The problem; every event needs at least one time.

    Returns
    -------
    InstanceArrays
        Read-only arrays.
    """
    return _Compiler(instance).run()


def reweight(
    instance: Instance, arrays: InstanceArrays, weights: Weights
) -> InstanceArrays:
    """Arrays of the same instance under other weights, sharing every large table."""
    other = instance.replace(weights=weights)
    return _Compiler(other, arrays).reweighted()


def _frozen(array: NDArray) -> NDArray:  # type: ignore[type-arg]
    array.flags.writeable = False
    return array


class _Compiler:
    def __init__(
        self, instance: Instance, shared: InstanceArrays | None = None
    ) -> None:
        self._instance = instance
        self._shared = shared
        self._time_index: dict[Time, int] = {}
        for event in instance.events:
            for option in event.times:
                self._time_index.setdefault(option.time, len(self._time_index))
        self._table_index: dict[tuple[int, int, bool], int] = {}

    def run(self) -> InstanceArrays:
        times = TimeTable(list(self._time_index))
        fields = {
            **self._grid(times),
            **self._options(),
            **self._pairs(),
            **self._lists(),
            **self._students(),
            "tables": self._tables(times),
        }
        return _freeze(fields)

    def reweighted(self) -> InstanceArrays:
        assert self._shared is not None
        fields = self._shared._asdict()
        costly = {**self._options(), **self._pairs(), **self._list_costs()}
        costly["student_weight"] = self._student_weight()
        return _freeze({**fields, **costly})

    # The grid, rooms and ways between them.

    def _grid(self, times: TimeTable) -> dict[str, object]:
        instance = self._instance
        return {
            "num_weeks": instance.num_weeks,
            "num_days": instance.num_days,
            "num_rooms": instance.num_rooms,
            "weeks": times.weeks,
            "days": times.days,
            "start": times.start,
            "end": times.end,
            "overlap": times.overlap.astype(np.uint8),
            "gap": times.gap(),
            "travel": self._travel(),
            "building": self._buildings(),
            "blocked": self._blocked(),
        }

    def _travel(self) -> NDArray[np.int16]:
        size = self._instance.num_rooms + 1
        travel = np.zeros((size, size), np.int16)
        for a, b, slots in self._instance.travel:
            travel[a, b] = travel[b, a] = min(slots, 30000)
        return travel

    def _buildings(self) -> NDArray[np.int32]:
        known = {"": -1}
        for room in self._instance.rooms:
            known.setdefault(room.building, len(known) - 1)
        return ints([*(known[room.building] for room in self._instance.rooms), -1])

    def _blocked(self) -> NDArray[np.int16]:
        times = list(self._time_index)
        blocked = np.zeros((self._instance.num_rooms + 1, len(times)), np.int16)
        rows: dict[Time, NDArray[np.int16]] = {}
        for index, room in enumerate(self._instance.rooms):
            for closed in room.unavailable:
                if closed not in rows:
                    hits = [time.overlaps(closed) for time in times]
                    rows[closed] = np.array(hits, np.int16)
                blocked[index] += rows[closed]
        return blocked

    # Options and their costs.

    def _options(self) -> dict[str, object]:
        instance, weights = self._instance, self._instance.weights
        no_room = instance.num_rooms
        of_time, of_room = weights["time"], weights["room"]
        time_cost = [
            [of_time * o.penalty for o in event.times] for event in instance.events
        ]
        room_cost = [
            [of_room * o.penalty for o in event.rooms] or [0]
            for event in instance.events
        ]
        for preference in instance.preferences:
            costs = time_cost if preference.of == "time" else room_cost
            weight = weights[preference.criterion]
            if weight:
                row = costs[preference.event]
                for option, penalty in enumerate(preference.penalties):
                    row[option] += weight * penalty
        index = self._time_index
        times = [[index[o.time] for o in event.times] for event in instance.events]
        rooms = [
            [o.room for o in event.rooms] or [no_room] for event in instance.events
        ]
        sizes = zip(times, rooms, strict=True)
        movable = [e for e, (t, r) in enumerate(sizes) if len(t) * len(r) > 1]
        return {
            "time_ptr": starts_of(map(len, times)),
            "time_ids": ints(t for row in times for t in row),
            "time_cost": longs(c for row in time_cost for c in row),
            "room_ptr": starts_of(map(len, rooms)),
            "room_ids": ints(r for row in rooms for r in row),
            "room_cost": longs(c for row in room_cost for c in row),
            "least_cost": longs(
                min(times, default=0) + min(rooms, default=0)
                for times, rooms in zip(time_cost, room_cost, strict=True)
            ),
            "room_open_cost": weights["rooms_in_use"] * instance.room_open_penalty,
            "movable": ints(movable),
        }

    # Pairwise relations.

    def _pairs(self) -> dict[str, object]:
        rows = self._merged_pairs()
        code = rows[:, 2]
        rooms = np.isin(code, _ROOM_PAIRS)
        far = np.isin(code, _LONG_WAY) & self._lie_apart(rows)
        fields: dict[str, object] = {}
        fields |= self._time_relations(rows[~rooms])
        fields |= self._relations("far", rows[far])
        fields |= self._relations("same", rows[rooms])
        wanted = np.concatenate([rows[rooms][:, 2]] * 2) == ConstraintCode.SameRoom
        owners = np.concatenate([rows[rooms][:, 0], rows[rooms][:, 1]])
        order = np.argsort(owners, kind="stable")
        fields["same_wanted"] = wanted[order].astype(np.int32)
        related = np.full(self._instance.num_events, -1, np.int32)
        events = np.unique(owners)
        related[events] = np.arange(len(events))
        fields["room_row"] = related
        return fields | group_fields(self._instance, rows)

    def _merged_pairs(self) -> NDArray[np.int64]:
        """Rows (a, b, code, param, hard, soft), equal relations added up."""
        weights = self._instance.weights
        total: dict[tuple[int, int, int, int], list[int]] = {}
        for constraint in self._instance.constraints:
            code = ConstraintCode[constraint.type]
            if code not in PAIRWISE_CODES:
                continue
            param = constraint.params[0] if constraint.params else 0
            soft = weights[constraint.criterion] * constraint.penalty
            for a, b in combinations(constraint.events, 2):
                if code != ConstraintCode.Precedence and a > b:
                    a, b = b, a
                sums = total.setdefault((a, b, int(code), param), [0, 0])
                sums[0] |= int(constraint.required)
                sums[1] += 0 if constraint.required else soft
        rows = [(*key, *sums) for key, sums in total.items() if key[0] != key[1]]
        return np.array(rows, np.int64).reshape((-1, 6))

    def _lie_apart(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the two events of each row can stand in rooms apart."""
        apart = np.zeros(len(rows), bool)
        if not self._instance.travel:
            return apart
        travel = self._travel() > 0
        rooms = [[o.room for o in event.rooms] for event in self._instance.events]
        known: dict[tuple[tuple[int, ...], tuple[int, ...]], bool] = {}
        for index, (a, b) in enumerate(rows[:, :2]):
            key = (tuple(rooms[a]), tuple(rooms[b]))
            if key not in known:
                known[key] = bool(travel[np.ix_(*key)].any()) if all(key) else False
            apart[index] = known[key]
        return apart

    def _relations(self, name: str, rows: NDArray[np.int64]) -> dict[str, object]:
        owners = np.concatenate([rows[:, 0], rows[:, 1]])
        others = np.concatenate([rows[:, 1], rows[:, 0]])
        pointers, order = rows_of(owners, self._instance.num_events)
        return {
            f"{name}_ptr": pointers,
            f"{name}_other": others[order].astype(np.int32),
            f"{name}_hard": np.concatenate([rows[:, 4]] * 2)[order],
            f"{name}_soft": np.concatenate([rows[:, 5]] * 2)[order],
        }

    def _time_relations(self, rows: NDArray[np.int64]) -> dict[str, object]:
        fields = self._relations("pair", rows)
        owners = np.concatenate([rows[:, 0], rows[:, 1]])
        forward = [self._table(int(c), int(p), False) for c, p in rows[:, 2:4]]
        backward = [self._table(int(c), int(p), True) for c, p in rows[:, 2:4]]
        order = np.argsort(owners, kind="stable")
        tables = np.concatenate([ints(forward), ints(backward)])
        return {**fields, "pair_table": tables[order]}

    def _table(self, code: int, param: int, backward: bool) -> int:
        if code == ConstraintCode.SameAttendees:
            code = ConstraintCode.NotOverlap
        backward = backward and code == ConstraintCode.Precedence
        key = (code, param, backward)
        return self._table_index.setdefault(key, len(self._table_index))

    def _tables(self, times: TimeTable) -> NDArray[np.uint8]:
        size = len(self._time_index)
        tables = np.zeros((max(1, len(self._table_index)), size, size), np.uint8)
        for (code, param, backward), index in self._table_index.items():
            table = times.violated(code, param)
            tables[index] = table.T if backward else table
        return tables

    # Whole-list constraints.

    def _list_constraints(self) -> list[Constraint]:
        return [
            c
            for c in self._instance.constraints
            if ConstraintCode[c.type] not in PAIRWISE_CODES
        ]

    def _list_costs(self) -> dict[str, object]:
        weights = self._instance.weights
        lists = self._list_constraints()
        return {
            "list_penalty": longs(c.penalty for c in lists),
            "list_weight": longs(weights[c.criterion] for c in lists),
        }

    def _lists(self) -> dict[str, object]:
        lists = self._list_constraints()
        codes = [ConstraintCode[c.type] for c in lists]
        params = [(*c.params, 0, 0, 0)[:3] for c in lists]
        owners = longs(e for c in lists for e in c.events)
        of_list = np.repeat(np.arange(len(lists)), [len(c.events) for c in lists])
        sets = _list_sets(lists)
        counts = np.bincount(owners, minlength=self._instance.num_events)
        order = np.lexsort((of_list, sets[of_list], owners))
        classes = [self._week_classes(c.events) for c in lists]
        return {
            **self._list_costs(),
            "list_code": ints(codes),
            "list_span": np.array([span_of(c) for c in codes], np.uint8),
            "list_by_room": np.array([c in ROOM_CODES for c in codes], np.uint8),
            "list_params": np.array(params, np.int64).reshape((-1, 3)),
            "list_hard": np.array([c.required for c in lists], np.uint8),
            "list_ptr": starts_of(len(c.events) for c in lists),
            "list_events": owners.astype(np.int32),
            "list_week_ptr": starts_of(map(len, classes)),
            "list_week": ints(week for row in classes for week, _ in row),
            "list_week_count": ints(count for row in classes for _, count in row),
            "list_set": sets,
            "member_ptr": starts_of(counts),
            "member_list": of_list[order].astype(np.int32),
        }

    def _week_classes(self, events: Sequence[int]) -> list[tuple[int, int]]:
        """Weeks that no time of the events tells apart: (one of them, how many)."""
        masks = {o.time.weeks for e in events for o in self._instance.events[e].times}
        alike: dict[tuple[int, ...], list[int]] = {}
        for week in range(self._instance.num_weeks):
            pattern = tuple(mask >> week & 1 for mask in masks)
            if any(pattern):
                alike.setdefault(pattern, []).append(week)
        return [(weeks[0], len(weeks)) for weeks in alike.values()]

    # Students.

    def _student_weight(self) -> int:
        return self._instance.weights["student"]

    def _students(self) -> dict[str, object]:
        instance = self._instance
        wanted = [student.courses for student in instance.students]
        courses = longs(c for row in wanted for c in row)
        students = np.repeat(np.arange(len(wanted)), [len(row) for row in wanted])
        pointers, order = rows_of(courses, len(instance.courses))
        requested = set(courses.tolist())
        bundles = [
            course_bundles(instance, c) if c in requested else []
            for c in range(len(instance.courses))
        ]
        flat = [bundle for row in bundles for bundle in row]
        limits = (UNLIMITED if e.limit is None else e.limit for e in instance.events)
        return {
            "student_ptr": starts_of(map(len, wanted)),
            "request_student": students.astype(np.int32),
            "request_course": courses.astype(np.int32),
            "course_ptr": pointers,
            "course_requests": order.astype(np.int32),
            "bundle_course_ptr": starts_of(map(len, bundles)),
            "bundle_ptr": starts_of(map(len, flat)),
            "bundle_events": ints(e for bundle in flat for e in bundle),
            "limit": np.minimum(longs(limits), UNLIMITED),
            "student_weight": self._student_weight(),
        }


def _freeze(fields: dict[str, object]) -> InstanceArrays:
    for value in fields.values():
        if isinstance(value, np.ndarray):
            _frozen(value)
    return InstanceArrays(**fields)  # type: ignore[arg-type]


def _list_sets(lists: Sequence[Constraint]) -> NDArray[np.int32]:
    """Number of each list's set of events, those with a required list first."""
    events = [tuple(sorted(c.events)) for c in lists]
    required = {e for e, c in zip(events, lists, strict=True) if c.required}
    ordered = sorted(dict.fromkeys(events), key=lambda e: e not in required)
    number = {e: index for index, e in enumerate(ordered)}
    return ints(number[e] for e in events)

"""Assemble the kernels' arrays of a grid instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.grid_arrays import FORBIDDEN, GridArrays
from solvers.model import InstanceArrays

from .recognition import GridParts, recognize

__all__ = ["assemble", "grid_arrays"]

Int = NDArray[np.int32]
_CONFLICT, _SPREAD = 1, 2


def grid_arrays(arrays: InstanceArrays) -> GridArrays | None:
    """Arrays for the grid kernels, None if the instance is not a grid instance."""
    parts = recognize(arrays)
    return None if parts is None else assemble(arrays, parts)


def assemble(arrays: InstanceArrays, parts: GridParts) -> GridArrays:
    """Arrays of a recognized grid instance."""
    return _Assembler(arrays, parts).run()


def _rows(rows: Sequence[Any]) -> tuple[Int, Int]:
    """Pointers of rows and their entries."""
    pointers = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    entries = [entry for row in rows for entry in row]
    return pointers.astype(np.int32), np.array(entries, np.int32)


def _row(
    array: NDArray[np.generic], pointers: NDArray[np.int64], event: int
) -> list[int]:
    values: list[int] = array[pointers[event] : pointers[event + 1]].tolist()
    return values


class _Assembler:
    def __init__(self, arrays: InstanceArrays, parts: GridParts) -> None:
        self._arrays = arrays
        self._parts = parts
        self._groups = list(parts.group_rules)
        self._spreads = list(parts.spread_rules)
        self._groups_of = self._owners(self._groups)
        self._spreads_of = self._owners(self._spreads)
        self._before: list[list[int]] = [[] for _ in range(arrays.num_events)]
        self._after: list[list[int]] = [[] for _ in range(arrays.num_events)]
        for first, second in sorted(parts.orders):
            self._before[second].append(first)
            self._after[first].append(second)
        self._class_of, self._first = self._classes()
        self._units: dict[tuple[int, tuple[int, ...]], NDArray[np.int64]] = {}

    def run(self) -> GridArrays:
        parts = self._parts
        periods = np.arange(parts.num_days * parts.num_slots)
        fields: dict[str, Any] = {
            "num_days": parts.num_days,
            "num_slots": parts.num_slots,
            "num_rooms": self._arrays.num_rooms,
            "class_of": self._class_of,
            "day": (periods // parts.num_slots).astype(np.int32),
            "bit": (1 << (periods % parts.num_slots)).astype(np.int32),
            **self._options(),
            **self._relations(),
            **self._group_fields(),
            **self._spread_fields(),
            **self._orders(),
        }
        costly = (fields[name] > 0 for name in ("room_cost", "room_change"))
        fields["costly_rooms"] = int(any(array.any() for array in costly))
        for value in fields.values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
        return GridArrays(**fields)

    def _owners(self, sets: list[tuple[int, ...]]) -> list[list[int]]:
        owners: list[list[int]] = [[] for _ in range(self._arrays.num_events)]
        for index, events in enumerate(sets):
            for event in events:
                owners[event].append(index)
        return owners

    def _classes(self) -> tuple[Int, list[int]]:
        """Class of each event and a first event of each class.

        Two events share one if they conflict and nothing tells them apart.
        """
        closed = self._parts.conflicts | np.eye(self._arrays.num_events, dtype=bool)
        found: dict[object, int] = {}
        class_of: list[int] = []
        first: list[int] = []
        for event in range(self._arrays.num_events):
            key = self._signature(event, closed[event])
            if key not in found:
                found[key] = len(first)
                first.append(event)
            class_of.append(found[key])
        return np.array(class_of, np.int32), first

    def _signature(self, event: int, closed: NDArray[np.bool_]) -> object:
        a = self._arrays
        return (
            closed.tobytes(),
            tuple(_row(a.time_ids, a.time_ptr, event)),
            tuple(_row(a.time_cost, a.time_ptr, event)),
            tuple(_row(a.room_ids, a.room_ptr, event)),
            tuple(_row(a.room_cost, a.room_ptr, event)),
            tuple(self._groups_of[event]),
            tuple(self._spreads_of[event]),
            event if self._before[event] or self._after[event] else -1,
        )

    def _options(self) -> dict[str, Any]:
        a, first = self._arrays, self._first
        num_periods = self._parts.num_days * self._parts.num_slots
        period_cost = np.full((len(first), num_periods), FORBIDDEN, np.int32)
        room_cost = np.full((len(first), a.num_rooms), FORBIDDEN, np.int32)
        for k, event in enumerate(first):
            times = _row(a.time_ids, a.time_ptr, event)
            period = self._parts.period_of_time[times]
            period_cost[k, period] = _row(a.time_cost, a.time_ptr, event)
            rooms = _row(a.room_ids, a.room_ptr, event)
            room_cost[k, rooms] = _row(a.room_cost, a.room_ptr, event)
        period_ptr, periods = _rows([np.flatnonzero(row >= 0) for row in period_cost])
        room_ptr, rooms_ = _rows([np.flatnonzero(row >= 0) for row in room_cost])
        closed = np.zeros((num_periods, a.num_rooms), np.uint8)
        closed[self._parts.period_of_time] = a.blocked[: a.num_rooms].T > 0
        return {
            "period_cost": period_cost,
            "room_cost": room_cost,
            "period_ptr": period_ptr,
            "periods": periods,
            "room_ptr": room_ptr,
            "rooms": rooms_,
            "closed": closed,
        }

    def _relations(self) -> dict[str, Any]:
        first = self._first
        near = self._parts.conflicts[np.ix_(first, first)]
        near = near | np.eye(len(first), dtype=bool)
        relation = near.astype(np.uint8) * _CONFLICT
        for classes in self._members(self._spreads):
            relation[np.ix_(classes, classes)] |= _SPREAD
        pointers, entries = _rows([np.flatnonzero(row) for row in near])
        return {"near_ptr": pointers, "near": entries, "relation": relation}

    def _members(self, sets: list[tuple[int, ...]]) -> list[list[int]]:
        return [sorted(set(self._class_of[list(events)].tolist())) for events in sets]

    def _group_fields(self) -> dict[str, Any]:
        """Groups with their tables; equal tables are kept once."""
        members = self._members(self._groups)
        tables: list[NDArray[np.int64]] = []
        bases: dict[bytes, int] = {}
        weight: list[int] = []
        base: list[int] = []
        for rules in self._parts.group_rules.values():
            factor, table = self._table(rules)
            key = table.tobytes()
            if key not in bases:
                bases[key] = len(table) * len(tables)
                tables.append(table)
            weight.append(factor)
            base.append(bases[key])
        in_group = np.zeros((len(self._first), max(1, len(members))), np.uint8)
        for group, classes in enumerate(members):
            in_group[classes, group] = 1
        pointers, entries = _rows([np.flatnonzero(row) for row in in_group])
        return {
            "group_ptr": pointers,
            "groups": entries,
            "in_group": in_group,
            "group_weight": np.array(weight or [0], np.int32),
            "group_base": np.array(base or [0], np.int32),
            "table": np.concatenate(tables or [np.zeros(1, np.int64)]).astype(np.int32),
        }

    def _table(
        self, rules: list[tuple[int, tuple[int, ...], int]]
    ) -> tuple[int, NDArray[np.int64]]:
        """Common factor and reduced table of a group's rules."""
        total = sum(
            (self._unit(code, params) * penalty for code, params, penalty in rules),
            np.zeros(2**self._parts.num_slots, np.int64),
        )
        factor = max(1, int(np.gcd.reduce(total)))
        return factor, total // factor

    def _unit(self, code: int, params: tuple[int, ...]) -> NDArray[np.int64]:
        key = (code, params)
        if key not in self._units:
            self._units[key] = self._parts.day_costs((code, params, 1))
        return self._units[key]

    def _spread_fields(self) -> dict[str, Any]:
        days = self._parts.num_days + 1
        day_cost = np.zeros((max(1, len(self._spreads)), days), np.int32)
        room_change = np.zeros(max(1, len(self._spreads)), np.int32)
        for index, rules in enumerate(self._parts.spread_rules.values()):
            for rule in rules:
                if self._parts.by_rooms(rule):
                    room_change[index] += rule[2]
                else:
                    day_cost[index] += self._parts.spread_costs(rule).astype(np.int32)
        pointers, entries = _rows([self._spreads_of[event] for event in self._first])
        return {
            "spread_ptr": pointers,
            "spreads": entries,
            "day_cost": day_cost,
            "room_change": room_change,
        }

    def _orders(self) -> dict[str, Any]:
        before_ptr, before = _rows(self._before)
        after_ptr, after = _rows(self._after)
        return {
            "before_ptr": before_ptr,
            "before": before,
            "after_ptr": after_ptr,
            "after": after,
        }

"""Grid arrays behind one pointer; see :mod:`solvers.kernels.packed` for why."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.experimental import structref

from .grid_arrays import GridArrays, GridState
from .packed import _borrowed

__all__ = ["pack_grid", "pack_grid_state"]


@structref.register
class _GridType(types.StructRef):
    pass


@structref.register
class _GridStateType(types.StructRef):
    pass


class _PackedGrid(structref.StructRefProxy):
    pass


class _PackedGridState(structref.StructRefProxy):
    pass


structref.define_boxing(_GridType, _PackedGrid)
structref.define_boxing(_GridStateType, _PackedGridState)

_TABLES = {
    "period_cost",
    "room_cost",
    "closed",
    "relation",
    "in_group",
    "day_cost",
    "cell",
    "clash",
    "group_count",
    "mask",
    "spread_day",
    "spread_room",
    "kept",
}
_KINDS = {
    "Byte": types.uint8,
    "Short": types.int16,
    "Int": types.int32,
    "Long": types.int64,
    "NDArray[np.uint64]": types.uint64,
    "NDArray[np.float64]": types.float64,
}


def _types(annotations: dict[str, Any]) -> list[tuple[str, Any]]:
    """Field types from the annotations of a named tuple."""
    fields: list[tuple[str, Any]] = []
    for name, annotation in annotations.items():
        text = str(getattr(annotation, "__forward_arg__", annotation))
        if text == "int":
            fields.append((name, types.int64))
        else:
            rank = 2 if name in _TABLES else 1
            fields.append((name, types.Array(_KINDS[text], rank, "C")))
    return fields


_GRID = _GridType(_types(GridArrays.__annotations__))
_STATE = _GridStateType(_types(GridState.__annotations__))


@njit(cache=True)
def _pack_grid(t):
    s = structref.new(_GRID)
    s.num_days = t.num_days
    s.num_slots = t.num_slots
    s.num_rooms = t.num_rooms
    s.costly_rooms = t.costly_rooms
    s.class_of = _borrowed(t.class_of)
    s.day = _borrowed(t.day)
    s.bit = _borrowed(t.bit)
    s.period_cost = _borrowed(t.period_cost)
    s.room_cost = _borrowed(t.room_cost)
    s.period_ptr = _borrowed(t.period_ptr)
    s.periods = _borrowed(t.periods)
    s.room_ptr = _borrowed(t.room_ptr)
    s.rooms = _borrowed(t.rooms)
    s.closed = _borrowed(t.closed)
    s.near_ptr = _borrowed(t.near_ptr)
    s.near = _borrowed(t.near)
    s.relation = _borrowed(t.relation)
    s.group_ptr = _borrowed(t.group_ptr)
    s.groups = _borrowed(t.groups)
    s.in_group = _borrowed(t.in_group)
    s.group_weight = _borrowed(t.group_weight)
    s.group_base = _borrowed(t.group_base)
    s.table = _borrowed(t.table)
    s.spread_ptr = _borrowed(t.spread_ptr)
    s.spreads = _borrowed(t.spreads)
    s.day_cost = _borrowed(t.day_cost)
    s.room_change = _borrowed(t.room_change)
    s.before_ptr = _borrowed(t.before_ptr)
    s.before = _borrowed(t.before)
    s.after_ptr = _borrowed(t.after_ptr)
    s.after = _borrowed(t.after)
    return s


@njit(cache=True)
def _pack_state(t):
    s = structref.new(_STATE)
    s.period_of = _borrowed(t.period_of)
    s.room_of = _borrowed(t.room_of)
    s.cell = _borrowed(t.cell)
    s.clash = _borrowed(t.clash)
    s.group_count = _borrowed(t.group_count)
    s.mask = _borrowed(t.mask)
    s.spread_day = _borrowed(t.spread_day)
    s.spread_room = _borrowed(t.spread_room)
    s.spread_days = _borrowed(t.spread_days)
    s.pool = _borrowed(t.pool)
    s.pool_pos = _borrowed(t.pool_pos)
    s.cost = _borrowed(t.cost)
    s.best_cost = _borrowed(t.best_cost)
    s.best_period = _borrowed(t.best_period)
    s.best_room = _borrowed(t.best_room)
    s.rng = _borrowed(t.rng)
    s.stop = _borrowed(t.stop)
    s.counters = _borrowed(t.counters)
    s.queue = _borrowed(t.queue)
    s.origin = _borrowed(t.origin)
    s.marks = _borrowed(t.marks)
    s.kept = _borrowed(t.kept)
    s.kept_events = _borrowed(t.kept_events)
    s.kept_cells = _borrowed(t.kept_cells)
    s.weight = _borrowed(t.weight)
    return s


def pack_grid(arrays: GridArrays) -> Any:
    """Pack a grid problem, which must outlive the pack."""
    for value in arrays:
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return _pack_grid(arrays)


def pack_grid_state(state: GridState) -> Any:
    """Pack a state, which must outlive the pack; kernels change its very arrays."""
    return _pack_state(state)

"""A timetable: a placement for every event and the enrollment of every student."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .packing import Packed, narrow, pack_rows, unpack_rows

if TYPE_CHECKING:
    from .instance import Instance

__all__ = ["Timetable"]


def _frozen(values: object, shape: tuple[int, ...]) -> NDArray[np.int32]:
    array = np.array(values, dtype=np.int32).reshape(shape)
    array.flags.writeable = False
    return array


def _sorted_rows(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Sorted distinct rows; as single numbers they sort fifty times faster."""
    keys = (rows[:, 0].astype(np.int64) << 32) + rows[:, 1]
    if (np.diff(keys) > 0).all():
        return rows
    order = np.argsort(keys, kind="stable")
    again = np.diff(keys[order]) == 0
    distinct: NDArray[np.int32] = rows[order[np.append(True, ~again)]]
    return distinct


@dataclass(frozen=True, slots=True, eq=False)
class Timetable:
    """An assignment; it never evaluates itself.

    Parameters
    ----------
    time_option
        ``(num_events,)`` int32, position in ``Event.times``, -1 unassigned.
    room_option
        ``(num_events,)`` int32, position in ``Event.rooms``, -1 unassigned or none
        needed.
    enrollments
        ``(num_enrollments, 2)`` int32, rows (student, event), sorted and unique.
    """

    time_option: NDArray[np.int32]
    room_option: NDArray[np.int32]
    enrollments: NDArray[np.int32] = field(
        default_factory=lambda: np.empty((0, 2), np.int32)
    )

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "time_option", _frozen(self.time_option, (-1,)))
        set_(self, "room_option", _frozen(self.room_option, (-1,)))
        rows = np.array(self.enrollments, dtype=np.int32).reshape((-1, 2))
        set_(self, "enrollments", _frozen(_sorted_rows(rows), (-1, 2)))
        if len(self.time_option) != len(self.room_option):
            raise ValueError("time_option and room_option must have one length")

    @classmethod
    def empty(cls, instance: Instance) -> Timetable:
        """Timetable with every event unassigned and nobody enrolled."""
        unassigned = np.full(instance.num_events, -1, np.int32)
        return cls(unassigned, unassigned)

    @classmethod
    def of(
        cls,
        time_option: Iterable[int],
        room_option: Iterable[int],
        enrollments: Iterable[tuple[int, int]] = (),
    ) -> Timetable:
        """Build from plain iterables."""
        return cls(
            np.array(list(time_option), np.int32),
            np.array(list(room_option), np.int32),
            np.array(list(enrollments), np.int32).reshape((-1, 2)),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timetable):
            return NotImplemented
        return (
            np.array_equal(self.time_option, other.time_option)
            and np.array_equal(self.room_option, other.room_option)
            and np.array_equal(self.enrollments, other.enrollments)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle few bytes: migrants between machines are timetables."""
        packed = pack_rows(self.enrollments)
        return _restored, (narrow(self.time_option), narrow(self.room_option), packed)

    def __hash__(self) -> int:
        return hash((self.time_option.tobytes(), self.room_option.tobytes()))


def _restored(
    time_option: NDArray[np.integer], room_option: NDArray[np.integer], packed: Packed
) -> Timetable:
    """Timetable of a pickle; its rows were sorted and unique when it was written."""
    timetable = object.__new__(Timetable)
    set_ = object.__setattr__
    set_(timetable, "time_option", _frozen(time_option, (-1,)))
    set_(timetable, "room_option", _frozen(room_option, (-1,)))
    set_(timetable, "enrollments", _frozen(unpack_rows(packed), (-1, 2)))
    return timetable

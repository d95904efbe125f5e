"""What a lost attempt leaves to the next one: timetables, and how far it had come."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from zipfile import BadZipFile

import numpy as np

from solvers.model import Instance, Timetable

__all__ = ["Checkpoint"]

_PARTS = ("time_option", "room_option", "enrollments")
_START = 0
_UNREADABLE = (OSError, EOFError, KeyError, BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of a job's search.

    Parameters
    ----------
    used_seconds
        Search seconds that are used up, >= 0.
    position
        How far the variants' search had come, in [0, 1).
    start
        The shared start.
    best
        Best timetable by variant number, of those that have one.
    """

    used_seconds: float
    position: float
    start: Timetable
    best: Mapping[int, Timetable] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Write plain arrays, compressed."""
        arrays = {"progress": np.array([self.used_seconds, self.position])}
        for number, timetable in ((_START, self.start), *self.best.items()):
            for part in _PARTS:
                arrays[f"{number}_{part}"] = getattr(timetable, part)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Checkpoint:
        """Read what :meth:`to_bytes` wrote; nothing is unpickled.

        Raises
        ------
        ValueError
            If it is something else.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                used, position = (float(value) for value in arrays["progress"])
                numbers = {int(name.split("_")[0]) for name in arrays if "_" in name}
                tables = {
                    number: Timetable(*(arrays[f"{number}_{p}"] for p in _PARTS))
                    for number in sorted(numbers)
                }
        except (*_UNREADABLE, ValueError) as error:
            raise ValueError("not a checkpoint") from error
        if _START not in tables or used < 0 or not 0 <= position < 1:
            raise ValueError("not a checkpoint")
        return cls(used, position, tables.pop(_START), tables)

    def fits(self, instance: Instance) -> bool:
        """Whether the timetables are of this instance's shape and ranges."""
        return all(
            _fits(timetable, instance)
            for timetable in (self.start, *self.best.values())
        )


def _fits(timetable: Timetable, instance: Instance) -> bool:
    if len(timetable.time_option) != len(instance.events):
        return False
    times = np.array([len(event.times) for event in instance.events])
    rooms = np.array([len(event.rooms) for event in instance.events])
    limits = np.array([len(instance.students), len(instance.events)])
    rows = timetable.enrollments
    return bool(
        _within(timetable.time_option, times)
        and _within(timetable.room_option, rooms)
        and ((rows >= 0) & (rows < limits)).all()
    )


def _within(options: np.ndarray, counts: np.ndarray) -> bool:
    return bool(((options >= -1) & (options < np.maximum(counts, 0))).all())

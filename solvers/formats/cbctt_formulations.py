"""The five formulations of curriculum-based timetabling, as tables.

References
----------
.. [1] Bonutti, A., De Cesco, F., Di Gaspero, L., Schaerf, A. (2012). Benchmarking
   curriculum-based course timetabling. Annals of Operations Research, 194, 59-70.
   https://doi.org/10.1007/s10479-010-0707-0
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from solvers.exceptions import InputError, Issue

__all__ = ["Component", "Formulation"]


class Component(StrEnum):
    """A soft component; the value is the name of its criterion."""

    ROOM_CAPACITY = "room_capacity"
    MIN_WORKING_DAYS = "min_working_days"
    ISOLATED_LECTURES = "isolated_lectures"
    WINDOWS = "windows"
    ROOM_STABILITY = "room_stability"
    STUDENT_MIN_MAX_LOAD = "student_min_max_load"
    TRAVEL_DISTANCE = "travel_distance"
    ROOM_SUITABILITY = "room_suitability"
    DOUBLE_LECTURES = "double_lectures"


class Formulation(StrEnum):
    """A choice of components and their weights; UD2 is the one of ITC-2007."""

    UD1 = "UD1"
    UD2 = "UD2"
    UD3 = "UD3"
    UD4 = "UD4"
    UD5 = "UD5"

    @classmethod
    def named(cls, name: str) -> Formulation:
        """Formulation of a name, in any case.

        Raises
        ------
        InputError
            ``unknown_formulation``.
        """
        try:
            return cls(name.upper())
        except ValueError:
            detail = f"formulation {name[:40]!r} is none of {', '.join(cls)}"
            raise InputError(Issue("unknown_formulation", detail)) from None

    @property
    def weights(self) -> Mapping[Component, int]:
        """Weight of each component that counts."""
        return _WEIGHTS[self]

    @property
    def needs_extension(self) -> bool:
        """Whether it counts what only ``.ectt`` states."""
        return self not in (Formulation.UD1, Formulation.UD2)

    @property
    def suitability_is_hard(self) -> bool:
        """Whether no lecture may be in an unsuitable room."""
        return self is Formulation.UD4


_C = Component
_WEIGHTS = MappingProxyType(
    {
        Formulation.UD1: {
            _C.ROOM_CAPACITY: 1,
            _C.MIN_WORKING_DAYS: 5,
            _C.ISOLATED_LECTURES: 1,
        },
        Formulation.UD2: {
            _C.ROOM_CAPACITY: 1,
            _C.MIN_WORKING_DAYS: 5,
            _C.ISOLATED_LECTURES: 2,
            _C.ROOM_STABILITY: 1,
        },
        Formulation.UD3: {
            _C.ROOM_CAPACITY: 1,
            _C.WINDOWS: 4,
            _C.STUDENT_MIN_MAX_LOAD: 2,
            _C.ROOM_SUITABILITY: 3,
        },
        Formulation.UD4: {
            _C.ROOM_CAPACITY: 1,
            _C.MIN_WORKING_DAYS: 1,
            _C.WINDOWS: 1,
            _C.STUDENT_MIN_MAX_LOAD: 1,
            _C.DOUBLE_LECTURES: 1,
        },
        Formulation.UD5: {
            _C.ROOM_CAPACITY: 1,
            _C.MIN_WORKING_DAYS: 5,
            _C.ISOLATED_LECTURES: 1,
            _C.WINDOWS: 2,
            _C.STUDENT_MIN_MAX_LOAD: 2,
            _C.TRAVEL_DISTANCE: 2,
        },
    }
)

"""Checks of an institution, each over the whole document."""

from .fit import check_fit
from .grid import check_grid
from .ids import check_ids
from .intervals import check_intervals
from .pins import check_pins
from .ranges import check_ranges
from .students import check_students

__all__ = [
    "check_fit",
    "check_grid",
    "check_ids",
    "check_intervals",
    "check_pins",
    "check_ranges",
    "check_students",
]

"""A sample university of any size, with a timetable known to be feasible."""

from .planted import planted_timetable
from .university import sample_institution

__all__ = ["planted_timetable", "sample_institution"]

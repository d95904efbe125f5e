"""Minutes of a term as hours of the ERP, which are periods of its grid. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import ceil

from solvers.formats.institution import Component, Course, Institution

from .grid import minutes_of

__all__ = ["hours_of", "periods_of"]

Periods = Sequence[tuple[int, int]]
_KINDS = {"seminar": "lecture", "project": "lab"}


def periods_of(institution: Institution) -> list[tuple[int, int]]:
    """Starts and ends of the grid's periods, in minutes.

    A grid without periods has them wherever a meeting may start, as long as its
    shortest component.
    """
    grid = institution.time_grid
    if grid.periods:
        return [(minutes_of(p.start), minutes_of(p.end)) for p in grid.periods]
    components = (c for course in institution.courses for c in course.components)
    lengths = (c.duration_minutes for c in components if c.duration_minutes)
    step = grid.start_every_minutes
    length = min([step, *lengths])
    starts = range(minutes_of(grid.day_start), minutes_of(grid.day_end), step)
    return [(start, start + length) for start in starts]


def hours_of(course: Course, periods: Periods) -> Mapping[str, int | None]:
    """Weekly hours of a course by kind, None for none."""
    hours: dict[str, int] = defaultdict(int)
    for component in course.components:
        kind = _KINDS.get(component.kind, component.kind)
        hours[kind] += component.meetings_per_week * _num_periods(component, periods)
    return {kind: hours[kind] or None for kind in ("lecture", "tutorial", "lab")}


def _num_periods(component: Component, periods: Periods) -> int:
    if component.duration_periods is not None:
        return component.duration_periods
    step = periods[1][0] - periods[0][0]
    return max(1, ceil((component.duration_minutes or 0) / step))

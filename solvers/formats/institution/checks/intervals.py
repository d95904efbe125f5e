"""Times outside the grid: intervals, patterns of weeks and pins."""

from __future__ import annotations

from collections.abc import Iterator

from solvers.formats.institution.findings import Findings
from solvers.formats.institution.schema import Institution, Pin, TimeGrid
from solvers.formats.institution.values import Interval, WeekPattern, minutes_of

__all__ = ["check_intervals"]


def check_intervals(institution: Institution, findings: Findings) -> None:
    """Find days, weeks and times of day that the grid does not have."""
    grid = institution.time_grid
    for pointer, interval in _intervals(institution):
        _check_interval(grid, interval, pointer, findings)
    for i, course in enumerate(institution.courses):
        for j, component in enumerate(course.components):
            at = f"/courses/{i}/components/{j}/weeks"
            _check_weeks(grid, component.weeks, at, findings)
    for i, section in enumerate(institution.sections):
        if section.weeks is not None:
            _check_weeks(grid, section.weeks, f"/sections/{i}/weeks", findings)
        for j, pin in enumerate(section.pins):
            _check_pin(grid, pin, f"/sections/{i}/pins/{j}", findings)


def _intervals(institution: Institution) -> Iterator[tuple[str, Interval]]:
    for i, interval in enumerate(institution.time_grid.breaks):
        yield f"/time_grid/breaks/{i}", interval
    members = {
        "rooms": ("unavailable",),
        "faculty": ("available", "unavailable", "preferred", "avoided"),
        "batches": ("unavailable",),
    }
    for kind, names in members.items():
        for i, item in enumerate(getattr(institution, kind)):
            for name in names:
                for j, interval in enumerate(getattr(item, name)):
                    yield f"/{kind}/{i}/{name}/{j}", interval


def _check_interval(
    grid: TimeGrid, interval: Interval, at: str, findings: Findings
) -> None:
    for day in interval.days:
        if day not in grid.days:
            findings.add("outside_grid", f"{at}/days", f"{day} is no teaching day")
    start, end = minutes_of(interval.start), minutes_of(interval.end)
    if start >= end:
        findings.add("empty_interval", at, "the interval ends before it begins")
    elif start >= minutes_of(grid.day_end) or end <= minutes_of(grid.day_start):
        detail = f"{interval.start} to {interval.end} lies outside the teaching day"
        findings.add("outside_grid", at, detail)
    for name, time in (("start", start), ("end", end)):
        if time % grid.slot_minutes:
            detail = f"it is no multiple of {grid.slot_minutes} minutes"
            findings.add("off_slot", f"{at}/{name}", detail)
    _check_weeks(grid, interval.weeks, f"{at}/weeks", findings)


def _check_weeks(
    grid: TimeGrid, pattern: WeekPattern, at: str, findings: Findings
) -> None:
    if pattern == "B" and grid.weeks < 2:
        findings.add("outside_grid", at, "a term of one week has no week B")
    if isinstance(pattern, str):
        return
    if not pattern:
        findings.add("empty_interval", at, "no week is named")
    for week in pattern:
        if not 1 <= week <= grid.weeks:
            detail = f"week {week} in a term of {grid.weeks}"
            findings.add("outside_grid", at, detail)


def _check_pin(grid: TimeGrid, pin: Pin, at: str, findings: Findings) -> None:
    if pin.day is not None and pin.day not in grid.days:
        findings.add("outside_grid", f"{at}/day", f"{pin.day} is no teaching day")
    if pin.start is None:
        return
    start = minutes_of(pin.start)
    if not minutes_of(grid.day_start) <= start < minutes_of(grid.day_end):
        detail = f"{pin.start} lies outside the teaching day"
        findings.add("outside_grid", f"{at}/start", detail)
    elif start % grid.slot_minutes:
        detail = f"{pin.start} is no multiple of {grid.slot_minutes} minutes"
        findings.add("off_slot", f"{at}/start", detail)

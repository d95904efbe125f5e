"""The time grid: days, weeks, teaching day, periods, lunch."""

from __future__ import annotations

from solvers.formats.institution.findings import Findings
from solvers.formats.institution.schema import TimeGrid
from solvers.formats.institution.values import minutes_of

__all__ = ["check_grid"]

_MAX_WEEKS = 53


def check_grid(grid: TimeGrid, findings: Findings) -> None:
    """Find what makes a grid impossible; nothing else is checked on such a one."""
    at = "/time_grid"
    if grid.weeks == 0 or not grid.days:
        findings.add("empty_term", at, "the term has no week or no teaching day")
    elif not 1 <= grid.weeks <= _MAX_WEEKS:
        detail = f"{grid.weeks} weeks; a term has 1 to {_MAX_WEEKS}"
        findings.add("number_out_of_range", f"{at}/weeks", detail)
    if len(set(grid.days)) < len(grid.days):
        findings.add("duplicate_id", f"{at}/days", "a day is given twice")
    if not 1 <= grid.slot_minutes <= 60 or 60 % grid.slot_minutes:
        detail = f"{grid.slot_minutes} minutes do not divide an hour"
        findings.add("number_out_of_range", f"{at}/slot_minutes", detail)
        return
    _check_day(grid, findings)
    _check_periods(grid, findings)
    _check_lunch(grid, findings)
    _check_holidays(grid, findings)


def _on_slots(grid: TimeGrid, findings: Findings, at: str, *times: str) -> bool:
    odd = [time for time in times if minutes_of(time) % grid.slot_minutes]
    for time in odd:
        detail = f"{time} is no multiple of {grid.slot_minutes} minutes"
        findings.add("off_slot", at, detail)
    return not odd


def _check_day(grid: TimeGrid, findings: Findings) -> None:
    at = "/time_grid"
    _on_slots(grid, findings, f"{at}/day_start", grid.day_start)
    _on_slots(grid, findings, f"{at}/day_end", grid.day_end)
    if minutes_of(grid.day_start) >= minutes_of(grid.day_end):
        findings.add("empty_term", f"{at}/day_end", "the day ends before it begins")
    step = grid.start_every_minutes
    if step <= 0 or step % grid.slot_minutes:
        detail = f"{step} minutes are no whole number of slots"
        findings.add("number_out_of_range", f"{at}/start_every_minutes", detail)
    if grid.pause_minutes < 0:
        detail = f"{grid.pause_minutes} is negative"
        findings.add("number_out_of_range", f"{at}/pause_minutes", detail)


def _check_periods(grid: TimeGrid, findings: Findings) -> None:
    free_from = minutes_of(grid.day_start)
    for i, period in enumerate(grid.periods):
        at = f"/time_grid/periods/{i}"
        _on_slots(grid, findings, at, period.start, period.end)
        start, end = minutes_of(period.start), minutes_of(period.end)
        if start >= end:
            findings.add("empty_interval", at, "the period ends before it begins")
        elif start < free_from:
            detail = "the period begins before the day or the end of the last period"
            findings.add("periods_overlap", at, detail)
        elif end > minutes_of(grid.day_end):
            findings.add("outside_grid", at, "the period ends after the teaching day")
        free_from = max(free_from, end)


def _check_lunch(grid: TimeGrid, findings: Findings) -> None:
    lunch, at = grid.lunch, "/time_grid/lunch"
    if lunch is None or not _on_slots(grid, findings, at, lunch.start, lunch.end):
        return
    room = minutes_of(lunch.end) - minutes_of(lunch.start)
    if not 0 < lunch.minutes <= room:
        detail = f"{lunch.minutes} minutes do not fit between start and end"
        findings.add("empty_interval", at, detail)


def _check_holidays(grid: TimeGrid, findings: Findings) -> None:
    free: set[tuple[int, str]] = set()
    for i, holiday in enumerate(grid.holidays):
        at = f"/time_grid/holidays/{i}"
        if not 1 <= holiday.week <= grid.weeks:
            detail = f"week {holiday.week} in a term of {grid.weeks}"
            findings.add("outside_grid", f"{at}/week", detail)
        if holiday.day is not None and holiday.day not in grid.days:
            findings.add("outside_grid", f"{at}/day", f"{holiday.day} is free anyway")
        days = grid.days if holiday.day is None else (holiday.day,)
        free.update((holiday.week, day) for day in days)
    if free and len(free) >= grid.weeks * len(grid.days):
        detail = "holidays leave no day of teaching"
        findings.add("empty_term", "/time_grid/holidays", detail)

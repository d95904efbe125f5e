"""The weekly grid out of slots or a configuration."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from erp_bridge.catalogue.findings import Findings
from erp_bridge.catalogue.grid import grid_of
from erp_bridge.catalogue.snapshot import Configuration
from solvers.formats.institution import TimeGrid
from tests.erp_bridge.catalogue.terms import TermMaker, slot, weekly

SLOTS = weekly(range(8, 12))
CONFIGURATION = Configuration(
    academic_year="2024-25",
    semester=1,
    working_days=5,
    slots_per_day=4,
    start_time=time(9),
    end_time=time(17),
    slot_duration_minutes=50,
    lunch_break_enabled=True,
    lunch_break_start=time(11),
    lunch_break_end=time(12),
    max_classes_per_day=6,
    faculty_max_continuous=3,
)


def _grid(**more: Any) -> tuple[TimeGrid, list[str]]:
    findings = Findings()
    grid = grid_of(TermMaker().snapshot(**{"slots": SLOTS, **more}), findings)
    return grid, [issue.code for issue in findings.issues]


def _periods(grid: TimeGrid) -> list[tuple[str, str]]:
    return [(period.start, period.end) for period in grid.periods]


def test_slots_become_periods_of_their_days() -> None:
    """Monday and Tuesday, four hours."""
    grid, codes = _grid()
    assert [str(day) for day in grid.days] == ["Mon", "Tue"]
    assert _periods(grid)[0] == ("08:00", "09:00")
    assert (len(grid.periods), grid.day_end, codes) == (4, "12:00", [])


def test_lunch_and_closed_slots_are_breaks() -> None:
    """A slot that is not there on a day is closed on that day alone."""
    slots = [
        *weekly((8, 9, 11)),
        slot("monday", 10, is_lunch=True),
        slot("monday", 14),
        slot("tuesday", 14, is_available=False),
    ]
    grid, _ = _grid(slots=tuple(slots))
    breaks = [(tuple(map(str, b.days)), b.start, b.end) for b in grid.breaks]
    assert ((), "10:00", "11:00") in breaks
    assert (("Tue",), "14:00", "15:00") in breaks


def test_a_configuration_decides() -> None:
    """Slots in steps from the start, none in the lunch, at most so many."""
    grid, codes = _grid(configuration=CONFIGURATION)
    assert _periods(grid) == [
        ("09:00", "09:50"),
        ("09:50", "10:40"),
        ("12:00", "12:50"),
        ("12:50", "13:40"),
    ]
    assert len(grid.days) == 5
    assert [(b.start, b.end) for b in grid.breaks] == [("11:00", "12:00")]
    assert codes == []


def test_a_configuration_without_lunch_has_no_break() -> None:
    grid, _ = _grid(configuration=replace(CONFIGURATION, lunch_break_enabled=False))
    assert grid.breaks == ()
    assert len(grid.periods) == 4


def test_without_either_the_usual_week_is_assumed() -> None:
    """And told."""
    grid, codes = _grid(slots=())
    assert (len(grid.days), len(grid.periods)) == (6, 8)
    assert codes == ["time_grid_assumed"]


@pytest.mark.parametrize(
    "wrong",
    [
        slot("someday", 9),
        slot("monday", 9, end_time=time(9)),
        slot("monday", 9, start_time=time(9, 30), end_time=time(10, 30)),
    ],
)
def test_slots_that_make_no_sense_are_told(wrong: Any) -> None:
    """No such day, no length, on top of another."""
    grid, codes = _grid(slots=(*weekly(range(8, 12)), wrong))
    assert len(grid.periods) == 4
    assert codes == ["slot_not_used"]

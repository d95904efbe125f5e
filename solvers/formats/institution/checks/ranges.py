"""Numbers within their ranges, and sizes that one process can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping

from solvers.formats.institution.criteria import CRITERIA
from solvers.formats.institution.findings import Findings
from solvers.formats.institution.schema import Component, Institution

__all__ = ["check_ranges"]

_MAX_COUNT = 1_000_000
_MAX_ITEMS = {
    "departments": 2_000,
    "buildings": 2_000,
    "travel": 200_000,
    "rooms": 10_000,
    "faculty": 50_000,
    "batches": 20_000,
    "courses": 50_000,
    "sections": 50_000,
    "students": 500_000,
}
_MAX_MEETINGS = 50
_MAX_HOURS = 168.0


def check_ranges(institution: Institution, findings: Findings) -> None:
    """Find numbers out of range."""
    _check_sizes(institution, findings)
    _check_weights(institution, findings)
    for i, way in enumerate(institution.travel):
        _whole(findings, f"/travel/{i}/minutes", way.minutes, 0, 24 * 60)
    for i, room in enumerate(institution.rooms):
        _whole(findings, f"/rooms/{i}/capacity", room.capacity)
        _check_equipment(findings, f"/rooms/{i}", room.equipment)
    for i, batch in enumerate(institution.batches):
        _whole(findings, f"/batches/{i}/size", batch.size)
        for j, group in enumerate(batch.groups):
            _whole(findings, f"/batches/{i}/groups/{j}/size", group.size)
        if sum(group.size for group in batch.groups) > batch.size:
            detail = f"the groups of {batch.id!r} hold more students than it has"
            findings.add("groups_too_large", f"/batches/{i}/groups", detail)
    _check_hours(institution, findings)
    _check_courses(institution, findings)
    for i, section in enumerate(institution.sections):
        _whole(findings, f"/sections/{i}/size", section.size)
        _whole(findings, f"/sections/{i}/limit", section.limit)


def _whole(
    findings: Findings,
    pointer: str,
    value: int | None,
    low: int = 0,
    high: int = _MAX_COUNT,
) -> None:
    if value is not None and not low <= value <= high:
        detail = f"{value} is outside {low} to {high}"
        findings.add("number_out_of_range", pointer, detail)


def _check_sizes(institution: Institution, findings: Findings) -> None:
    for kind, most in _MAX_ITEMS.items():
        count = len(getattr(institution, kind))
        if count > most:
            findings.add("too_large", f"/{kind}", f"{count} {kind}, at most {most}")
    if not institution.sections:
        findings.add("empty_term", "/sections", "there is no section to be placed")


def _check_weights(institution: Institution, findings: Findings) -> None:
    for name, weight in institution.weights.items():
        pointer = f"/weights/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in CRITERIA:
            known = ", ".join(CRITERIA)
            detail = f"{name!r} is no criterion; they are {known}"
            findings.add("unknown_criterion", pointer, detail)
        elif not 0 <= weight <= _MAX_COUNT:
            detail = f"a weight lies within 0 and {_MAX_COUNT}, not {weight}"
            findings.add("bad_weight", pointer, detail)


def _check_equipment(findings: Findings, at: str, equipment: Mapping[str, int]) -> None:
    for name, count in equipment.items():
        _whole(findings, f"{at}/equipment/{name}", count, 1)


def _check_hours(institution: Institution, findings: Findings) -> None:
    limits = institution.limits
    for name in type(limits).model_fields:
        _hours(findings, f"/limits/{name}", getattr(limits, name))
    for i, person in enumerate(institution.faculty):
        for name in ("day", "week"):
            member = f"max_hours_per_{name}"
            _hours(findings, f"/faculty/{i}/{member}", getattr(person, member))
        longest = person.max_consecutive_hours
        _hours(findings, f"/faculty/{i}/max_consecutive_hours", longest)


def _hours(findings: Findings, pointer: str, value: float | None) -> None:
    if value is None:
        return
    if not math.isfinite(value) or not 0 < value <= _MAX_HOURS:
        detail = f"{value} is no number of hours up to {_MAX_HOURS:.0f}"
        findings.add("number_out_of_range", pointer, detail)


def _check_courses(institution: Institution, findings: Findings) -> None:
    for i, course in enumerate(institution.courses):
        kinds: set[str] = set()
        for j, component in enumerate(course.components):
            at = f"/courses/{i}/components/{j}"
            if component.kind in kinds:
                detail = f"course {course.id!r} has two {component.kind}s"
                findings.add("duplicate_id", f"{at}/kind", detail)
            kinds.add(component.kind)
            _check_component(institution, component, at, findings)


def _check_component(
    institution: Institution, component: Component, at: str, findings: Findings
) -> None:
    count = component.meetings_per_week
    _whole(findings, f"{at}/meetings_per_week", count, 1, _MAX_MEETINGS)
    _whole(findings, f"{at}/section_size", component.section_size)
    _check_equipment(findings, at, component.equipment)
    minutes, periods = component.duration_minutes, component.duration_periods
    if (minutes is None) == (periods is None):
        detail = "either duration_minutes or duration_periods is needed"
        findings.add("bad_duration", at, detail)
    elif periods is not None:
        most = len(institution.time_grid.periods)
        if not 1 <= periods <= most:
            detail = f"{periods} periods in a day of {most}"
            findings.add("bad_duration", f"{at}/duration_periods", detail)
    elif minutes is not None:
        slot = institution.time_grid.slot_minutes
        if not 0 < minutes <= 24 * 60 or (slot > 0 and minutes % slot):
            detail = f"{minutes} minutes are no whole number of slots"
            findings.add("bad_duration", f"{at}/duration_minutes", detail)

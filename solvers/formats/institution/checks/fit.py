"""Whether everybody's meetings fit: a room, a time, and a week for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from solvers.formats.institution.findings import Findings
from solvers.formats.institution.grid import Grid
from solvers.formats.institution.index import Index
from solvers.formats.institution.meetings import Meeting, Options, needs_room, size_of
from solvers.formats.institution.schema import Component, Institution, Section

from .pins import check_pins, check_pins_of_section
from .week import Week, busiest_week

__all__ = ["check_fit"]


def check_fit(
    institution: Institution, grid: Grid, index: Index, findings: Findings
) -> None:
    """Find sections and people whose meetings cannot be placed, whatever the rest.

    Sections that were found wrong before, or that name something wrong, are left out.
    """
    options = Options(institution, grid, index)
    meetings: list[Meeting] = []
    for position in range(len(institution.sections)):
        if _is_sound(institution, index, position, findings):
            check_pins_of_section(institution, index, position, findings)
        if _is_sound(institution, index, position, findings):
            own = list(options.meetings(position))
            _check_section(institution, index, own, position, findings)
            meetings += own
    placeable = [m for m in meetings if m.times]
    check_pins(institution, index, placeable, findings)
    _check_faculty(institution, grid, placeable, findings)
    _check_batches(institution, grid, index, placeable, findings)


def _is_sound(
    institution: Institution, index: Index, position: int, findings: Findings
) -> bool:
    section = institution.sections[position]
    named = [f"/courses/{index.courses.get(section.course)}"]
    named += (f"/faculty/{index.faculty.get(person)}" for person in section.faculty)
    for audience in section.batches:
        batch = index.batch_of.get(audience, "")
        named.append(f"/batches/{index.batches.get(batch)}")
    return all(map(findings.is_sound, [f"/sections/{position}", *named]))


def _check_section(
    institution: Institution,
    index: Index,
    meetings: Sequence[Meeting],
    position: int,
    findings: Findings,
) -> None:
    section = institution.sections[position]
    component = index.component_of(section)
    assert component is not None
    at = f"/sections/{position}"
    if not all(meeting.times for meeting in meetings):
        detail = f"section {section.id!r} has no time at which all of it can meet"
        findings.add("no_time", at, detail)
    elif not component.same_day:
        days = {t.days for meeting in meetings for t in meeting.times}
        if len(days) < len(meetings):
            detail = f"{len(meetings)} meetings on {len(days)} possible days"
            findings.add("too_few_days", at, detail)
    roomless = any(not meeting.rooms for meeting in meetings)
    if needs_room(section, component) and roomless:
        if all(findings.is_sound(f"/rooms/{r}") for r in range(len(index.rooms))):
            detail = _why_no_room(institution, index, section, component)
            findings.add("no_room", at, detail)


def _why_no_room(
    institution: Institution, index: Index, section: Section, component: Component
) -> str:
    size = size_of(section, component, index)
    rooms = institution.rooms
    wants = [f"{size} seats"] + [
        f"{n} {name}" for name, n in component.equipment.items()
    ]
    wants += component.features
    detail = f"no room open to section {section.id!r} has {', '.join(wants)}"
    largest = max((room.capacity for room in rooms), default=0)
    if largest < size:
        detail += f"; the largest of all has {largest} seats"
    return detail


def _check_faculty(
    institution: Institution,
    grid: Grid,
    meetings: Iterable[Meeting],
    findings: Findings,
) -> None:
    taught: dict[str, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        for name in institution.sections[meeting.section].faculty:
            taught[name].append(meeting)
    limits = institution.limits
    for position, person in enumerate(institution.faculty):
        at = f"/faculty/{position}"
        own = taught.get(person.id, [])
        if not own or not findings.is_sound(at):
            continue
        week = busiest_week(own, grid.num_weeks)
        per_week = person.max_hours_per_week or limits.faculty_max_hours_per_week
        hours = week.slots * grid.slot_minutes / 60
        if per_week is not None and hours > per_week:
            detail = f"{person.id!r} has {hours:g} hours a week, at most {per_week:g}"
            findings.add("faculty_overloaded", at, detail)
        per_day = person.max_hours_per_day or limits.faculty_max_hours_per_day
        _check_week(week, grid, per_day, "faculty_overloaded", at, person.id, findings)


def _check_batches(
    institution: Institution,
    grid: Grid,
    index: Index,
    meetings: Iterable[Meeting],
    findings: Findings,
) -> None:
    of_section: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        of_section[meeting.section].append(meeting)
    per_day = institution.limits.batch_max_hours_per_day
    for leaf in index.leaves:
        own = [m for s in index.sections_of(leaf) for m in of_section.get(s, ())]
        at = f"/batches/{leaf.batch}"
        if own and findings.is_sound(at):
            week = busiest_week(own, grid.num_weeks)
            _check_week(week, grid, per_day, "batch_overloaded", at, leaf.id, findings)


def _check_week(
    week: Week,
    grid: Grid,
    per_day: float | None,
    code: str,
    at: str,
    who: str,
    findings: Findings,
) -> None:
    """Compare a week's meetings with the free time that they could take."""
    hours = week.slots * grid.slot_minutes / 60
    longest_day = grid.slots_per_day if per_day is None else grid.slots(60 * per_day)
    free = week.free_slots(longest_day)
    if week.slots > free:
        open_hours = free * grid.slot_minutes / 60
        detail = f"{who!r} needs {hours:g} hours in a week that has {open_hours:g}"
        findings.add(code, at, detail)
    elif week.count > week.most_meetings():
        most = week.most_meetings()
        detail = f"{who!r} has {week.count} meetings in a week that holds {most}"
        findings.add(code, at, detail)

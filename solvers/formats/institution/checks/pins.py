"""Pins: one per meeting, and none against another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from solvers.formats.institution.findings import Findings
from solvers.formats.institution.index import Index
from solvers.formats.institution.meetings import Meeting
from solvers.formats.institution.schema import Institution
from solvers.model import Time

__all__ = ["check_pins", "check_pins_of_section"]


class _Pinned(NamedTuple):
    pointer: str
    time: Time
    section: int


def check_pins_of_section(
    institution: Institution, index: Index, position: int, findings: Findings
) -> None:
    """Find pins of meetings that there are not, or that have two."""
    section = institution.sections[position]
    component = index.component_of(section)
    assert component is not None
    seen: set[int] = set()
    for i, pin in enumerate(section.pins):
        at = f"/sections/{position}/pins/{i}"
        if not 1 <= pin.meeting <= component.meetings_per_week:
            count = component.meetings_per_week
            detail = f"meeting {pin.meeting} of {count} in section {section.id!r}"
            findings.add("unknown_meeting", f"{at}/meeting", detail)
        elif pin.meeting in seen:
            detail = f"meeting {pin.meeting} is pinned twice"
            findings.add("duplicate_id", f"{at}/meeting", detail)
        seen.add(pin.meeting)


def check_pins(
    institution: Institution,
    index: Index,
    meetings: Sequence[Meeting],
    findings: Findings,
) -> None:
    """Find pinned meetings that want one person, batch or room at the same time."""
    groups: dict[tuple[str, str], list[_Pinned]] = defaultdict(list)
    for meeting, pointer, room in _pinned(institution, meetings):
        section = institution.sections[meeting.section]
        pinned = _Pinned(pointer, meeting.times[0], meeting.section)
        for person in section.faculty:
            groups["faculty", person].append(pinned)
        for leaf in index.leaves:
            if section.batches and set(leaf.ids) & set(section.batches):
                groups["batch", leaf.id].append(pinned)
        if room is not None:
            groups["room", room].append(pinned)
    for (kind, name), members in groups.items():
        for a, b in combinations(members, 2):
            if a.time.overlaps(b.time):
                other = institution.sections[a.section].id
                detail = f"{kind} {name!r} is wanted by section {other!r} at that time"
                findings.add("pins_clash", b.pointer, detail)


def _pinned(
    institution: Institution, meetings: Sequence[Meeting]
) -> Iterator[tuple[Meeting, str, str | None]]:
    """Yield meetings whose time is fixed, with pointer and pinned room."""
    for meeting in meetings:
        pins = institution.sections[meeting.section].pins
        for i, pin in enumerate(pins):
            if pin.meeting == meeting.number and pin.day and pin.start:
                yield meeting, f"/sections/{meeting.section}/pins/{i}", pin.room

"""Ids: unique, and every one that is named exists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from solvers.formats.institution.findings import Findings
from solvers.formats.institution.index import Index
from solvers.formats.institution.schema import Institution

__all__ = ["check_ids"]

_Named = Iterable[tuple[str, str | None]]


def check_ids(institution: Institution, index: Index, findings: Findings) -> None:
    """Find ids that are given twice, and references to nothing."""
    _check_unique(institution, findings)
    _check_buildings(institution, index, findings)
    _check_departments(institution, index, findings)
    for position, section in enumerate(institution.sections):
        at = f"/sections/{position}"
        _known(findings, "course", index.courses, [(f"{at}/course", section.course)])
        if section.course in index.courses and index.component_of(section) is None:
            detail = f"course {section.course!r} has no {section.component}"
            findings.add("unknown_component", f"{at}/component", detail)
        faculty = _each(f"{at}/faculty", section.faculty)
        _known(findings, "faculty", index.faculty, faculty)
        batches = _each(f"{at}/batches", section.batches)
        _known(findings, "batch", index.audiences, batches)
        rooms = [
            *_each(f"{at}/rooms", section.rooms),
            *((f"{at}/pins/{i}/room", p.room) for i, p in enumerate(section.pins)),
        ]
        _known(findings, "room", index.rooms, rooms)
        _check_parent(institution, index, position, findings)


def _each(pointer: str, ids: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"{pointer}/{i}", name) for i, name in enumerate(ids)]


def _known(
    findings: Findings, kind: str, known: Collection[str], named: _Named
) -> None:
    seen: dict[str, str] = {}
    for pointer, name in named:
        if name is None:
            continue
        if name not in known:
            findings.add(f"unknown_{kind}", pointer, f"{kind} {name!r} does not exist")
        if seen.setdefault(name, pointer) != pointer and "/pins/" not in pointer:
            findings.add("duplicate_id", pointer, f"{kind} {name!r} is named twice")


def _check_unique(institution: Institution, findings: Findings) -> None:
    batches = [(f"/batches/{i}/id", b.id) for i, b in enumerate(institution.batches)]
    groups = [
        (f"/batches/{i}/groups/{j}/id", group.id)
        for i, batch in enumerate(institution.batches)
        for j, group in enumerate(batch.groups)
    ]
    _unique(findings, "batch or group", batches + groups)
    for kind in ("departments", "buildings", "rooms", "faculty", "courses"):
        _check_kind(institution, kind, findings)
    for kind in ("sections", "students"):
        _check_kind(institution, kind, findings)


def _check_kind(institution: Institution, kind: str, findings: Findings) -> None:
    items = getattr(institution, kind)
    ids = [(f"/{kind}/{i}/id", item.id) for i, item in enumerate(items)]
    _unique(findings, kind.removesuffix("s"), ids)


def _unique(findings: Findings, kind: str, ids: Iterable[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for pointer, name in ids:
        if name in seen:
            findings.add("duplicate_id", pointer, f"{kind} {name!r} is given twice")
        seen.add(name)


def _check_buildings(
    institution: Institution, index: Index, findings: Findings
) -> None:
    named: list[tuple[str, str | None]] = []
    for kind in ("departments", "rooms"):
        items = getattr(institution, kind)
        named += ((f"/{kind}/{i}/building", x.building) for i, x in enumerate(items))
    for i, way in enumerate(institution.travel):
        named.append((f"/travel/{i}/origin", way.origin))
        named.append((f"/travel/{i}/destination", way.destination))
    for pair in named:
        _known(findings, "building", index.buildings, [pair])


def _check_departments(
    institution: Institution, index: Index, findings: Findings
) -> None:
    for kind in ("rooms", "faculty", "batches", "courses"):
        for i, item in enumerate(getattr(institution, kind)):
            pair = [(f"/{kind}/{i}/department", item.department)]
            _known(findings, "department", index.departments, pair)
    for i, room in enumerate(institution.rooms):
        shared = _each(f"/rooms/{i}/shared_with", room.shared_with)
        _known(findings, "department", index.departments, shared)


def _check_parent(
    institution: Institution, index: Index, position: int, findings: Findings
) -> None:
    section = institution.sections[position]
    if section.parent is None:
        return
    at = f"/sections/{position}/parent"
    found = index.sections.get(section.parent)
    if found is None:
        detail = f"section {section.parent!r} does not exist"
        findings.add("unknown_section", at, detail)
        return
    parent = institution.sections[found]
    if parent.course != section.course or parent.component == section.component:
        detail = "a parent is a section of another component of the same course"
        findings.add("bad_parent", at, detail)
    elif parent.batches or section.batches:
        findings.add("bad_parent", at, "parents are for sections that students choose")
    elif _is_own_ancestor(institution, index, position):
        findings.add("bad_parent", at, "the section is its own ancestor")


def _is_own_ancestor(institution: Institution, index: Index, position: int) -> bool:
    seen = {position}
    parent = institution.sections[position].parent
    while parent is not None and (found := index.sections.get(parent)) is not None:
        if found in seen:
            return True
        seen.add(found)
        parent = institution.sections[found].parent
    return False

"""Rooms of the ERP as rooms of the document; their type becomes a feature. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from solvers.formats.institution import Room

from .findings import Findings
from .lists import as_list
from .snapshot import Room as RoomRow
from .snapshot import Snapshot

__all__ = ["CLASSROOM", "LABORATORY", "kind_of_room", "rooms_of"]

LABORATORY = "laboratory"
CLASSROOM = "classroom"
"""Feature of every room that is no laboratory."""

_SPELLINGS = {
    "lab": LABORATORY,
    "labs": LABORATORY,
    "computer_lab": LABORATORY,
    "class_room": CLASSROOM,
}
_CLOSED = frozenset({"MAINTENANCE", "UNDER_MAINTENANCE", "CLOSED", "OUT_OF_SERVICE"})


def kind_of_room(name: str) -> str:
    """Type of room in one spelling, e.g. ``lecture_hall``."""
    kind = name.strip().lower().replace(" ", "_").replace("-", "_")
    return _SPELLINGS.get(kind, kind)


def rooms_of(
    snapshot: Snapshot,
    codes: Mapping[UUID, str],
    departments: Mapping[UUID, str],
    buildings: Mapping[UUID, str],
    findings: Findings,
) -> tuple[Room, ...]:
    """Take the rooms that can be used; the others become findings.

    Parameters
    ----------
    snapshot
        The term.
    codes, departments, buildings
        Ids in the document by key.
    findings
        Hears of rooms that cannot be used.
    """
    usable = []
    for row in snapshot.rooms:
        if problem := _problem(row):
            name = codes[row.room_id]
            findings.warn("room_not_used", f"/rooms/{name}", f"{name}: {problem}.")
        else:
            usable.append(_room(row, codes, departments, buildings))
    return tuple(usable)


def _problem(row: RoomRow) -> str:
    if not row.is_active:
        return "the room is not active"
    if row.is_bookable is False:
        return "the room cannot be booked"
    if (row.room_status or "").upper() in _CLOSED:
        return f"the room's status is {row.room_status}"
    return "" if row.seating_capacity > 0 else "the room has no seats"


def _room(
    row: RoomRow,
    codes: Mapping[UUID, str],
    departments: Mapping[UUID, str],
    buildings: Mapping[UUID, str],
) -> Room:
    kind = kind_of_room(row.room_type)
    general = () if kind == LABORATORY else (CLASSROOM,)
    features = {kind, *general, *as_list(row.features)}
    computers = row.number_of_computers or 0
    return Room(
        id=codes[row.room_id],
        external_id=str(row.room_id),
        name=row.room_name or "",
        building=buildings.get(row.building_id) if row.building_id else None,
        capacity=row.seating_capacity,
        features=tuple(sorted(features)),
        equipment={"computers": computers} if computers > 0 else {},
        department=departments.get(row.dept_id) if row.dept_id else None,
        shared=row.allow_cross_department_usage is not False,
    )

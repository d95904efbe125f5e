"""A campus: eight departments, their buildings, rooms and the ways between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from solvers.formats.institution import (
    Building,
    Day,
    Department,
    Interval,
    Room,
    Travel,
)

from .diary import Diary
from .names import Field, building_names
from .week import PASSING_MINUTES, SPORTS, closed_bits

__all__ = ["Campus", "build_campus"]

_MAX_BUILDINGS = 5
_NEAR, _USUAL, _REMOTE = 5, 10, 15
_AUDITORIUM, _LABORATORY, _STATIONS = 200, 42, 40
_CLOSED = Interval(days=(Day.THU,), start="16:00", end="18:00")


@dataclass(frozen=True, slots=True)
class Campus:
    """Places of some departments.

    Parameters
    ----------
    fields
        Fields of the departments.
    departments, buildings, travel, rooms
        Parts of the institution.
    building_of_room
        Index of each room's building, within the campus.
    diaries
        Hours of each room.
    """

    fields: tuple[Field, ...]
    departments: tuple[Department, ...]
    buildings: tuple[Building, ...]
    travel: tuple[Travel, ...]
    rooms: tuple[Room, ...]
    building_of_room: tuple[int, ...]
    diaries: tuple[Diary, ...]

    def is_far(self, a: int, b: int) -> bool:
        """Whether nobody gets from one building to the other between two hours."""
        return _minutes(a, b) > PASSING_MINUTES


def build_campus(
    number: int,
    chosen: Sequence[Field],
    num_batches: int,
    alone: bool,
    rng: np.random.Generator,
) -> Campus:
    """Build a campus.

    Parameters
    ----------
    number
        Position among the campuses, from 0.
    chosen
        Fields of its departments.
    num_batches
        Batches that it teaches.
    alone
        Whether there is no other campus, so that rooms need no owner.
    rng
        Source of randomness.
    """
    names = building_names(number)[: min(_MAX_BUILDINGS, 1 + len(chosen))]
    ids = [f"{name.split()[0].upper()}{number + 1}" for name in names]
    homes = [position % len(ids) for position in range(len(chosen))]
    departments = tuple(
        Department(id=f.code, name=f.name, building=ids[home])
        for f, home in zip(chosen, homes, strict=True)
    )
    plan = [*_laboratories(len(chosen)), *_classrooms(len(chosen), num_batches)]
    rooms, buildings = [], []
    floors = [0] * len(ids)
    for kind, capacity, owner in plan:
        home = homes[owner] if owner is not None else int(rng.integers(len(ids)))
        floors[home] += 1
        label = f"{ids[home]}-{100 * (1 + floors[home] // 20) + floors[home] % 20:03d}"
        rooms.append(_room(label, ids[home], kind, capacity, owner, chosen, alone))
        buildings.append(home)
    return Campus(
        tuple(chosen),
        departments,
        tuple(Building(id=i, name=n) for i, n in zip(ids, names, strict=True)),
        _travel(ids),
        tuple(rooms),
        tuple(buildings),
        tuple(Diary(closed_bits((SPORTS, *room.unavailable))) for room in rooms),
    )


def _laboratories(num_departments: int) -> list[tuple[str, int, int | None]]:
    """Two of each department's own."""
    return [("lab", _LABORATORY, n // 2) for n in range(2 * num_departments)]


def _classrooms(
    num_departments: int, num_batches: int
) -> list[tuple[str, int, int | None]]:
    """Auditoria, classrooms for batches and small rooms; 1.5 rooms per batch in all."""
    auditoria = ceil(num_departments / 4)
    large = ceil(0.55 * num_batches)
    taken = 2 * num_departments + auditoria + large
    small = max(2, ceil(1.5 * num_batches) - taken)
    return [
        *[("auditorium", _AUDITORIUM, None)] * auditoria,
        *(("classroom", (80, 90, 100)[i % 3], None) for i in range(large)),
        *(("seminar", (45, 50, 60)[i % 3], None) for i in range(small)),
    ]


def _room(
    label: str,
    building: str,
    kind: str,
    capacity: int,
    owner: int | None,
    fields: Sequence[Field],
    alone: bool,
) -> Room:
    if owner is not None:
        return Room(
            id=label,
            name=f"{fields[owner].code} laboratory {label}",
            building=building,
            capacity=capacity,
            features=("projector", "laboratory"),
            equipment={fields[owner].equipment: _STATIONS},
            department=fields[owner].code,
            shared=False,
        )
    features = {"auditorium": ("projector", "microphone")}.get(kind, ("projector",))
    return Room(
        id=label,
        name=f"{kind.capitalize()} {label}",
        building=building,
        capacity=capacity,
        features=features,
        department=None if alone else fields[0].code,
        shared_with=() if alone else tuple(f.code for f in fields),
        unavailable=(_CLOSED,) if kind == "auditorium" else (),
    )


def _minutes(a: int, b: int) -> int:
    """Way between buildings by position; the last of five lies apart."""
    if a == b:
        return 0
    if _MAX_BUILDINGS - 1 in (a, b):
        return _REMOTE
    return _NEAR if abs(a - b) == 1 else _USUAL


def _travel(ids: Sequence[str]) -> tuple[Travel, ...]:
    return tuple(
        Travel(origin=a, destination=b, minutes=_minutes(i, j))
        for i, a in enumerate(ids)
        for j, b in enumerate(ids)
        if i < j
    )

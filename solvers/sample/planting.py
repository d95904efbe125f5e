"""Planting a timetable: every section gets people, hours and rooms that are free.

This is what makes a sample feasible for certain. Sections hardest to place come first;
where nobody of the department can take one, somebody is hired for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from solvers.formats.institution.meetings import holds

from .campus import Campus
from .curriculum import Draft
from .diary import DAYS, HOURS, Diary, span
from .people import Teacher

__all__ = ["Place", "Planted", "Planter"]

_GENTLE_HOURS = range(1, 9)
_LUNCH = (4, 5)
_NOWHERE = -1


class Place(NamedTuple):
    """Day, hour and room position of a meeting; no room is -1."""

    day: int
    hour: int
    room: int


@dataclass(frozen=True, slots=True)
class Planted:
    """A section that has everything."""

    draft: Draft
    teachers: tuple[Teacher, ...]
    places: tuple[Place, ...]


class Planter:
    """Places the sections of one department after the other.

    Parameters
    ----------
    campus
        Where.
    hire
        Makes another person of a department, by its code.
    rng
        Source of randomness.
    """

    def __init__(
        self,
        campus: Campus,
        hire: Callable[[str], Teacher],
        rng: np.random.Generator,
    ) -> None:
        self._campus = campus
        self._hire = hire
        self._rng = rng

    def plant(self, drafts: Sequence[Draft], staff: list[Teacher]) -> list[Planted]:
        """Place sections; ``staff`` grows where it does not suffice.

        Raises
        ------
        RuntimeError
            If the campus has no room for a section at any hour of its audience.
        """
        order = sorted(drafts, key=lambda draft: -draft.hardness)
        return [self._place(draft, staff) for draft in order]

    def _place(self, draft: Draft, staff: list[Teacher]) -> Planted:
        rooms = self._rooms(draft)
        for gentle in (True, False):
            for teacher in sorted(staff, key=lambda t: t.diary.hours):
                places = self._places(draft, teacher, rooms, gentle)
                if places:
                    return self._settle(draft, teacher, staff, places)
        somebody = self._hire(draft.course.department or "")
        staff.append(somebody)
        places = self._places(draft, somebody, rooms, False)
        if not places:
            raise RuntimeError(f"there is no place for section {draft.id}.")
        return self._settle(draft, somebody, staff, places)

    def _rooms(self, draft: Draft) -> list[int]:
        """Rooms that hold a section, the tightest first."""
        if draft.component.online:
            return [_NOWHERE]
        department = draft.course.department
        rooms = self._campus.rooms
        fitting = [
            position
            for position, room in enumerate(rooms)
            if holds(room, draft.size, draft.component)
            and (room.shared or room.department == department)
        ]
        return sorted(fitting, key=lambda r: (rooms[r].capacity, self._rng.random()))

    def _places(
        self, draft: Draft, teacher: Teacher, rooms: Sequence[int], gentle: bool
    ) -> tuple[Place, ...]:
        """Places on different days that suit all, none if there are not enough."""
        count = draft.component.meetings_per_week
        if not teacher.diary.can_take(count * draft.hours, draft.weeks):
            return ()
        found: list[Place] = []
        for day in self._rng.permutation(DAYS).tolist():
            preferred = [found[-1].room] if found else []
            place = self._on_day(draft, teacher, [*preferred, *rooms], day, gentle)
            if place is not None:
                found.append(place)
            if len(found) == count:
                return tuple(found)
        return ()

    def _on_day(
        self,
        draft: Draft,
        teacher: Teacher,
        rooms: Sequence[int],
        day: int,
        gentle: bool,
    ) -> Place | None:
        people = (teacher.diary, *draft.audience)
        if not all(d.has_room_for(day, draft.hours, draft.weeks) for d in people):
            return None
        busy = 0
        for diary in (*people, *(draft.hopefuls if gentle else ())):
            busy |= diary.busy(draft.weeks)
        for hour in self._hours(draft.hours, gentle):
            wanted = span(day, hour, draft.hours)
            if busy & wanted or (gentle and _takes_lunch(busy | wanted, day)):
                continue
            room = self._free_room(draft, people, rooms, day, hour)
            if room is not None:
                return Place(day, hour, room)
        return None

    def _hours(self, length: int, gentle: bool) -> Iterator[int]:
        allowed = _GENTLE_HOURS if gentle else range(HOURS)
        starts = [h for h in allowed if h + length - 1 in allowed]
        yield from (starts[i] for i in self._rng.permutation(len(starts)).tolist())

    def _free_room(
        self,
        draft: Draft,
        people: Sequence[Diary],
        rooms: Sequence[int],
        day: int,
        hour: int,
    ) -> int | None:
        wanted = span(day, hour, draft.hours)
        near = set[int]().union(
            *(d.neighbors(day, hour, draft.hours, draft.weeks) for d in people)
        )
        for room in rooms:
            if room == _NOWHERE:
                return room
            building = self._campus.building_of_room[room]
            if self._campus.diaries[room].busy(draft.weeks) & wanted:
                continue
            if not any(self._campus.is_far(building, other) for other in near):
                return room
        return None

    def _settle(
        self,
        draft: Draft,
        teacher: Teacher,
        staff: Sequence[Teacher],
        places: tuple[Place, ...],
    ) -> Planted:
        teachers = [teacher]
        others = [t for t in staff if t is not teacher]
        for other in sorted(others, key=lambda t: t.diary.hours):
            if len(teachers) < draft.teachers and self._can_join(draft, other, places):
                teachers.append(other)
        for place in places:
            self._fill(draft, teachers, place)
        return Planted(draft, tuple(teachers), places)

    def _can_join(
        self, draft: Draft, other: Teacher, places: tuple[Place, ...]
    ) -> bool:
        if not other.diary.can_take(len(places) * draft.hours, draft.weeks):
            return False
        return all(
            other.diary.has_room_for(place.day, draft.hours, draft.weeks)
            and not other.diary.busy(draft.weeks)
            & span(place.day, place.hour, draft.hours)
            and self._reaches(draft, other, place)
            for place in places
        )

    def _reaches(self, draft: Draft, other: Teacher, place: Place) -> bool:
        """Whether a person reaches a place from before, and the next one from there."""
        if place.room == _NOWHERE:
            return True
        building = self._campus.building_of_room[place.room]
        near = other.diary.neighbors(place.day, place.hour, draft.hours, draft.weeks)
        return not any(self._campus.is_far(building, n) for n in near)

    def _fill(self, draft: Draft, teachers: Sequence[Teacher], place: Place) -> None:
        building = _NOWHERE
        diaries = [t.diary for t in teachers] + list(draft.audience)
        if place.room != _NOWHERE:
            building = self._campus.building_of_room[place.room]
            diaries.append(self._campus.diaries[place.room])
        for diary in diaries:
            diary.fill(place.day, place.hour, draft.hours, draft.weeks, building)


def _takes_lunch(busy: int, day: int) -> bool:
    noon = span(day, _LUNCH[0], len(_LUNCH))
    return busy & noon == noon

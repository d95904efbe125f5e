"""Preferences of single meetings for times and rooms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solvers.model import Preference, Time

from .grid import Grid
from .index import Index
from .meetings import Meeting, Options, size_of
from .schema import Institution

__all__ = ["preferences_of", "ways_between_rooms"]

_NOT_PREFERRED, _AVOIDED = 1, 3
_FULL = 10


def preferences_of(
    institution: Institution,
    grid: Grid,
    index: Index,
    options: Options,
    meetings: Sequence[Meeting],
) -> tuple[Preference, ...]:
    """Wishes of all meetings; those that make no difference are left out."""
    wishes = _Wishes(institution, grid, index, options)
    return tuple(
        preference
        for event, meeting in enumerate(meetings)
        for preference in wishes.of_meeting(event, meeting)
        if any(preference.penalties)
    )


def ways_between_rooms(
    institution: Institution, grid: Grid
) -> tuple[tuple[int, int, int], ...]:
    """Triples of room, room and slots of way, the smaller index first."""
    between = _ways(institution, grid)
    homes = [room.building for room in institution.rooms]
    return tuple(
        (a, b, between[first, second])
        for a, first in enumerate(homes)
        for b, second in enumerate(homes[a + 1 :], start=a + 1)
        if first is not None and second is not None and between.get((first, second))
    )


def _ways(institution: Institution, grid: Grid) -> dict[tuple[str, str], int]:
    """Slots from building to building, rounded up; the longer where given twice."""
    ways: dict[tuple[str, str], int] = {}
    for way in institution.travel:
        slots = -(-way.minutes // grid.slot_minutes)
        for pair in (
            (way.origin, way.destination),
            (way.destination, way.origin),
        ):
            if way.origin != way.destination:
                ways[pair] = max(slots, ways.get(pair, 0))
    return ways


class _Wishes:
    def __init__(
        self, institution: Institution, grid: Grid, index: Index, options: Options
    ) -> None:
        self._institution = institution
        self._index = index
        self._options = options
        self._between = _ways(institution, grid)
        self._of_times: dict[object, tuple[int, ...]] = {}
        self._of_seats: dict[object, tuple[int, ...]] = {}
        self._of_ways: dict[object, tuple[int, ...]] = {}

    def of_meeting(self, event: int, meeting: Meeting) -> Iterator[Preference]:
        section = self._institution.sections[meeting.section]
        dislikes = self._times(section.faculty, meeting.times)
        yield Preference("instructor_preference", event, "time", dislikes)
        if meeting.rooms:
            seats, ways = self._seats(meeting), self._from_home(meeting)
            yield Preference("seat_utilization", event, "room", seats)
            yield Preference("home_building", event, "room", ways)

    def _times(
        self, faculty: tuple[str, ...], times: tuple[Time, ...]
    ) -> tuple[int, ...]:
        key = (faculty, times)
        if key not in self._of_times:
            self._of_times[key] = tuple(
                sum(self._dislike(person, time) for person in faculty) for time in times
            )
        return self._of_times[key]

    def _dislike(self, person_id: str, time: Time) -> int:
        person = self._options.availability_of(person_id)
        if person.dislikes(time):
            return _AVOIDED
        return 0 if person.likes(time) else _NOT_PREFERRED

    def _seats(self, meeting: Meeting) -> tuple[int, ...]:
        """Tenths of each room that stay empty."""
        section = self._institution.sections[meeting.section]
        component = self._index.component_of(section)
        assert component is not None
        size = size_of(section, component, self._index)
        key = (size, meeting.rooms)
        if key not in self._of_seats:
            rooms = (self._institution.rooms[r].capacity for r in meeting.rooms)
            self._of_seats[key] = tuple(_empty_tenths(size, seats) for seats in rooms)
        return self._of_seats[key]

    def _from_home(self, meeting: Meeting) -> tuple[int, ...]:
        """Slots of way from the home of the section's department to each room."""
        section = self._institution.sections[meeting.section]
        course = self._institution.courses[self._index.courses[section.course]]
        key = (course.department, meeting.rooms)
        if key not in self._of_ways:
            home = self._home(course.department)
            rooms = (self._institution.rooms[r].building for r in meeting.rooms)
            self._of_ways[key] = tuple(
                self._between.get((home or "", building or ""), 0) for building in rooms
            )
        return self._of_ways[key]

    def _home(self, department: str | None) -> str | None:
        if department is None:
            return None
        position = self._index.departments[department]
        return self._institution.departments[position].building


def _empty_tenths(size: int, seats: int) -> int:
    return 0 if seats == 0 else round(_FULL * max(0, seats - size) / seats)

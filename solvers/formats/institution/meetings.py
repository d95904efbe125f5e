"""Every weekly meeting of every section, with the times and rooms it may take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solvers.model import Time

from .availability import Availability
from .grid import Grid
from .index import Index
from .schema import Component, Institution, Pin, Room, Section
from .values import WeekPattern

__all__ = ["Meeting", "Options", "holds", "limit_of", "needs_room", "size_of"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One weekly meeting; it becomes one event.

    Parameters
    ----------
    section
        Position of its section.
    number
        From 1, within the section.
    times
        Times it may take, by day and start.
    rooms
        Positions of the rooms it may take, in the institution's order; empty if it
        needs none.
    """

    section: int
    number: int
    times: tuple[Time, ...]
    rooms: tuple[int, ...]


def limit_of(section: Section, component: Component) -> int | None:
    """Most students of a section that students choose; None where a batch attends."""
    if section.batches:
        return None
    given = section.size if section.limit is None else section.limit
    return component.section_size if given is None else given


def size_of(section: Section, component: Component, index: Index) -> int:
    """Students that a section's room must hold."""
    if not section.batches:
        return limit_of(section, component) or 0
    if section.size is not None:
        return section.size
    return index.num_attending(section.batches)


def needs_room(section: Section, component: Component) -> bool:
    """Whether a section meets in rooms."""
    return not (component.online if section.online is None else section.online)


def weeks_of(section: Section, component: Component) -> WeekPattern:
    """Weeks in which a section meets."""
    return component.weeks if section.weeks is None else section.weeks


def holds(room: Room, size: int, component: Component) -> bool:
    """Whether a room has the seats, features and equipment that are needed."""
    return (
        room.capacity >= size
        and set(component.features) <= set(room.features)
        and all(room.equipment.get(n, 0) >= c for n, c in component.equipment.items())
    )


def _is_open_to(room: Room, department: str | None) -> bool:
    if room.department is None or room.department == department:
        return True
    return room.shared and (not room.shared_with or department in room.shared_with)


class Options:
    """Finds the times and rooms of meetings; equal questions are answered once.

    Parameters
    ----------
    institution, grid, index
        The institution, its compiled grid and its positions by id.
    """

    def __init__(self, institution: Institution, grid: Grid, index: Index) -> None:
        self._institution = institution
        self._grid = grid
        self._index = index
        self._base: dict[object, tuple[Time, ...]] = {}
        self._allowed: dict[object, tuple[bool, ...]] = {}
        self._times: dict[object, tuple[Time, ...]] = {}
        self._rooms: dict[object, tuple[int, ...]] = {}
        self._open: dict[str | None, list[int]] = {}
        self._of_faculty: dict[str, Availability] = {}
        self._of_batch: dict[str, Availability] = {}

    def meetings(self, position: int) -> Iterator[Meeting]:
        """Yield the meetings of a section whose references are sound."""
        section = self._institution.sections[position]
        component = self._index.component_of(section)
        assert component is not None
        times, rooms = self.times(section, component), self.rooms(section, component)
        pins = {pin.meeting: pin for pin in section.pins}
        for number in range(1, component.meetings_per_week + 1):
            meeting = Meeting(position, number, times, rooms)
            pin = pins.get(number)
            yield self._pinned(meeting, component, pin) if pin else meeting

    def times(self, section: Section, component: Component) -> tuple[Time, ...]:
        """Times at which all who teach and attend a section can meet."""
        weeks = weeks_of(section, component)
        kind = (component.duration_minutes, component.duration_periods, weeks)
        key = (kind, section.faculty, section.batches)
        if key not in self._times:
            if kind not in self._base:
                self._base[kind] = self._grid.times(component, weeks)
            base = self._base[kind]
            masks = [self._mask(who, kind, base) for who in self._people(section)]
            self._times[key] = tuple(
                time
                for position, time in enumerate(base)
                if all(mask[position] for mask in masks)
            )
        return self._times[key]

    def rooms(self, section: Section, component: Component) -> tuple[int, ...]:
        """Positions of the rooms that hold a section and are open to it."""
        if not needs_room(section, component):
            return ()
        size = size_of(section, component, self._index)
        key = (section.course, section.component, size, section.rooms)
        if key not in self._rooms:
            self._rooms[key] = tuple(self._find_rooms(section, component, size))
        return self._rooms[key]

    def availability_of(self, person_id: str) -> Availability:
        """When a person can and likes to teach."""
        if person_id not in self._of_faculty:
            person = self._institution.faculty[self._index.faculty[person_id]]
            self._of_faculty[person_id] = Availability.of_faculty(person, self._grid)
        return self._of_faculty[person_id]

    def _find_rooms(
        self, section: Section, component: Component, size: int
    ) -> Iterator[int]:
        course = self._institution.courses[self._index.courses[section.course]]
        wanted = set(section.rooms)
        for position in self._rooms_open_to(course.department):
            room = self._institution.rooms[position]
            if (not wanted or room.id in wanted) and holds(room, size, component):
                yield position

    def _rooms_open_to(self, department: str | None) -> list[int]:
        if department not in self._open:
            self._open[department] = [
                position
                for position, room in enumerate(self._institution.rooms)
                if _is_open_to(room, department)
            ]
        return self._open[department]

    def _pinned(self, meeting: Meeting, component: Component, pin: Pin) -> Meeting:
        section = self._institution.sections[meeting.section]
        times: Sequence[Time] = meeting.times
        if pin.start is not None:
            weeks = weeks_of(section, component)
            base = self._grid.times_from(component, weeks, pin.start)
            people = self._people(section)
            times = [t for t in base if all(who.allows(t) for who in people)]
        if pin.day is not None:
            day = 1 << self._grid.days[pin.day]
            times = [t for t in times if t.days == day]
        rooms = meeting.rooms
        if pin.room is not None and rooms:
            rooms = tuple(r for r in rooms if r == self._index.rooms[pin.room])
        return Meeting(meeting.section, meeting.number, tuple(times), rooms)

    def _people(self, section: Section) -> list[Availability]:
        batches = (self._index.batch_of[audience] for audience in section.batches)
        return [
            *map(self.availability_of, section.faculty),
            *map(self._availability_of_batch, dict.fromkeys(batches)),
        ]

    def _availability_of_batch(self, batch_id: str) -> Availability:
        if batch_id not in self._of_batch:
            batch = self._institution.batches[self._index.batches[batch_id]]
            self._of_batch[batch_id] = Availability.of_batch(batch, self._grid)
        return self._of_batch[batch_id]

    def _mask(
        self, who: Availability, kind: object, base: tuple[Time, ...]
    ) -> tuple[bool, ...]:
        """Which of some base times a person or batch can make."""
        key = (id(who), kind)
        if key not in self._allowed:
            self._allowed[key] = tuple(map(who.allows, base))
        return self._allowed[key]

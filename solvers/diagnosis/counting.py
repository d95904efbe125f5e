"""Sums that cannot work out: hours of people, slots of rooms, seats of students."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from solvers.exceptions import Issue
from solvers.explanation import Words
from solvers.model import Event, Instance, Time

__all__ = ["count_demand"]

NO_SLACK = 0.9
"""Share of what there is that is demanded, from which on a warning is due."""
FEW_EVENTS = 3
"""Fewer events than this are tight by nature; their sums are no warning."""

_DISJOINT = ("NotOverlap", "SameAttendees")


def count_demand(instance: Instance) -> list[Issue]:
    """Compare demand and supply of time, rooms and seats.

    Parameters
    ----------
    instance
        The problem.

    Returns
    -------
    list of Issue
        Errors where there is no way, warnings where next to nothing is left.
    """
    sums = _Sums(instance)
    return [*sums.people(), *sums.rooms(), *sums.seats()]


class _Sums:
    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._words = Words(instance)
        self._shape = (instance.num_weeks, instance.num_days, instance.slots_per_day)
        self._painted: dict[frozenset[Time], NDArray[np.bool_]] = {}

    # People: events that must not overlap share one diary.

    def people(self) -> Iterator[Issue]:
        """Yield what is wrong with lists of events that must not overlap."""
        known: set[frozenset[int]] = set()
        for constraint in self._instance.constraints:
            events = frozenset(constraint.events)
            if not constraint.required or constraint.type not in _DISJOINT:
                continue
            if events in known:
                continue
            known.add(events)
            demand = sum(self._least(event) for event in events)
            supply = int(self._moments(events).sum())
            subject = constraint.label or self._words.constraint(constraint)
            yield from _judge("people", subject, "slots", demand, supply, len(events))

    def _least(self, event: int) -> int:
        """Fewest slots of the term that an event takes."""
        times = (option.time for option in self._instance.events[event].times)
        return min((_size(time) for time in times), default=0)

    def _moments(self, events: Iterable[int]) -> NDArray[np.bool_]:
        """``(num_weeks, num_days, slots_per_day)`` when any of the events may meet."""
        total = np.zeros(self._shape, bool)
        for times in {self._time_sets[event] for event in events}:
            if times not in self._painted:
                self._painted[times] = self._paint(times)
            total |= self._painted[times]
        return total

    @cached_property
    def _time_sets(self) -> list[frozenset[Time]]:
        return [frozenset(o.time for o in e.times) for e in self._instance.events]

    def _paint(self, times: Iterable[Time]) -> NDArray[np.bool_]:
        weeks, days, slots = self._shape
        moments = np.zeros(self._shape, bool)
        for time in times:
            on_week = time.weeks >> np.arange(weeks) & 1
            on_day = time.days >> np.arange(days) & 1
            hours = (np.arange(slots) >= time.start) & (np.arange(slots) < time.end)
            dates = on_week[:, None] & on_day[None, :]
            moments |= dates.astype(bool)[:, :, None] & hours
        return moments

    # Rooms: events that fit into some rooms only.

    def rooms(self) -> Iterator[Issue]:
        """Yield what is wrong with sets of rooms and the events that need them."""
        groups: dict[frozenset[int], list[int]] = {}
        for index, event in enumerate(self._instance.events):
            if event.rooms:
                groups.setdefault(_rooms(event), []).append(index)
        for rooms in groups:
            inside = [e for r, events in groups.items() if r <= rooms for e in events]
            demand = sum(self._least(event) for event in inside)
            moments = self._moments(inside)
            supply = sum(self._open(room, moments) for room in rooms)
            names = [self._words.room(room) for room in sorted(rooms)]
            subject = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
            yield from _judge("rooms", subject, "slots", demand, supply, len(inside))

    def _open(self, room: int, moments: NDArray[np.bool_]) -> int:
        closed = frozenset(self._instance.rooms[room].unavailable)
        if not closed:
            return int(moments.sum())
        if closed not in self._painted:
            self._painted[closed] = self._paint(closed)
        return int((moments & ~self._painted[closed]).sum())

    # Students: seats of a course.

    def seats(self) -> Iterator[Issue]:
        """Yield what is wrong with courses and the students who ask for them."""
        wanted: dict[int, int] = {}
        for student in self._instance.students:
            for course in student.courses:
                wanted[course] = wanted.get(course, 0) + 1
        for course, demand in sorted(wanted.items()):
            supply = self._course_seats(course)
            named = self._instance.courses[course]
            if supply is not None:
                subject = named.name or named.id
                # Where nobody can choose, one section is as large as its course.
                tight = demand if self._is_choice(course) else 0
                yield from _judge("seats", subject, "seats", demand, supply, tight)

    def _is_choice(self, course: int) -> bool:
        """Whether a student who takes a course can attend one event or another."""
        configurations = self._instance.courses[course].configurations
        return len(configurations) > 1 or any(
            len(events) > 1
            for events in self._instance.events_of_configuration(configurations[0])
        )

    def _course_seats(self, course: int) -> int | None:
        """Most students that a course can take; None without limit."""
        total = 0
        for configuration in self._instance.courses[course].configurations:
            seats = [
                self._seats(events)
                for events in self._instance.events_of_configuration(configuration)
            ]
            limited = [number for number in seats if number is not None]
            if not limited:
                return None
            total += min(limited)
        return total

    def _seats(self, events: Iterable[int]) -> int | None:
        total = 0
        for event in events:
            seats = self._event_seats(event)
            if seats is None:
                return None
            total += seats
        return total

    def _event_seats(self, event: int) -> int | None:
        """Limit of an event, or of the events below it if they have fewer seats."""
        limits = [self._instance.events[event].limit]
        by_subpart: dict[int, list[int]] = {}
        for child in self._children.get(event, []):
            subpart = self._instance.events[child].subpart
            by_subpart.setdefault(subpart, []).append(child)
        limits += [self._seats(children) for children in by_subpart.values()]
        return min((number for number in limits if number is not None), default=None)

    @cached_property
    def _children(self) -> dict[int, list[int]]:
        children: dict[int, list[int]] = {}
        for index, event in enumerate(self._instance.events):
            if event.parent is not None:
                children.setdefault(event.parent, []).append(index)
        return children


def _rooms(event: Event) -> frozenset[int]:
    return frozenset(option.room for option in event.rooms)


def _size(time: Time) -> int:
    return time.weeks.bit_count() * time.days.bit_count() * time.length


_WORDS = {
    "people": "the events of {0} must not overlap",
    "rooms": "some events fit into {0} alone",
    "seats": "students ask for {0}",
}


def _judge(
    kind: str, subject: str, unit: str, demand: int, supply: int, events: int
) -> Iterator[Issue]:
    words = _WORDS[kind].format(subject)
    sums = f"{words}: {demand} {unit} are needed, {supply} there are"
    if demand > supply:
        yield Issue(f"{kind}_overbooked", f"{sums}.")
    elif demand > NO_SLACK * supply and events >= FEW_EVENTS:
        yield Issue(f"no_slack_{kind}", f"{sums}.", severity="warning")

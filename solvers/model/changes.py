"""Minimal change: what it costs to move events away from an earlier timetable."""

from __future__ import annotations

from collections.abc import Iterator

from .instance import Instance, Preference
from .timetable import Timetable

__all__ = ["stay_preferences"]


def stay_preferences(
    instance: Instance,
    timetable: Timetable,
    weight: int = 1,
    *,
    earlier: Instance | None = None,
) -> tuple[Preference, ...]:
    """Preferences, under criterion ``changes``, for staying with an earlier timetable.

    Parameters
    ----------
    instance
        The problem to be solved now.
    timetable
        Where events stood.
    weight
        Penalty of another time, and of another room; >= 0.
    earlier
        The instance that ``timetable`` is of, if not this one. Events and rooms are
        matched by id, times by value.

    Returns
    -------
    tuple of Preference
        None for what stood nowhere or can no longer stand where it did.
    """
    earlier = instance if earlier is None else earlier
    return tuple(_stays(instance, timetable, weight, earlier))


def _stays(
    instance: Instance, timetable: Timetable, weight: int, earlier: Instance
) -> Iterator[Preference]:
    before = {event.id: index for index, event in enumerate(earlier.events)}
    for index, event in enumerate(instance.events):
        old = before.get(event.id)
        if old is None:
            continue
        time, room = earlier.time_of(timetable, old), earlier.room_of(timetable, old)
        times = [option.time == time for option in event.times]
        if any(times):
            penalties = tuple(0 if same else weight for same in times)
            yield Preference("changes", index, "time", penalties)
        room_id = None if room is None else earlier.rooms[room].id
        rooms = [instance.rooms[option.room].id == room_id for option in event.rooms]
        if any(rooms):
            penalties = tuple(0 if same else weight for same in rooms)
            yield Preference("changes", index, "room", penalties)

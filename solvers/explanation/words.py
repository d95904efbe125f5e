"""Events, times and rooms in words."""

from __future__ import annotations

from collections.abc import Iterable

from solvers.constraints import Context
from solvers.constraints.causes import DAY_NAMES
from solvers.model import Constraint, Instance, Time

__all__ = ["Words"]

_MOST_NAMES = 6


class Words:
    """Says things of an instance in words.

    Parameters
    ----------
    instance
        The problem.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._context = Context.of(instance)

    def event(self, event: int) -> str:
        """Name of an event, its id where it has none."""
        named = self._instance.events[event]
        return named.name or named.id

    def events(self, events: Iterable[int]) -> str:
        """Names of several events, the first few of many."""
        names = [self.event(event) for event in events]
        if len(names) > _MOST_NAMES:
            more = len(names) - _MOST_NAMES
            return f"{', '.join(names[:_MOST_NAMES])} and {more} more"
        return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)

    def room(self, room: int | None) -> str:
        """Name of a room, its id where it has none."""
        if room is None:
            return "no room"
        return self._instance.rooms[room].name or self._instance.rooms[room].id

    def time(self, time: Time) -> str:
        """Days, hours and weeks of a time, e.g. ``Monday 09:00-10:30``."""
        days = ", ".join(
            DAY_NAMES[day] if day < len(DAY_NAMES) else f"day {day + 1}"
            for day in range(self._instance.num_days)
            if time.days >> day & 1
        )
        clock = self._context.clock
        hours = f"{days} {clock(time.start)}-{clock(time.end)}"
        every = (1 << self._instance.num_weeks) - 1
        return hours if time.weeks == every else f"{hours}, weeks {self._weeks(time)}"

    def constraint(self, constraint: Constraint) -> str:
        """Type, subject and events of a constraint."""
        about = f" ({constraint.label})" if constraint.label else ""
        params = ", ".join(map(str, constraint.params))
        called = f"{constraint.type}({params})" if params else constraint.type
        return f"{called}{about} of {self.events(constraint.events)}"

    def _weeks(self, time: Time) -> str:
        runs: list[list[int]] = []
        for week in range(self._instance.num_weeks):
            if not time.weeks >> week & 1:
                continue
            if runs and runs[-1][-1] == week:
                runs[-1][-1] = week + 1
            else:
                runs.append([week + 1, week + 1])
        return ", ".join(f"{a}-{b}" if a < b else f"{a}" for a, b in runs)

"""Take away options that no feasible timetable can use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from solvers.model import Event, Instance, Preference, Timetable

from .domains import Domains, Grid
from .propagate import Propagation, Removal

__all__ = ["Reduction", "Removal", "reduce_domains"]

Positions = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reduction:
    """An instance with fewer options and the same feasible timetables.

    Parameters
    ----------
    original, instance
        Before and after. An event to which nothing is left keeps all of its options, so
        that the best partial timetable can still be searched.
    impossible
        Events to which nothing is left: there is no feasible timetable.
    times_kept, rooms_kept
        For each event, positions of the options kept in the original's lists.
    removals
        What was taken away, in order.
    removed
        Number of times and rooms taken away, by reason.
    rounds
        Looks at all rooms until nothing changed.
    seconds
        Time spent.
    """

    original: Instance
    instance: Instance
    impossible: tuple[int, ...]
    times_kept: tuple[Positions, ...]
    rooms_kept: tuple[Positions, ...]
    removals: tuple[Removal, ...]
    removed: Mapping[str, int]
    rounds: int
    seconds: float

    @property
    def num_options(self) -> tuple[int, int]:
        """Time and room options of all events, before and after."""
        return _num_options(self.original), _num_options(self.instance)

    def restore(self, timetable: Timetable) -> Timetable:
        """Say a timetable of the reduced instance in the original's options."""
        return _translated(timetable, self.times_kept, self.rooms_kept)

    def apply(self, timetable: Timetable) -> Timetable:
        """Say a timetable of the original in the reduced options.

        An event whose time or room is gone becomes unassigned.
        """
        times = [_inverse(kept) for kept in self.times_kept]
        rooms = [_inverse(kept) for kept in self.rooms_kept]
        time = _looked_up(timetable.time_option, times)
        room = _looked_up(timetable.room_option, rooms)
        lost = (time < 0) | ((room < 0) & (timetable.room_option >= 0))
        return Timetable(
            np.where(lost, -1, time), np.where(lost, -1, room), timetable.enrollments
        )


def reduce_domains(instance: Instance) -> Reduction:
    """Remove times and rooms that are in no feasible timetable, to a fixpoint.

    Closed rooms, rooms taken by events without another choice, all pairwise types
    (``SameAttendees`` with the shortest way between the rooms that are left),
    ``RoomStability``, ``MaxDays``, ``MaxDayLoad``, ``MaxBlock`` and ``LunchBreak`` are
    looked at, if required. Soft costs of what is left do not change.

    Parameters
    ----------
    instance
        The problem.

    Returns
    -------
    Reduction
        The smaller instance, and the way back.

    References
    ----------
    .. [1] Mackworth, A. K. (1977). Consistency in networks of relations. Artificial
       Intelligence 8(1), 99-118. doi:10.1016/0004-3702(77)90007-8
    """
    begin = perf_counter()
    placeable = all(event.times for event in instance.events)
    if not instance.events or not placeable:
        return _unchanged(instance, begin)
    run = Propagation(instance)
    run.run()
    impossible = frozenset(run.wiped_out())
    times, rooms = _positions(instance, run.grid, run.domains, impossible)
    return Reduction(
        original=instance,
        instance=_smaller(instance, times, rooms),
        impossible=tuple(sorted(impossible)),
        times_kept=times,
        rooms_kept=rooms,
        removals=tuple(run.removals),
        removed=dict(run.counts().most_common()),
        rounds=run.rounds,
        seconds=perf_counter() - begin,
    )


def _unchanged(instance: Instance, begin: float) -> Reduction:
    """An event without any time cannot be reasoned about: only name it."""
    without = [e for e, event in enumerate(instance.events) if not event.times]
    return Reduction(
        instance,
        instance,
        tuple(without),
        tuple(tuple(range(len(event.times))) for event in instance.events),
        tuple(tuple(range(len(event.rooms))) for event in instance.events),
        (),
        {},
        0,
        perf_counter() - begin,
    )


def _positions(
    instance: Instance, grid: Grid, domains: Domains, impossible: frozenset[int]
) -> tuple[tuple[Positions, ...], tuple[Positions, ...]]:
    times: list[Positions] = []
    rooms: list[Positions] = []
    for index, event in enumerate(instance.events):
        if index in impossible:
            times.append(tuple(range(len(event.times))))
            rooms.append(tuple(range(len(event.rooms))))
            continue
        left = set(domains.times_of(index).tolist())
        times.append(
            tuple(i for i, o in enumerate(event.times) if grid.index[o.time] in left)
        )
        left = set(domains.rooms_of(index).tolist())
        rooms.append(tuple(i for i, o in enumerate(event.rooms) if o.room in left))
    return tuple(times), tuple(rooms)


def _smaller(
    instance: Instance, times: tuple[Positions, ...], rooms: tuple[Positions, ...]
) -> Instance:
    kept = zip(instance.events, times, rooms, strict=True)
    events = tuple(_with_options(event, t, r) for event, t, r in kept)
    preferences = tuple(
        _with_penalties(p, (times if p.of == "time" else rooms)[p.event])
        for p in instance.preferences
    )
    return instance.replace(events=events, preferences=preferences)


def _with_options(event: Event, times: Positions, rooms: Positions) -> Event:
    if len(times) == len(event.times) and len(rooms) == len(event.rooms):
        return event
    return replace(
        event,
        times=tuple(event.times[i] for i in times),
        rooms=tuple(event.rooms[i] for i in rooms),
    )


def _with_penalties(preference: Preference, kept: Positions) -> Preference:
    if len(kept) == len(preference.penalties):
        return preference
    return replace(preference, penalties=tuple(preference.penalties[i] for i in kept))


def _num_options(instance: Instance) -> int:
    return sum(len(event.times) + len(event.rooms) for event in instance.events)


def _inverse(kept: Positions) -> dict[int, int]:
    return {original: position for position, original in enumerate(kept)}


def _looked_up(
    options: NDArray[np.int32], known: list[dict[int, int]]
) -> NDArray[np.int32]:
    pairs = zip(options.tolist(), known, strict=True)
    return np.array([row.get(option, -1) for option, row in pairs], np.int32)


def _translated(
    timetable: Timetable, times: tuple[Positions, ...], rooms: tuple[Positions, ...]
) -> Timetable:
    return Timetable(
        _chosen(timetable.time_option, times),
        _chosen(timetable.room_option, rooms),
        timetable.enrollments,
    )


def _chosen(
    options: NDArray[np.int32], kept: tuple[Positions, ...]
) -> NDArray[np.int32]:
    pairs = zip(options.tolist(), kept, strict=True)
    return np.array([-1 if o < 0 else row[o] for o, row in pairs], np.int32)

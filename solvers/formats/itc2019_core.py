"""The part of an instance that ITC-2019 has words for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from solvers.model import (
    Constraint,
    ConstraintCode,
    Event,
    Instance,
    Preference,
    RoomOption,
    TimeOption,
    Weights,
)

__all__ = ["as_itc2019"]

_ITC_TYPES = frozenset(code.name for code in ConstraintCode if code <= 18)


def as_itc2019(instance: Instance) -> tuple[Instance, tuple[str, ...]]:
    """Express an instance by the types and criteria of ITC-2019 alone.

    Preferences become penalties of times and rooms, and soft constraints of known types
    come under ``distribution``, at their own weights. All else is left out.

    Parameters
    ----------
    instance
        Any instance.

    Returns
    -------
    Instance
        An instance that ITC-2019 XML can hold. Its cost is the given one's without the
        criteria that were left out, but for rounding of averages per week.
    tuple of str
        A sentence on everything that was left out; empty if nothing was.
    """
    kept = [c for c in instance.constraints if c.type in _ITC_TYPES]
    core = instance.replace(
        events=_with_penalties(instance),
        constraints=tuple(_weighted(c, instance.weights) for c in kept),
        preferences=(),
        room_open_penalty=0,
        weights=Weights.of(
            {
                "time": 1,
                "room": 1,
                "distribution": 1,
                "student": instance.weights["student"],
            }
        ),
    )
    return core, _notes(instance)


def _weighted(constraint: Constraint, weights: Weights) -> Constraint:
    penalty = constraint.penalty * weights[constraint.criterion]
    return replace(constraint, penalty=penalty, criterion="distribution")


def _with_penalties(instance: Instance) -> tuple[Event, ...]:
    weights = instance.weights
    times = [[weights["time"] * o.penalty for o in e.times] for e in instance.events]
    rooms = [[weights["room"] * o.penalty for o in e.rooms] for e in instance.events]
    for preference in instance.preferences:
        rows = times if preference.of == "time" else rooms
        _add(rows[preference.event], preference, weights[preference.criterion])
    return tuple(
        replace(
            event,
            times=tuple(
                TimeOption(o.time, p) for o, p in zip(event.times, t, strict=True)
            ),
            rooms=tuple(
                RoomOption(o.room, p) for o, p in zip(event.rooms, r, strict=True)
            ),
        )
        for event, t, r in zip(instance.events, times, rooms, strict=True)
    )


def _add(row: list[int], preference: Preference, weight: int) -> None:
    for option, penalty in enumerate(preference.penalties):
        row[option] += weight * penalty


def _notes(instance: Instance) -> tuple[str, ...]:
    foreign: Sequence[Constraint] = [
        c for c in instance.constraints if c.type not in _ITC_TYPES
    ]
    counts = Counter((c.type, c.required) for c in foreign)
    notes = [
        f"left out {count} {'hard' if required else 'soft'} {kind} constraints, "
        "which ITC-2019 does not know"
        for (kind, required), count in counts.items()
    ]
    if instance.room_open_penalty:
        notes.append("left out the cost of rooms in use, which ITC-2019 does not know")
    return tuple(notes)

"""Instances whose events stand where a test puts them, under one constraint."""

from collections.abc import Sequence

from solvers.constraints import CONSTRAINT_TYPES, Cause, Context, Placement
from solvers.model import (
    Configuration,
    Constraint,
    Course,
    Event,
    Instance,
    Room,
    RoomOption,
    Subpart,
    Time,
    TimeOption,
    Timetable,
    Weights,
    bits_to_mask,
)
from solvers.verification import Verification, verify

__all__ = ["at", "causes", "cost", "hard", "instance_of", "placed", "value"]

Place = tuple[Time, int | None]

BUILDINGS = ("north", "north", "south", "")
TRAVEL = ((0, 1, 2), (0, 2, 6))


def at(
    days: str, start: int, length: int, weeks: str = "1", room: int | None = None
) -> Place:
    """Place of an event: bit strings of days and weeks, slots, room index."""
    return Time(bits_to_mask(weeks), bits_to_mask(days), start, length), room


def instance_of(
    places: Sequence[Place], *constraints: Constraint, num_weeks: int = 1
) -> Instance:
    """Instance of five days whose events have one placement each."""
    events = tuple(
        Event(
            f"e{index}",
            0,
            (TimeOption(time),),
            () if room is None else (RoomOption(room),),
        )
        for index, (time, room) in enumerate(places)
    )
    return Instance(
        name="placed",
        num_weeks=num_weeks,
        num_days=5,
        slots_per_day=288,
        rooms=tuple(Room(f"r{i}", building=b) for i, b in enumerate(BUILDINGS)),
        courses=(Course("c", (0,)),),
        configurations=(Configuration("f", 0, (0,)),),
        subparts=(Subpart("s", 0, tuple(range(len(events)))),),
        events=events,
        constraints=constraints,
        travel=TRAVEL,
        weights=Weights.of({"distribution": 1}),
    )


def placed(instance: Instance) -> Timetable:
    """Timetable with every event at its one placement."""
    return Timetable.of(
        [0] * instance.num_events, [0 if e.rooms else -1 for e in instance.events]
    )


def _verified(
    name: str,
    params: tuple[int, ...],
    places: Sequence[Place],
    num_weeks: int,
    *,
    required: bool,
    penalty: int = 0,
    **options: bool,
) -> Verification:
    everybody = tuple(range(len(places)))
    constraint = Constraint(name, everybody, required, penalty, params)
    instance = instance_of(places, constraint, num_weeks=num_weeks)
    return verify(instance, placed(instance), **options)


def cost(
    name: str,
    params: tuple[int, ...],
    *places: Place,
    penalty: int = 1,
    num_weeks: int = 1,
    **options: bool,
) -> int:
    """Verified soft cost of one constraint over all placed events."""
    found = _verified(
        name, params, places, num_weeks, required=False, penalty=penalty, **options
    )
    return found.cost


def hard(
    name: str,
    params: tuple[int, ...],
    *places: Place,
    num_weeks: int = 1,
    **options: bool,
) -> int:
    """Verified number of hard violations of one constraint over all events."""
    found = _verified(name, params, places, num_weeks, required=True, **options)
    return found.hard_violations.get(name, 0)


def value(
    name: str, params: tuple[int, ...], *places: Place, num_weeks: int = 1
) -> int:
    """Amount of violation."""
    context = Context.of(instance_of(places, num_weeks=num_weeks))
    placements = [Placement(*place) for place in places]
    return CONSTRAINT_TYPES[name].value(placements, params, context)


def causes(
    name: str, params: tuple[int, ...], *places: Place, num_weeks: int = 1
) -> list[Cause]:
    """Causes of the violation; events are numbered in order."""
    context = Context.of(instance_of(places, num_weeks=num_weeks))
    by_event = {index: Placement(*place) for index, place in enumerate(places)}
    return CONSTRAINT_TYPES[name].explain(by_event, params, context)

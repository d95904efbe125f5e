"""Compile the kernels for grids before the first real search waits for them."""

from __future__ import annotations

from itertools import pairwise

from solvers.model import (
    Configuration,
    Constraint,
    Course,
    Event,
    Instance,
    InstanceArrays,
    Preference,
    Room,
    RoomOption,
    Subpart,
    Time,
    TimeOption,
    Weights,
    compile_instance,
)

from .annealing import GridAnnealing, GridAnnealingParams
from .assembly import grid_arrays
from .state import GridSearchState

__all__ = ["may_be_grid", "rehearse", "warm_up"]

_EVENTS_LOOKED_AT = 50


def warm_up() -> None:
    """Search two tiny built-in grids: one with costly rooms, one with free ones.

    Compiled code is cached on disk beside the kernels (or in ``NUMBA_CACHE_DIR``), so
    only the first call on a machine takes long.
    """
    for rooms_are_free in (False, True):
        rehearse(compile_instance(_tiny_grid(rooms_are_free)))


def rehearse(arrays: InstanceArrays) -> None:
    """Compile the kernels that an instance needs, none if it is no grid."""
    if (grid := grid_arrays(arrays)) is None:
        return
    state = GridSearchState(arrays, grid, 0)
    annealing = GridAnnealing(state, GridAnnealingParams(work=8))
    # A tiny grid may be feasible as it is, and would need no insertion.
    if state.rooms_are_free:
        state.insert_events(8)
    annealing.run(0.5)


def may_be_grid(instance: Instance) -> bool:
    """Whether a look at some events, without compiling, leaves that possible."""
    times = [
        option.time
        for event in instance.events[:_EVENTS_LOOKED_AT]
        for option in event.times
    ]
    spans = sorted({(time.start, time.end) for time in times})
    return (
        instance.num_weeks == 1
        and all(time.days.bit_count() == 1 for time in times)
        and all(before[1] <= after[0] for before, after in pairwise(spans))
    )


def _tiny_grid(rooms_are_free: bool) -> Instance:
    times = tuple(TimeOption(Time(1, 1 << day, 0, 1)) for day in range(3))
    rooms = (RoomOption(0), RoomOption(1))
    events = range(3)
    rules = [Constraint("NotOverlap", (0, 1), True), Constraint("Gaps", (0, 1), False)]
    costs = () if rooms_are_free else (Preference("seats", 0, "room", (0, 1)),)
    return Instance(
        name="warm-up",
        num_weeks=1,
        num_days=3,
        slots_per_day=1,
        rooms=(Room("a"), Room("b")),
        courses=tuple(Course(f"c{e}", (e,)) for e in events),
        configurations=tuple(Configuration(f"f{e}", e, (e,)) for e in events),
        subparts=tuple(Subpart(f"s{e}", e, (e,)) for e in events),
        events=tuple(Event(f"e{e}", e, times, rooms) for e in events),
        constraints=tuple(rules),
        preferences=costs,
        weights=Weights.of({"distribution": 1, "seats": 1}),
    )

"""Compile every kernel before the first real search waits for it."""

from __future__ import annotations

from solvers.model import (
    Configuration,
    Constraint,
    Course,
    Event,
    Instance,
    Room,
    RoomOption,
    Student,
    Subpart,
    Time,
    TimeOption,
    Weights,
    compile_instance,
)

from .annealing import Annealing, AnnealingParams
from .operators import Operator, apply_operator
from .state import SearchState

__all__ = ["warm_up"]


def warm_up() -> None:
    """Search a tiny built-in instance with every operator.

    Compiled code is cached on disk beside the kernels (or in ``NUMBA_CACHE_DIR``), so
    only the first call on a machine takes long.
    """
    state = SearchState(compile_instance(_tiny_instance()), 0)
    state.randomize()
    state.section_students()
    for operator in Operator:
        apply_operator(state, operator, work=8, temperature=1.0, hard_weight=10.0)
    annealing = Annealing(state, AnnealingParams(event_work=8, student_work=8))
    annealing.find_feasible(lambda: False, max_moves=8)
    annealing.run(0.5)


def _tiny_instance() -> Instance:
    times = tuple(TimeOption(Time(1, 1 << day, 8, 2)) for day in range(3))
    rooms = (RoomOption(0), RoomOption(1))
    return Instance(
        name="warm-up",
        num_weeks=1,
        num_days=5,
        slots_per_day=24,
        rooms=(Room("a"), Room("b")),
        courses=(Course("c", (0,)),),
        configurations=(Configuration("f", 0, (0,)),),
        subparts=(Subpart("s", 0, (0, 1)),),
        events=tuple(Event(f"e{i}", 0, times, rooms) for i in range(2)),
        constraints=(
            Constraint("NotOverlap", (0, 1), required=True),
            Constraint("SameRoom", (0, 1), required=False, penalty=1),
            Constraint("MaxDays", (0, 1), required=False, penalty=1, params=(1,)),
        ),
        students=(Student("x", (0,)), Student("y", (0,))),
        weights=Weights.of({"time": 1, "room": 1, "distribution": 1, "student": 1}),
    )

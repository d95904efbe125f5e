"""The kernels' values of whole lists are those of the types' full evaluation."""

import numpy as np
import pytest

from solvers.constraints import (
    CONSTRAINT_TYPES,
    Context,
    DayType,
    ListType,
    Placement,
    TermType,
    WeekType,
)
from solvers.model import (
    PAIRWISE_CODES,
    ROOM_CODES,
    Constraint,
    ConstraintCode,
    Instance,
    Span,
    compile_instance,
    span_of,
)
from solvers.search import SearchState
from tests.strategies import random_instance, random_params

LISTS = [name for name, kind in CONSTRAINT_TYPES.items() if isinstance(kind, ListType)]
KINDS = {Span.DAY: DayType, Span.WEEK: WeekType, Span.TERM: TermType}


def _under(name: str, seed: int) -> Instance:
    """Random instance with a dozen constraints of one type and nothing else."""
    rng = np.random.default_rng(seed)
    instance = random_instance(seed)
    constraints = []
    for number in range(12):
        size = int(rng.integers(1, min(8, instance.num_events)))
        events = tuple(rng.choice(instance.num_events, size, replace=False).tolist())
        required = number % 3 == 0
        penalty = 0 if required else int(rng.integers(1, 5))
        params = random_params(rng, name)
        constraints.append(Constraint(name, events, required, penalty, params))
    return instance.replace(constraints=tuple(constraints), preferences=())


def _values(instance: Instance, state: SearchState) -> list[int]:
    context, timetable = Context.of(instance), state.timetable()
    found = []
    for constraint in instance.constraints:
        placements = []
        for event in constraint.events:
            time = instance.time_of(timetable, event)
            assert time is not None
            placements.append(Placement(time, instance.room_of(timetable, event)))
        kind = CONSTRAINT_TYPES[constraint.type]
        found.append(kind.value(placements, constraint.params, context))
    return found


@pytest.mark.parametrize("name", LISTS)
def test_kernel_values_equal_the_full_evaluation(name: str) -> None:
    """After a load, and after moves that looked only at the dates they touched."""
    broken = 0
    for seed in range(4):
        instance = _under(name, seed)
        state = SearchState(compile_instance(instance), seed)
        state.randomize()
        for _ in range(12):
            assert state._state.list_value.tolist() == _values(instance, state)
            broken += sum(_values(instance, state))
            state.anneal_events(30, 1e4, 1.0, rates=(0.1, 0.2, 0.2))
    assert broken


def _shared_sets(seed: int) -> Instance:
    """Random instance with a rule of each type for three sets of events, shuffled."""
    rng = np.random.default_rng(seed)
    instance = random_instance(seed)
    constraints = []
    for size in rng.integers(1, min(8, instance.num_events), 3):
        events = rng.choice(instance.num_events, size, replace=False)
        for number, name in enumerate(LISTS):
            required = number % 5 == 0
            penalty = 0 if required else int(rng.integers(1, 5))
            params = random_params(rng, name)
            mixed = tuple(rng.permutation(events).tolist())
            constraints.append(Constraint(name, mixed, required, penalty, params))
    shuffled = tuple(constraints[k] for k in rng.permutation(len(constraints)))
    return instance.replace(constraints=shuffled, preferences=())


def test_lists_of_the_same_events_are_evaluated_together() -> None:
    """Rules of one set that differ in type, span and order of the events."""
    for seed in range(6):
        instance = _shared_sets(seed)
        arrays = compile_instance(instance)
        assert arrays.list_set.max() < 3
        state = SearchState(arrays, seed)
        state.randomize()
        for _ in range(12):
            assert state._state.list_value.tolist() == _values(instance, state)
            state.anneal_events(30, 1e4, 1.0, rates=(0.1, 0.2, 0.2))


@pytest.mark.parametrize("name", LISTS)
def test_codes_tell_what_the_types_are(name: str) -> None:
    """Kernels go by tables of codes; the tables agree with the types."""
    kind = CONSTRAINT_TYPES[name]
    assert isinstance(kind, KINDS[span_of(kind.code)])
    assert kind.averaged == (span_of(kind.code) is not Span.TERM)


@pytest.mark.parametrize("name", LISTS)
def test_values_depend_on_rooms_only_where_codes_say_so(name: str) -> None:
    """What does not look at rooms keeps its value when rooms change."""
    rng = np.random.default_rng(7)
    kind, changed = CONSTRAINT_TYPES[name], False
    context = Context(3, 4, {}, ("north", "south", "north", ""))
    for seed in range(20):
        instance = random_instance(seed)
        times = [event.times[0].time for event in instance.events]
        params = random_params(rng, name)
        values = {
            kind.value(
                [Placement(t, int(r)) for t, r in zip(times, rooms, strict=True)],
                params,
                context,
            )
            for rooms in rng.integers(0, 4, (6, len(times)))
        }
        changed |= len(values) > 1
    assert changed == (kind.code in ROOM_CODES)


def test_every_code_has_its_type() -> None:
    """No code without a type, and pairwise codes are pairwise types."""
    assert set(CONSTRAINT_TYPES) == {code.name for code in ConstraintCode}
    pairwise = {code.name for code in PAIRWISE_CODES}
    assert pairwise == set(CONSTRAINT_TYPES) - set(LISTS)

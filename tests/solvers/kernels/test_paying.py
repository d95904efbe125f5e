"""Events that pay are those of a soft rule that is not kept, or of a dear option."""

from itertools import combinations

import numpy as np
import pytest

from solvers.constraints import CONSTRAINT_TYPES, Context, PairwiseType, Placement
from solvers.kernels.events import FEW, pays
from solvers.model import Instance, Timetable, Weights, compile_instance
from solvers.search import SearchState
from tests.strategies import random_instance


def _payers(instance: Instance, timetable: Timetable) -> set[int]:
    """By the types' own evaluation, rule by rule and option by option."""
    found = set()
    for index, event in enumerate(instance.events):
        times = [option.penalty for option in event.times]
        rooms = [option.penalty for option in event.rooms] or [0]
        now = times[timetable.time_option[index]] > min(times)
        there = rooms[max(0, int(timetable.room_option[index]))] > min(rooms)
        dear = (instance.weights["time"] * now, instance.weights["room"] * there)
        if any(dear):
            found.add(index)
    context = Context.of(instance)
    for constraint in instance.constraints:
        if constraint.required or not instance.weights[constraint.criterion]:
            continue
        kind = CONSTRAINT_TYPES[constraint.type]
        placed = []
        for event in constraint.events:
            time = instance.time_of(timetable, event)
            assert time is not None
            placed.append(Placement(time, instance.room_of(timetable, event)))
        if isinstance(kind, PairwiseType):
            ends = zip(constraint.events, placed, strict=True)
            for (a, first), (b, second) in combinations(ends, 2):
                if kind.violated(first, second, constraint.params, context):
                    found |= {a, b} if constraint.penalty else set()
        else:
            value = kind.value(placed, constraint.params, context)
            if kind.cost(constraint, value, context):
                found |= set(constraint.events)
    return found


def _few_rules(seed: int) -> Instance:
    """Random instance of which few events take part in a soft rule."""
    instance = random_instance(seed)
    soft = [c for c in instance.constraints if not c.required]
    rules = tuple(soft[seed % 5 :: 5])
    return instance.replace(students=(), preferences=(), constraints=rules)


@pytest.mark.parametrize("seed", range(8))
def test_who_pays(seed: int) -> None:
    """Against every rule and option, at many placements."""
    instance = _few_rules(seed)
    arrays = compile_instance(instance)
    state = SearchState(arrays, seed)
    met: set[int] = set()
    for _ in range(20):
        state.anneal_events(50, 20.0, 30.0, rates=(0.1, 0.1, 0.0), costly=0.5)
        packed = (state._packed_arrays, state._packed)
        paying = {e for e in range(arrays.num_events) if pays(*packed, e)}
        assert paying == _payers(instance, state.timetable())
        met.add(len(paying))
    assert len(met) > 1


def test_moves_start_from_few_that_pay() -> None:
    """With a rate of 1 nobody else moves, until payers are looked for again."""
    checked = 0
    for seed in range(12):
        instance = _few_rules(seed)
        free = Weights.of({**instance.weights, "time": 0, "room": 0})
        instance = instance.replace(weights=free)
        arrays = compile_instance(instance)
        state = SearchState(arrays, seed)
        state.randomize()
        state.anneal_events(20_000, 0.5, 100.0)
        before = state.timetable()
        payers = _payers(instance, before) & set(arrays.movable.tolist())
        state.anneal_events(500, 1e6, 1.0, rates=(0.0, 0.0, 0.0), costly=1.0)
        after = state.timetable()
        moved = (before.time_option != after.time_option) | (
            before.room_option != after.room_option
        )
        if payers and FEW * len(payers) <= len(arrays.movable):
            checked += 1
            assert set(np.flatnonzero(moved).tolist()) <= payers
    assert checked

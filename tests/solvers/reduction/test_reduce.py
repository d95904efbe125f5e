"""Domain reduction never loses a feasible timetable."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.constraints import CONSTRAINT_TYPES
from solvers.model import PAIRWISE_CODES, Constraint, Instance, Preference, Room, Time
from solvers.reduction import reduce_domains
from solvers.verification import verify
from tests.solvers.tiny import feasible_timetables, small_instance, tiny_instance
from tests.strategies import random_instance, random_params

PAIRWISE = sorted(code.name for code in PAIRWISE_CODES)
MORNING, NOON = Time(3, 1, 0, 4), Time(3, 1, 4, 4)
EARLY, LATE, TUESDAY = Time(1, 1, 0, 4), Time(1, 1, 2, 4), Time(1, 2, 0, 4)


def _keeps_every_feasible_timetable(instance: Instance) -> set[str]:
    """Check by trying every timetable; returns what removed something."""
    reduction = reduce_domains(instance)
    feasible = feasible_timetables(instance)
    smaller = [] if reduction.impossible else feasible_timetables(reduction.instance)
    restored = [reduction.restore(timetable) for timetable in smaller]
    assert set(restored) == set(feasible)
    for small, restored_one in zip(smaller, restored, strict=True):
        assert reduction.apply(restored_one) == small
        before, after = (
            verify(instance, restored_one),
            verify(reduction.instance, small),
        )
        assert (before.cost, before.criteria) == (after.cost, after.criteria)
    before_count, after_count = reduction.num_options
    assert after_count < before_count or not reduction.removed or reduction.impossible
    return set(reduction.removed)


@pytest.mark.parametrize("name", sorted(CONSTRAINT_TYPES))
def test_no_type_costs_a_feasible_timetable(name: str) -> None:
    """Every type alone, against brute force; the pairwise ones remove something."""
    removed: set[str] = set()
    for seed in range(10):
        rng = np.random.default_rng([seed, len(name)])
        params = (6,) if name == "WorkDay" else random_params(rng, name)
        instance = tiny_instance(rng, {name: params})
        removed |= _keeps_every_feasible_timetable(instance)
    assert name in removed or name not in PAIRWISE


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sets(st.sampled_from(sorted(CONSTRAINT_TYPES))))
def test_mixed_types_keep_every_feasible_timetable(seed: int, names: set[str]) -> None:
    """Several types together, propagated to the fixpoint."""
    rng = np.random.default_rng(seed)
    types = {name: random_params(rng, name) for name in sorted(names)}
    _keeps_every_feasible_timetable(tiny_instance(rng, types))


def test_closed_rooms_take_away_times_and_rooms() -> None:
    """A time at which every room is closed, a room that is closed at every time."""
    rooms = (Room("a", unavailable=(MORNING,)), Room("b", unavailable=(MORNING, NOON)))
    instance = small_instance((((MORNING, NOON), (0, 1)),), rooms)
    reduction = reduce_domains(instance)
    assert reduction.times_kept == ((1,),)
    assert reduction.rooms_kept == ((0,),)
    assert reduction.removed == {"RoomUnavailable": 2}


def test_an_event_without_choice_takes_its_room_from_others() -> None:
    """Its room is closed to everybody whom it would meet, whatever time it gets."""
    fixed = ((EARLY, LATE), (0,))
    other = ((Time(1, 1, 3, 1), TUESDAY), (0,))
    reduction = reduce_domains(small_instance((fixed, other), (Room("a"),)))
    assert reduction.times_kept == ((0, 1), (1,))
    assert reduction.removed == {"RoomTaken": 1}


def test_the_way_between_rooms_counts() -> None:
    """Back to back is too close when every room of the other lies far away."""
    events = (((EARLY,), (0,)), ((Time(1, 1, 4, 4), TUESDAY), (1, 2)))
    together = (Constraint("SameAttendees", (0, 1), True),)
    rooms = (Room("a"), Room("b"), Room("c"))
    near = small_instance(events, rooms, together, ((0, 1, 3),))
    far = small_instance(events, rooms, together, ((0, 1, 3), (0, 2, 3)))
    assert reduce_domains(near).removed == {}
    assert reduce_domains(far).times_kept[1] == (1,)


def test_what_is_left_without_an_option_is_named_and_kept() -> None:
    """An impossible event keeps all options, so that a partial timetable exists."""
    events = (((EARLY,), (0,)), ((LATE,), (0,)))
    reduction = reduce_domains(small_instance(events, (Room("a"),)))
    assert reduction.impossible
    assert all(len(event.times) == 1 for event in reduction.instance.events)


def test_penalties_follow_their_options() -> None:
    """Preferences of what is left are those of the original."""
    rooms = (Room("a", unavailable=(MORNING,)),)
    instance = small_instance((((MORNING, NOON), (0,)),), rooms)
    wish = Preference("wish", 0, "time", (5, 7))
    reduced = reduce_domains(instance.replace(preferences=(wish,))).instance
    assert reduced.preferences == (Preference("wish", 0, "time", (7,)),)
    assert reduced.events[0].times[0].penalty == 1


@pytest.mark.parametrize("seed", range(3))
def test_reducing_twice_changes_nothing(seed: int) -> None:
    """The result is a fixpoint."""
    once = reduce_domains(random_instance(seed))
    if not once.impossible:
        assert reduce_domains(once.instance).removed == {}

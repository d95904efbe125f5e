"""What a chain reckons before it moves anything is what it then finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.kernels.moves import _table_delta, apply_move, move_delta
from solvers.kernels.places import find_places
from solvers.model import Constraint, Room, Time, Timetable, compile_instance
from solvers.search import SearchState
from tests.solvers.tiny import small_instance
from tests.strategies import random_instance

WEIGHT = 60.0
SIZE = 6

Events = tuple[tuple[tuple[Time, ...], tuple[int, ...]], ...]


@given(seed=st.integers(0, 2**16))
@settings(max_examples=12, deadline=None)
def test_places_after_a_move_are_known_before_it(seed: int) -> None:
    """The best of all places by the tables of a state in which the move was made."""
    arrays = compile_instance(random_instance(seed))
    state = SearchState(arrays, seed)
    state.randomize()
    state.section_students()
    random, p, x = np.random.default_rng(seed), state._packed_arrays, state._packed
    compared = 0
    for i, j in random.choice(arrays.movable, (40, 2)):
        if i == j:
            continue
        c, d = (
            int(random.integers(pointers[i], pointers[i + 1]))
            for pointers in (arrays.time_ptr, arrays.room_ptr)
        )
        find_places(p, x, j, i, arrays.time_ids[c], arrays.room_ids[d], WEIGHT)
        found = state._state.places.copy()
        hard, soft, _ = move_delta(p, x, i, c, d, np.inf, WEIGHT)
        apply_move(p, x, i, c, d, hard, soft)
        changes = _changes(state, j)
        worth = sorted(WEIGHT * h + s for h, s in changes.values())
        rows = [row for row in found.tolist() if row[0] >= 0]
        assert len(rows) == min(3, len({place[0] for place in changes}))
        for time_pos, room_pos, *parts in rows:
            assert tuple(parts) == changes[time_pos, room_pos]
            compared += 1
        assert WEIGHT * rows[0][2] + rows[0][3] == worth[0]
        find_places(p, x, j, -1, 0, 0, WEIGHT)
        again = state._state.places[0].tolist()
        assert WEIGHT * again[2] + again[3] == worth[0]
    assert compared


def _changes(state: SearchState, j: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Change by every other place of an event, as tables alone tell."""
    arrays, now = state.arrays, state._state
    p, x = state._packed_arrays, state._packed
    opening = arrays.room_open_cost
    found = {}
    for c in range(arrays.time_ptr[j], arrays.time_ptr[j + 1]):
        for d in range(arrays.room_ptr[j], arrays.room_ptr[j + 1]):
            if (c, d) != (now.time_pos[j], now.room_pos[j]):
                hard, soft = _table_delta(p, x, j, c, d)
                new, old = arrays.room_ids[d], now.room_of[j]
                if new != old and opening:
                    # Rooms that open or close are left to the exact evaluation.
                    soft -= opening * (
                        new < arrays.num_rooms and now.room_count[new] == 0
                    )
                    soft += opening * (
                        old < arrays.num_rooms and now.room_count[old] == 1
                    )
                found[c, d] = (int(hard), int(soft))
    return found


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("kind", ["SameTime", "SameStart", "SameDays"])
def test_a_group_moves_as_one(kind: str, required: bool) -> None:
    """Each event alone would break the group; at temperature 0 that is no way out."""
    free, costly = Time(1, 2, 12, 2), Time(1, 1, 8, 2)
    events = tuple(((free, costly), (number,)) for number in range(SIZE))
    _moves_only_as_one(kind, events, required, time=1, room=0)


@pytest.mark.parametrize("required", [True, False])
def test_a_group_moves_to_another_room(required: bool) -> None:
    """Events that must share a room move together, each at its own time."""
    events = tuple(((Time(1, 1, 2 * i, 2),), (0, 1)) for i in range(SIZE))
    _moves_only_as_one("SameRoom", events, required, time=0, room=1)


def _moves_only_as_one(
    kind: str, events: Events, required: bool, *, time: int, room: int
) -> None:
    """From these options, which cost something, to the first, which are free."""
    rooms = tuple(Room(f"r{number}") for number in range(SIZE))
    penalty = 0 if required else 9
    together = Constraint(kind, tuple(range(SIZE)), required, penalty)
    instance = small_instance(events, rooms, (together,))
    state = SearchState(compile_instance(instance), 0)
    state.load(Timetable.of([time] * SIZE, [room] * SIZE))
    begin = state.cost
    assert begin.hard == 0
    state.anneal_events(400, 0.0, 1e4, rates=(0.0, 0.0, 0.0))
    assert state.cost == begin
    state.anneal_events(4000, 0.0, 1e4, rates=(1.0, 0.0, 0.0))
    assert state.cost.hard == 0
    assert state.cost.soft == begin.soft - SIZE * (time + 2 * room)

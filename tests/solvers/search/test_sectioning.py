"""Bundles that a timetable's enrollments make up."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.model import InstanceArrays, Timetable, compile_instance
from solvers.search import SearchState
from solvers.search.sectioning import bundles_of
from tests.strategies import random_instance


def _by_sets(arrays: InstanceArrays, timetable: Timetable) -> list[int]:
    """Each request on its own: what the student holds of the course, as a set."""
    held: dict[int, set[int]] = {}
    for student, event in timetable.enrollments.tolist():
        held.setdefault(student, set()).add(event)
    found = []
    for student, course in zip(
        arrays.request_student.tolist(), arrays.request_course.tolist(), strict=True
    ):
        first, last = arrays.bundle_course_ptr[course : course + 2].tolist()
        bundles = {
            b: set(arrays.bundle_events[slice(*arrays.bundle_ptr[b : b + 2])].tolist())
            for b in range(first, last)
        }
        every = set().union(*bundles.values())
        mine = held.get(student, set()) & every
        found.append(next((b for b, events in bundles.items() if events == mine), -1))
    return found


@given(seed=st.integers(0, 2**16), share=st.sampled_from([0.0, 0.1, 0.5]))
@settings(max_examples=20, deadline=None)
def test_enrollments_give_back_the_bundles(seed: int, share: float) -> None:
    """Complete ones, and ones of which some are missing or belong to nothing."""
    rng = np.random.default_rng(seed)
    arrays = compile_instance(random_instance(seed))
    state = SearchState(arrays, seed)
    state.section_students()
    timetable = state.timetable()
    rows = timetable.enrollments
    kept = rows[rng.random(len(rows)) >= share]
    strays = rng.integers(0, [arrays.num_students, arrays.num_events], (4, 2))
    rows = np.concatenate([kept, strays]) if share else kept
    damaged = Timetable(timetable.time_option, timetable.room_option, rows)
    found = bundles_of(arrays, damaged)
    assert found.tolist() == _by_sets(arrays, damaged)
    if not share:
        assert (found == state._state.bundle_of).all()


def test_enrollments_without_requests_are_passed_over() -> None:
    """Nobody wants a course, though somebody sits in one."""
    instance = random_instance(1).replace(students=())
    arrays = compile_instance(instance)
    timetable = Timetable.empty(instance)
    stray = Timetable(timetable.time_option, timetable.room_option, np.array([[0, 0]]))
    assert bundles_of(arrays, stray).shape == (0,)


@given(st.lists(st.tuples(st.integers(-2, 9), st.integers(-2, 9))))
def test_enrollments_are_sorted_and_unique(rows: list[tuple[int, int]]) -> None:
    """However they were given."""
    timetable = Timetable.of([0], [0], rows)
    assert [tuple(row) for row in timetable.enrollments.tolist()] == sorted(set(rows))

"""A timetable comes out of a pickle as it went in, in fewer bytes."""

import copy
import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from solvers.model import Timetable
from solvers.model.packing import narrow

OPTIONS = st.lists(st.integers(-1, 70_000), max_size=30)
ROWS = st.lists(
    st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1)), max_size=40
)


@given(OPTIONS, ROWS)
def test_a_pickle_is_the_same_timetable(
    times: list[int], rows: list[tuple[int, int]]
) -> None:
    """Types and write protection included."""
    before = Timetable.of(times, times[::-1], rows)
    for after in (pickle.loads(pickle.dumps(before, protocol=5)), copy.copy(before)):
        assert after == before
        for part in ("time_option", "room_option", "enrollments"):
            array = getattr(after, part)
            assert array.dtype == np.int32
            assert array.shape == getattr(before, part).shape
            assert not array.flags.writeable


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=20))
def test_narrow_arrays_hold_every_value(values: list[int]) -> None:
    """Whatever type they have got."""
    array = np.array(values, np.int32)
    assert narrow(array).tolist() == values


def test_enrollments_take_two_bytes_each() -> None:
    """Of eight: students come in runs, and events are few."""
    rows = [(student, event) for student in range(3000) for event in range(500, 510)]
    timetable = Timetable.of([3] * 600, [5] * 600, rows)
    raw = timetable.enrollments.nbytes
    assert len(pickle.dumps(timetable, protocol=5)) < 0.4 * raw

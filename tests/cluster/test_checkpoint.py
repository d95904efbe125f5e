"""Checkpoints are read as they were written, and nothing else is."""

import io
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.checkpoint import Checkpoint
from cluster.warming import tiny_instance
from solvers.model import Timetable

NUM_EVENTS = 6
options = st.lists(st.integers(-1, 1), min_size=NUM_EVENTS, max_size=NUM_EVENTS)
rows = st.lists(st.tuples(st.integers(0, 7), st.integers(0, NUM_EVENTS - 1)))
timetables = st.builds(Timetable.of, options, options, rows)


@settings(deadline=None)
@given(
    st.floats(0, 1e6),
    st.floats(0, 0.99),
    timetables,
    st.dictionaries(st.integers(1, 5), timetables),
)
def test_a_checkpoint_is_read_as_it_was_written(
    used: float, position: float, start: Timetable, best: dict[int, Timetable]
) -> None:
    """All variants, or those that have a timetable."""
    checkpoint = Checkpoint(used, position, start, best)
    assert Checkpoint.from_bytes(checkpoint.to_bytes()) == checkpoint
    assert checkpoint.fits(tiny_instance())


def _stored(**arrays: object) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **{name: np.asarray(value) for name, value in arrays.items()})
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no archive",
        pickle.dumps({"progress": [0, 0]}),
        _stored(progress=[0.0, 0.0]),
        _stored(other=[1]),
        Checkpoint(1.0, 0.5, Timetable.of([0], [0])).to_bytes()[:-40],
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    """With the one exception that the steps know; pickles are never loaded."""
    with pytest.raises(ValueError, match="checkpoint"):
        Checkpoint.from_bytes(content)


@pytest.mark.parametrize(
    "timetable",
    [
        Timetable.of([0] * 5, [0] * 5),
        Timetable.of([0] * 5 + [99], [0] * 6),
        Timetable.of([0] * 6, [0] * 5 + [9]),
        Timetable.of([0] * 6, [0] * 6, [(8, 0)]),
        Timetable.of([0] * 6, [0] * 6, [(0, -1)]),
    ],
)
def test_timetables_of_another_instance_do_not_fit(timetable: Timetable) -> None:
    """The ERP may have changed the term between two attempts."""
    fitting = Timetable.of([0] * 6, [0] * 6)
    assert not Checkpoint(0.0, 0.0, timetable).fits(tiny_instance())
    assert not Checkpoint(0.0, 0.0, fitting, {1: timetable}).fits(tiny_instance())

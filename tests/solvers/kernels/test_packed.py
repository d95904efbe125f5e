"""Packs hold every array of what they pack."""

import inspect

import numpy as np
import pytest

from solvers.kernels import pack_arrays, packed
from solvers.kernels.state import State
from solvers.model import InstanceArrays, compile_instance
from tests.strategies import random_instance


@pytest.mark.parametrize(
    ("kind", "function"),
    [(InstanceArrays, packed._pack_arrays), (State, packed._pack_state)],
)
def test_no_field_is_forgotten(kind: type, function: object) -> None:
    """A field that is not set would be read as whatever lay in memory."""
    source = inspect.getsource(function.py_func)  # type: ignore[attr-defined]
    for name in kind._fields:  # type: ignore[attr-defined]
        assert f"s.{name} = " in source, name


def test_arrays_that_lost_their_lock_are_locked_again() -> None:
    """Writable arrays would compile every kernel a second time."""
    arrays = compile_instance(random_instance(1))
    thawed = InstanceArrays(*(np.array(v) if np.ndim(v) else v for v in arrays))
    pack_arrays(thawed)
    assert all(not v.flags.writeable for v in thawed if isinstance(v, np.ndarray))

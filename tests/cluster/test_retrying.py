"""A store that is away is waited for; what is hopeless is not tried again."""

import threading
from collections.abc import Callable

import pytest

from cluster.retrying import Retry
from solvers.exceptions import InputError, Issue


def _retry(patience: float = 5.0) -> Retry:
    return Retry(
        first_seconds=0.001,
        longest_seconds=0.01,
        patience_seconds=patience,
        stopped=threading.Event(),
    )


def _failing(times: int, error: Exception) -> Callable[[], str]:
    left = [error] * times

    def call() -> str:
        if left:
            raise left.pop()
        return "done"

    return call


def test_an_outage_is_waited_out() -> None:
    """The call succeeds at the fourth try."""
    assert _retry().call(_failing(3, ConnectionError()), "test") == "done"


def test_patience_ends() -> None:
    """The last error is let through."""
    with pytest.raises(ConnectionError):
        _retry(0.02).call(_failing(10_000, ConnectionError()), "test")


@pytest.mark.parametrize(
    "error", [InputError(Issue("wrong", "Wrong.")), TypeError("code"), KeyError("k")]
)
def test_wrong_input_or_code_is_let_through_at_once(error: Exception) -> None:
    """A second try would only hide it."""
    with pytest.raises(type(error)):
        _retry().call(_failing(1, error), "test")


def test_pauses_double_up_to_the_longest() -> None:
    """A store that comes back is not stormed."""
    pauses = _retry().pauses()
    assert [next(pauses) for _ in range(5)] == [0.001, 0.002, 0.004, 0.008, 0.01]

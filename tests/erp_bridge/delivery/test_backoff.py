"""How long messages wait: a day in all, ever longer, never too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_bridge.delivery.attempts import Attempt, settlement_of
from erp_bridge.delivery.backoff import (
    MAX_ATTEMPTS,
    SPAN_SECONDS,
    delay_seconds,
    is_exhausted,
    shortest_delay_seconds,
)
from tests.erp_bridge.delivery.messages import webhook

shares = st.floats(0.0, 1.0)
LONGEST = 4 * 3600.0


@given(st.lists(shares, min_size=MAX_ATTEMPTS - 1, max_size=MAX_ATTEMPTS - 1))
def test_attempts_are_spread_over_a_day(jitter: list[float]) -> None:
    """Whatever the jitter is: 24 hours at least, and not two days."""
    total = sum(delay_seconds(n, share) for n, share in enumerate(jitter, 1))
    assert SPAN_SECONDS <= total <= 2 * SPAN_SECONDS


@given(st.integers(1, 10_000), shares)
def test_delays_grow_and_are_bounded(failures: int, share: float) -> None:
    """Without jitter they never shrink; jitter adds at most a fifth."""
    shortest = shortest_delay_seconds(failures)
    assert shortest <= shortest_delay_seconds(failures + 1)
    assert 0 < shortest <= LONGEST
    assert shortest <= delay_seconds(failures, share) <= 1.2 * shortest


@given(st.integers(1, 100), shares, shares)
def test_more_jitter_waits_longer(failures: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert delay_seconds(failures, low) <= delay_seconds(failures, high)


def test_a_message_is_given_up_after_the_last_attempt_and_not_before() -> None:
    assert not is_exhausted(MAX_ATTEMPTS - 1)
    assert is_exhausted(MAX_ATTEMPTS)


@pytest.mark.parametrize(("failures", "share"), [(0, 0.5), (1, -0.1), (1, 1.1)])
def test_what_makes_no_delay_is_refused(failures: int, share: float) -> None:
    with pytest.raises(ValueError, match="needed"):
        delay_seconds(failures, share)


@given(st.integers(1, 40), st.booleans(), st.floats(0, 1e9), shares)
def test_an_attempt_settles_its_message(
    number: int, is_final: bool, wish: float, share: float
) -> None:
    """Dead for good or at the last attempt; else it waits, as long as was wished."""
    attempt = Attempt(error="no\nluck", is_final=is_final, wished_seconds=wish)
    settled = settlement_of(webhook(attempt=number), attempt, share)
    assert settled.error == "no luck"
    if is_final or number >= MAX_ATTEMPTS:
        assert (settled.status, settled.delay_seconds) == ("dead", 0.0)
    else:
        assert settled.status == "pending"
        own = delay_seconds(number, share)
        assert settled.delay_seconds == max(own, min(wish, LONGEST))


def test_what_went_out_is_sent() -> None:
    assert settlement_of(webhook(), Attempt(), 0.0).status == "sent"

"""Five variants cost at most twice what one of them would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster import ClusterParams, TimeShares
from cluster.placement import variant_speed
from cluster.sharing import shared_seconds, shared_share

speeds = st.floats(0.01, 1.0)


@given(speeds)
def test_a_job_of_twice_the_time_gives_a_variant_what_it_gets_alone(
    speed: float,
) -> None:
    """Seconds of search at the speed of one variant alone."""
    share = shared_share(speed)
    assert 0 <= share < 0.5
    assert 2 * (share + (1 - share) * speed) >= 1 - 1e-9


def test_nothing_is_shared_where_every_variant_has_its_cores() -> None:
    """They part at once, and search five times as much in all."""
    assert shared_share(1.0) == shared_share(0.5) == 0.0


def test_ten_islands_on_two_cores_share_three_eighths() -> None:
    """The default archipelagos on the smallest machine."""
    speed = variant_speed(2.0, ClusterParams())
    assert speed == pytest.approx(0.2)
    assert shared_share(speed) == pytest.approx(0.375)


def test_only_what_is_left_of_the_limit_is_shared() -> None:
    """The closing share is kept; an overrun leaves nothing."""
    shares = TimeShares(closing=0.1)
    assert shared_seconds(100.0, 10.0, 0.2, shares) == pytest.approx(0.375 * 80)
    assert shared_seconds(100.0, 95.0, 0.2, shares) == 0.0

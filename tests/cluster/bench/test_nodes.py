"""A node's share of a processor is kept over time."""

from hypothesis import given
from hypothesis import strategies as st

from cluster.bench.cpu import Process
from cluster.bench.nodes import BURST_SECONDS, NodeBudget, Seen


def _used_with(share: float, demand: float, steps: list[float]) -> tuple[float, float]:
    """Seconds passed and used by a node that wants ``demand`` processors."""
    budget = NodeBudget(share)
    now = used = 0.0
    runs = budget.may_run(now, used)
    for step in steps:
        now += step
        used += demand * step if runs else 0.0
        runs = budget.may_run(now, used)
    return now, used


@given(
    st.floats(0.1, 1.0),
    st.floats(0.0, 4.0),
    st.lists(st.floats(0.005, 0.05), min_size=1, max_size=300),
)
def test_no_more_than_the_share_is_used(
    share: float, demand: float, steps: list[float]
) -> None:
    """But for a burst, and one step that was under way."""
    now, used = _used_with(share, demand, steps)
    assert used <= share * (now + BURST_SECONDS) + demand * max(steps) + 1e-9


def test_a_busy_node_gets_its_share() -> None:
    """It is stopped no longer than needed."""
    now, used = _used_with(0.4, 1.0, [0.02] * 500)
    assert 0.38 <= used / now <= 0.42


def test_an_idle_node_saves_up_no_more_than_a_burst() -> None:
    """Else it would run free after a pause."""
    budget = NodeBudget(0.5)
    budget.may_run(0.0, 0.0)
    budget.may_run(100.0, 0.0)
    assert not budget.may_run(100.1, 0.2)


def test_what_has_ended_still_counts() -> None:
    """A worker that is gone has used what it used."""
    seen = Seen()
    raylet, worker = (
        Process(1, 0, 0.5, 0.0, "raylet"),
        Process(2, 1, 3.0, 0.0, "ray::A"),
    )
    assert seen.take_in([raylet, worker]) == 3.5
    assert seen.take_in([raylet]) == 3.5
    assert seen.take_in([Process(1, 0, 0.75, 0.0, "raylet")]) == 3.75

"""The judge of fairness finds who was passed over."""

from collections import Counter

from .flood import FLOODING, TENANTS, most_passed_over, owners

OTHER = TENANTS[1]


def test_the_flood_comes_first_and_everybody_has_jobs() -> None:
    """Else nobody would have to wait behind it."""
    queue = owners(1000)
    counts = Counter(queue)
    assert len(queue) == 1000
    assert set(counts) == set(TENANTS)
    assert counts[FLOODING] == max(counts.values())
    assert queue[: counts[FLOODING]] == [FLOODING] * counts[FLOODING]


def test_turns_of_the_flood_count_while_another_waits() -> None:
    """What comes after the last turn of a tenant harms it no more."""
    order = [FLOODING, OTHER, FLOODING, FLOODING, OTHER, FLOODING, FLOODING, FLOODING]
    assert most_passed_over(order, OTHER) == 2
    assert most_passed_over([FLOODING, OTHER] * 3, OTHER) == 1
    assert most_passed_over([FLOODING], OTHER) == 0

"""The judge of fairness finds who was passed over."""

from collections import Counter

from .flood import FLOODING, TENANTS, Turn, most_passed_over, owners

OTHER = TENANTS[1]


def test_the_flood_comes_first_and_everybody_has_jobs() -> None:
    """Else nobody would have to wait behind it."""
    queue = owners(1000)
    counts = Counter(queue)
    assert len(queue) == 1000
    assert set(counts) == set(TENANTS)
    assert counts[FLOODING] == max(counts.values())
    assert queue[: counts[FLOODING]] == [FLOODING] * counts[FLOODING]


def _turns(order: list[str], queued: float = 0.0) -> list[Turn]:
    return [
        Turn(tenant, 0.0 if tenant == FLOODING else queued, moment)
        for moment, tenant in enumerate(order, 1)
    ]


def test_turns_of_the_flood_count_while_another_waits() -> None:
    """What comes after the last turn of a tenant harms it no more."""
    order = [FLOODING, OTHER, FLOODING, FLOODING, OTHER, FLOODING, FLOODING, FLOODING]
    assert most_passed_over(_turns(order), OTHER) == 2
    assert most_passed_over(_turns([FLOODING, OTHER] * 3), OTHER) == 1
    assert most_passed_over(_turns([FLOODING]), OTHER) == 0


def test_turns_before_another_came_do_not_count() -> None:
    """Nobody was passed over by them."""
    order = [FLOODING, FLOODING, FLOODING, OTHER, FLOODING, OTHER]
    assert most_passed_over(_turns(order, queued=2.5), OTHER) == 1
    assert most_passed_over(_turns(order, queued=0.5), OTHER) == 3

"""Differences and the Pareto front, on variants of a few entries."""

from typing import Any

from erp_bridge.comparison import compare, pareto_front


def _variant(number: int, hard: int = 0, **criteria: int) -> dict[str, Any]:
    return {"number": number, "hard_violations": hard, "criteria": criteria}


def test_a_variant_that_another_beats_in_everything_is_not_in_front() -> None:
    front = pareto_front([_variant(1, a=1, b=2), _variant(2, a=1, b=3)])
    assert front == [1]


def test_equal_variants_are_both_in_front() -> None:
    assert pareto_front([_variant(1, a=1), _variant(2, a=1)]) == [1, 2]


def test_hard_violations_come_before_all_criteria() -> None:
    assert pareto_front([_variant(1, hard=1, a=0), _variant(2, a=9)]) == [2]


def test_a_criterion_that_only_one_names_counts_as_zero_for_the_other() -> None:
    assert pareto_front([_variant(1, a=1), _variant(2, a=1, b=1)]) == [1]


def test_the_same_timetable_differs_in_nothing() -> None:
    entry = {"section_id": "A", "meeting": 0, "day": 1, "room_id": "R"}
    same = {**_variant(1, a=1), "entries": [entry]}
    found = compare(same, same)
    assert found["unchanged"] == 1
    assert [found[name] for name in ("moved", "only_in_a", "only_in_b")] == [[], [], []]
    assert found["criteria_deltas"] == {"a": 0}

"""The judge of the chaos suite finds what it is there to find."""

from __future__ import annotations

from typing import Any

import pytest

from .history import Fault, Findings, History, Seen, percentile

JOB = "job"


def _history(*messages: tuple[str, int, int]) -> History:
    history = History(submitted=[JOB])
    for index, (status, progress, sequence) in enumerate(messages):
        history.seen.append(Seen(float(index), JOB, status, progress, sequence))
    return history


def _rows(*numbers: int) -> list[dict[str, Any]]:
    return [{"number": number, "hard": 0, "cost": 7} for number in numbers]


def _judged(
    history: History,
    *,
    status: str = "completed",
    numbers: tuple[int, ...] = (1, 2, 3, 4, 5),
    cost: int = 7,
) -> Findings:
    verified = {(JOB, number): (0, cost) for number in numbers}
    return history.findings({JOB: status}, {JOB: _rows(*numbers)}, verified)


GOOD = (("running", 1, 1), ("running", 50, 2), ("completed", 100, 3))


def test_a_quiet_history_is_clean() -> None:
    assert _judged(_history(*GOOD)).total == 0


def test_a_repeated_message_is_no_step_back() -> None:
    again = (*GOOD[:2], GOOD[1], GOOD[2])
    assert _judged(_history(*again)).total == 0


@pytest.mark.parametrize("status", ["failed", "running", "queued", "cancelled"])
def test_a_job_that_is_not_completed_is_lost(status: str) -> None:
    assert _judged(_history(*GOOD), status=status).lost == 1


def test_an_unknown_job_is_lost() -> None:
    assert _history(*GOOD).findings({}, {}, {}).lost == 1


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4), (1, 2, 3, 4, 5, 5), (1, 1, 2, 3, 4)])
def test_variants_must_be_there_once(numbers: tuple[int, ...]) -> None:
    assert _judged(_history(*GOOD), numbers=numbers).duplicate_variants == 1


def test_costs_must_be_the_verifiers() -> None:
    assert _judged(_history(*GOOD), cost=8).unverified == 5


@pytest.mark.parametrize(
    "messages",
    [
        (("running", 50, 1), ("running", 49, 2), ("completed", 100, 3)),
        (("running", 50, 3), ("running", 60, 2), ("completed", 100, 4)),
        (("running", 50, 2), ("completed", 100, 3), ("running", 100, 4)),
    ],
)
def test_progress_must_not_go_back(messages: tuple[tuple[str, int, int], ...]) -> None:
    assert _judged(_history(*messages)).steps_back == 1


def test_the_last_message_must_tell_of_the_end() -> None:
    assert _judged(_history(("running", 1, 1))).no_terminal_message == 1


def test_what_was_told_before_is_no_news() -> None:
    history = _history(*GOOD[:2], GOOD[1])
    assert history.news_since(0.5) == 1.0
    assert history.news_since(1.5) is None


def test_seconds_are_told_by_kind() -> None:
    history = History(
        faults=[Fault("a", 0.0, 2.0, 3.0), Fault("a", 1.0), Fault("b", 2.0)]
    )
    first, second, both = history.lines()
    assert "all" in both
    assert "  3  " in both
    assert "noticed median   2.0 s" in first
    assert "recovered median   3.0 s" in first
    assert "median" not in second


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([3.0], 0.99) == 3

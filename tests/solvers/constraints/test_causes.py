"""Violations are explained: what is wrong, when, and whose doing it is."""

import numpy as np
import pytest

from solvers.constraints import CONSTRAINT_TYPES, Cause, Context, Placement
from solvers.model import Time
from tests.strategies import random_params

from .placing import Place, at, causes

MON, TUE = "10000", "01000"


def _random_place(rng: np.random.Generator) -> Placement:
    room = int(rng.integers(0, 5))
    start, length = 2 * int(rng.integers(0, 18)), 2 * int(rng.integers(1, 5))
    time = Time(int(rng.integers(1, 8)), int(rng.integers(1, 16)), start, length)
    return Placement(time, None if room == 4 else room)


@pytest.mark.parametrize("name", CONSTRAINT_TYPES)
def test_causes_add_up_to_the_value(name: str) -> None:
    """Nothing is explained twice and nothing is left unexplained."""
    rng = np.random.default_rng(len(name))
    context = Context(3, 4, {(0, 1): 3, (1, 0): 3}, ("a", "b", "a", ""))
    kind = CONSTRAINT_TYPES[name]
    seen = 0
    for _ in range(60):
        params = random_params(rng, name)
        events = rng.permutation(9)[: int(rng.integers(1, 6))].tolist()
        by_event = {event: _random_place(rng) for event in events}
        total = kind.value(list(by_event.values()), params, context)
        found = kind.explain(by_event, params, context)
        assert sum(cause.total for cause in found) == total
        assert all(set(cause.events) <= set(events) for cause in found)
        assert all(cause.text and cause.events for cause in found)
        seen += total > 0
    assert seen


@pytest.mark.parametrize(
    ("name", "params", "places", "texts"),
    [
        (
            "NotOverlap",
            (),
            (at(MON, 96, 6), at(MON, 100, 6), at(MON, 96, 3)),
            ["they overlap", "they overlap"],
        ),
        (
            "MaxDays",
            (1,),
            (at(MON, 1, 5), at(TUE, 1, 5)),
            ["2 days are used, at most 1 may"],
        ),
        (
            "MaxDayLoad",
            (12,),
            (at(MON, 96, 12, "11"), at(MON, 120, 6, "11")),
            [
                "Monday, weeks 1-2: meetings take 90 minutes, "
                "at most 60 minutes are allowed"
            ],
        ),
        (
            "Gaps",
            (3,),
            (at(TUE, 96, 12, "01"), at(TUE, 120, 6, "01")),
            ["Tuesday, week 2: idle 09:00 to 10:00"],
        ),
        (
            "BuildingChanges",
            (3,),
            (at(MON, 96, 12, room=0), at(MON, 108, 6, room=2)),
            ["Monday, week 1: change of building: north to south at 09:00"],
        ),
        (
            "MaxWeekLoad",
            (12,),
            (at(MON, 96, 12, "11"), at(TUE, 120, 6, "11")),
            ["weeks 1-2: meetings take 90 minutes, at most 60 minutes are allowed"],
        ),
    ],
)
def test_causes_read_as_sentences(
    name: str, params: tuple[int, ...], places: tuple[Place, ...], texts: list[str]
) -> None:
    """Day, weeks and clock times are told in words."""
    assert [str(c) for c in causes(name, params, *places, num_weeks=2)] == texts


def test_a_pair_names_its_two_events() -> None:
    """Only those who violate are named."""
    found = causes("NotOverlap", (), at(MON, 1, 5), at(TUE, 1, 5), at(MON, 3, 5))
    assert [cause.events for cause in found] == [(0, 2)]


def test_a_day_names_only_who_meets_then() -> None:
    """Events of other days and weeks have no part in it."""
    places = (at(MON, 1, 9, "10"), at(MON, 20, 9, "11"), at(TUE, 1, 9, "11"))
    (found,) = causes("MaxDayLoad", (10,), *places, num_weeks=2)
    assert (found.events, found.amount, found.weeks, found.day) == ((0, 1), 8, (0,), 0)


def test_weeks_are_told_as_ranges() -> None:
    """Runs of weeks are joined."""
    assert Cause((0,), 1, "", (0, 1, 2, 4, 7, 8), 6).when == "Sunday, weeks 1-3, 5, 8-9"
    assert Cause((0,), 1, "", (3,), 7).when == "day 8, week 4"

"""The CP-SAT start: complete, counted rightly, feasible wherever that is possible."""

import time
from importlib import import_module

import numpy as np
import pytest

from solvers.communities import detect_communities
from solvers.cpsat import (
    ConstructReport,
    ConstructStatus,
    CpsatParams,
    NeighborhoodSize,
    Problem,
    construct,
)
from solvers.cpsat.assignment import Assignment, IntArray
from solvers.cpsat.solving import Limits
from solvers.cpsat.stages import PlacedPart, place_part
from solvers.model import Constraint, Instance, Room, Time
from solvers.verification import verify
from tests.solvers.tiny import feasible_timetables, small_instance, tiny_instance
from tests.strategies import random_instance

TYPES: dict[str, tuple[int, ...]] = {"NotOverlap": (), "SameRoom": (), "MaxDays": (2,)}


def _construct(instance: Instance, seed: int = 0, **params: object) -> ConstructReport:
    limit = CpsatParams(max_deterministic_time=1.0, **params)  # type: ignore[arg-type]
    communities = detect_communities(instance, seed=seed)
    return construct(instance, communities, seed=seed, params=limit)


@pytest.mark.parametrize("seed", range(15))
def test_it_is_feasible_exactly_where_brute_force_is(seed: int) -> None:
    """Tiny instances: found if there is one, refuted only if there is none."""
    instance = tiny_instance(np.random.default_rng(seed), TYPES)
    report = _construct(instance, seed)
    possible = feasible_timetables(instance)
    assert (report.status is ConstructStatus.FEASIBLE) == bool(possible)
    assert (report.hard_violations == 0) == bool(possible)


@pytest.mark.parametrize("seed", range(4))
def test_every_event_is_placed_and_violations_are_told(seed: int) -> None:
    """Complete even where constraints clash; clean events are counted."""
    instance = random_instance(seed)
    report = _construct(instance, seed)
    assert (report.timetable.time_option >= 0).all()
    assert report.placed + len(report.clashing) == instance.num_events
    without = instance.replace(students=())
    assert (report.hard_violations == 0) == verify(without, report.timetable).feasible
    sizes = [part.num_events for part in report.communities]
    assert sum(sizes) == instance.num_events


def test_equal_seeds_give_equal_starts_without_clocks() -> None:
    """Deterministic mode repeats itself."""
    first, second = (_construct(random_instance(2), 5) for _ in range(2))
    assert first.timetable == second.timetable
    assert first.repair_rounds == second.repair_rounds


def test_a_start_that_most_parts_get_no_time_in_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three parts show the pace; the rest is placed one by one, none solved again."""
    solved = 0

    def slow(
        problem: Problem,
        assignment: Assignment,
        events: IntArray,
        limits: Limits | None,
    ) -> PlacedPart:
        nonlocal solved
        if limits is not None and limits.on_spent is not None:
            limits.on_spent(1.0)
            solved += 1
        return place_part(problem, assignment, events, None)

    module = import_module("solvers.cpsat.construct")
    monkeypatch.setattr(module, "place_part", slow)
    instance = random_instance(3)
    limit = CpsatParams(max_part=1, max_deterministic_time=5.0)
    report = construct(instance, detect_communities(instance), params=limit)
    assert instance.num_events > 2 * limit.max_part * 5
    assert (solved, report.stopped, report.repair_rounds) == (3, True, 0)
    assert (report.timetable.time_option >= 0).all()


def test_communities_split_into_parts_still_agree() -> None:
    """Parts of three events are placed beside each other without violation."""
    times = tuple(Time(1, 1 << day, 2 * hour, 2) for day in range(3) for hour in (0, 1))
    instance = small_instance(
        tuple((times, (0, 1)) for _ in range(8)),
        (Room("a"), Room("b")),
        (Constraint("NotOverlap", (0, 1, 2, 3, 4, 5), True),),
    )
    report = _construct(instance, max_part=3)
    assert report.status is ConstructStatus.FEASIBLE
    assert len(report.communities) >= 3
    assert verify(instance, report.timetable).feasible


def test_a_proof_of_impossibility_is_told() -> None:
    """Three events that must not overlap, two moments: refuted, yet complete."""
    times = (Time(1, 1, 0, 2), Time(1, 1, 4, 2))
    instance = small_instance(
        tuple((times, ()) for _ in range(3)),
        (Room("a"),),
        (Constraint("NotOverlap", (0, 1, 2), True),),
    )
    report = _construct(instance)
    assert report.status is ConstructStatus.INFEASIBLE
    assert report.hard_violations == 1
    assert (report.timetable.time_option >= 0).all()


def test_a_stop_is_obeyed_soon() -> None:
    """Asked before it begins, the start is still complete, and quick."""
    instance = random_instance(3)
    begin = time.perf_counter()
    report = construct(
        instance, detect_communities(instance), time_limit=600, should_stop=lambda: True
    )
    assert time.perf_counter() - begin < 10
    assert report.stopped
    assert (report.timetable.time_option >= 0).all()


def test_neighborhoods_grow_when_easy_and_shrink_when_hard() -> None:
    """Within their range."""
    size = NeighborhoodSize(10, least=5, most=20)
    assert size.update(optimal=True, seconds=0.1) > 10
    for _ in range(9):
        size.update(optimal=True, seconds=0.1)
    assert size.size == 20
    assert size.update(optimal=True, seconds=9.0) == 20
    for _ in range(20):
        size.update(optimal=False, seconds=2.0)
    assert size.size == 5

"""Every point of cost has its source, and every unplaced event its reasons."""

import json

import numpy as np
import pytest

from solvers.explanation import explain, explanation_to_dict
from solvers.model import Constraint, Instance, Room, Time, Timetable
from solvers.verification import verify
from tests.solvers.tiny import small_instance
from tests.strategies import random_instance

NINE, TEN, TUESDAY = Time(3, 1, 9, 1), Time(3, 1, 10, 1), Time(3, 2, 9, 1)


def _random_timetable(instance: Instance, seed: int, unplaced: float) -> Timetable:
    rng = np.random.default_rng(seed)
    times, rooms, held = [], [], []
    for index, event in enumerate(instance.events):
        gone = rng.random() < unplaced
        times.append(-1 if gone else int(rng.integers(len(event.times))))
        roomless = gone or not event.rooms
        rooms.append(-1 if roomless else int(rng.integers(len(event.rooms))))
        held += [(s, index) for s in range(instance.num_students) if rng.random() < 0.3]
    return Timetable.of(times, rooms, held)


@pytest.mark.parametrize("seed", range(25))
def test_items_add_up_to_the_verified_cost(seed: int) -> None:
    """To the unit, complete or not, by item, by criterion and by type."""
    instance = random_instance(seed)
    timetable = _random_timetable(instance, seed, unplaced=0.2 * (seed % 2))
    found, checked = explain(instance, timetable), verify(instance, timetable)
    assert sum(item.cost for item in found.items) == checked.cost > 0
    assert sum(item.amount for item in found.items if item.hard) == checked.total_hard
    assert sum(share.cost for share in found.criteria) == checked.cost
    assert sum(cost for _, cost in found.types) == checked.cost
    for criterion, amount in checked.criteria.items():
        if instance.weights[criterion]:
            mine = [i for i in found.items if i.criterion == criterion]
            assert sum(item.amount for item in mine) == amount


@pytest.mark.parametrize("seed", range(5))
def test_causes_add_up_to_the_value_of_their_constraint(seed: int) -> None:
    """Every constraint that is shown names events of its own as causes."""
    instance = random_instance(seed)
    found = explain(instance, _random_timetable(instance, seed, unplaced=0))
    shown = [item for item in found.items if item.constraint is not None]
    assert shown
    for item in shown:
        assert item.causes
        assert all(set(cause.events) <= set(item.events) for cause in item.causes)


def test_the_most_expensive_comes_first_after_what_is_broken() -> None:
    """Hard rules lead; then costs fall."""
    instance = random_instance(3)
    items = explain(instance, _random_timetable(instance, 3, unplaced=0.1)).items
    hard = [item.hard for item in items]
    assert hard == sorted(hard, reverse=True)
    costs = [item.cost for item in items if not item.hard]
    assert costs == sorted(costs, reverse=True)


def test_reasons_of_an_unplaced_event_are_counted() -> None:
    """By option: closed rooms, taken rooms, constraints; and what is alone to blame."""
    rooms = (Room("a"), Room("b", unavailable=(NINE,)))
    events = (((NINE, TEN, TUESDAY), (0, 1)), ((NINE,), (0,)), ((TEN,), ()))
    together = Constraint("SameAttendees", (0, 2), True, label="Prof. Ada")
    instance = small_instance(events, rooms, (together,))
    timetable = Timetable.of([-1, 0, 0], [-1, 0, -1])
    (case,) = explain(instance, timetable).unplaced
    assert (case.event, case.options, case.free) == (0, 6, 2)
    reasons = {r.type: (r.options, r.alone, r.blockers) for r in case.reasons}
    assert reasons == {
        "SameAttendees": (2, 2, (2,)),
        "RoomConflict": (1, 1, (1,)),
        "RoomUnavailable": (1, 1, ()),
    }


def test_order_of_precedence_counts_for_the_unplaced() -> None:
    """An event listed second is blocked by the times before the first one's end."""
    events = (((TEN,), ()), ((NINE, TUESDAY), ()))
    instance = small_instance(events, (), (Constraint("Precedence", (0, 1), True),))
    (case,) = explain(instance, Timetable.of([0, -1], [-1, -1])).unplaced
    assert (case.options, case.free, case.reasons[0].options) == (2, 1, 1)


def test_plain_values_tell_what_is_left_out() -> None:
    """JSON with the first items, and the count and cost of the others."""
    instance = random_instance(1)
    found = explain(instance, _random_timetable(instance, 1, unplaced=0.1))
    view = json.loads(json.dumps(explanation_to_dict(instance, found, top=5)))
    assert len(view["items"]) == 5
    left = view["items_left_out"]
    assert left["count"] == len(found.items) - 5
    assert left["cost"] + sum(item["cost"] for item in view["items"]) == view["cost"]

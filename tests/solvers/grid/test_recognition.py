"""What is a grid instance and what is not, and what its tables say."""

from dataclasses import replace

import numpy as np
import pytest

from solvers.grid import grid_arrays
from solvers.kernels.grid_arrays import FORBIDDEN
from solvers.model import Constraint, Instance, Time, TimeOption, compile_instance
from tests.strategies import random_instance

from .grids import DAYS, SLOTS, curricula_instance, enrolled_instance


def _with(instance: Instance, constraint: Constraint) -> Instance:
    weights = instance.weights
    if constraint.criterion not in weights:
        criterion = next(iter(weights))
        constraint = replace(constraint, criterion=criterion)
    return instance.replace(constraints=(*instance.constraints, constraint))


def test_both_kinds_are_grid_instances() -> None:
    """Costly rooms and free rooms are told apart."""
    costly = grid_arrays(compile_instance(curricula_instance(1)))
    free = grid_arrays(compile_instance(enrolled_instance(1)))
    assert costly is not None
    assert free is not None
    assert (costly.costly_rooms, free.costly_rooms) == (1, 0)
    assert (costly.num_periods, costly.num_slots) == (DAYS * SLOTS, SLOTS)


@pytest.mark.parametrize("seed", range(5))
def test_general_instances_are_not(seed: int) -> None:
    """An instance of the general kind is left to the general search."""
    assert grid_arrays(compile_instance(random_instance(seed))) is None


@pytest.mark.parametrize(
    "strange",
    [
        Constraint("NotOverlap", (0, 1), False, 1),
        Constraint("SameDays", (0, 1), True),
        Constraint("DifferentTime", (0, 1), True),
        Constraint("SameRoom", (0, 1), True),
        Constraint("MinWorkingDays", (0, 1), True, 0, (2,)),
        Constraint("EvenDayLoad", (0, 1), False, 1, (3,)),
        Constraint("DoubleLectures", (0, 1), False, 1, (0,)),
        Constraint("Compactness", tuple(range(12)), False, 1, (0,)),
    ],
    ids=lambda c: f"{c.type}-{'hard' if c.required else 'soft'}",
)
def test_any_other_rule_makes_it_none(strange: Constraint) -> None:
    """Nothing is approximated: one strange rule and it is no grid instance."""
    instance = curricula_instance(2)
    assert grid_arrays(compile_instance(instance)) is not None
    assert grid_arrays(compile_instance(_with(instance, strange))) is None


@pytest.mark.parametrize(
    "time",
    [Time(1, 0b11, 0, 2), Time(1, 1, 1, 2), Time(1, 1, 0, 4)],
    ids=["two days", "across slots", "two slots"],
)
def test_times_must_be_cells(time: Time) -> None:
    """A time that covers or cuts several cells makes it no grid instance."""
    instance = curricula_instance(2)
    first = instance.events[0]
    changed = replace(first, times=(*first.times, TimeOption(time)))
    events = (changed, *instance.events[1:])
    assert grid_arrays(compile_instance(instance.replace(events=events))) is None


def test_travel_and_weeks_make_it_none() -> None:
    """Ways between rooms, and a second week, are beyond the grid."""
    instance = curricula_instance(2)
    apart = instance.replace(travel=((0, 1, 1),))
    assert grid_arrays(compile_instance(apart)) is None
    assert grid_arrays(compile_instance(instance.replace(num_weeks=2))) is None


def test_lectures_of_a_course_share_a_class() -> None:
    """Events that nothing tells apart are one class; options stay exact."""
    instance = curricula_instance(1)
    grid = grid_arrays(compile_instance(instance))
    assert grid is not None
    assert grid.num_classes == 6
    for event, option in enumerate(instance.events):
        k = grid.class_of[event]
        assert (grid.period_cost[k] != FORBIDDEN).sum() == len(option.times)
        assert (grid.room_cost[k] != FORBIDDEN).sum() == len(option.rooms)


def test_day_tables_say_what_the_rules_say() -> None:
    """A curriculum's table: one lone lecture, one window, three in a row."""
    grid = grid_arrays(compile_instance(curricula_instance(1)))
    assert grid is not None
    weights = curricula_instance(1).weights
    lone = 2 * weights["compact"] + 2 * weights["load"]
    window = 2 * 2 * weights["compact"] + 2 * weights["windows"]
    for group in np.unique(grid.groups):
        costs = grid.group_weight[group] * grid.table[grid.group_base[group] :]
        assert costs[[0b0010, 0b0101, 0b0111]].tolist() == [lone, window, 0]

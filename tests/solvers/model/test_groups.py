"""Which events hard constraints hold together, and which soft ones want together."""

import numpy as np

from solvers.model import Constraint, Room, Time, compile_instance
from solvers.model.groups import MAX_GROUP
from tests.solvers.tiny import small_instance

Group = tuple[int, ...]


def _groups(count: int, *constraints: Constraint) -> tuple[list[Group], list[Group]]:
    """Groups of hard constraints, and the groups that each event may wish for."""
    events = tuple(((Time(1, 1, 8, 2), Time(1, 1, 12, 2)), (0,)) for _ in range(count))
    arrays = compile_instance(small_instance(events, (Room("r"),), constraints))
    groups = [
        tuple(part.tolist())
        for part in np.split(arrays.group_events, arrays.group_ptr[1:-1])
        if len(part)
    ]
    hard = 1 + int(arrays.group_of.max())
    for event in range(count):
        wished = arrays.wish_group[slice(*arrays.wish_ptr[event : event + 2])]
        wanted = [g for g in range(hard, len(groups)) if event in groups[g]]
        assert wished.tolist() == wanted
    return groups[:hard], groups[hard:]


def test_hard_constraints_that_share_an_event_make_one_group() -> None:
    first = Constraint("SameTime", (0, 2), True)
    second = Constraint("SameRoom", (2, 3), True)
    apart = Constraint("DifferentDays", (3, 4), True)
    assert _groups(5, first, second, apart) == ([(0, 2, 3)], [])


def test_soft_constraints_make_groups_that_may_share_events() -> None:
    hard = Constraint("SameStart", (0, 1), True)
    wide = Constraint("SameRoom", (0, 2, 3), False, 4)
    other = Constraint("SameDays", (3, 4), False, 1)
    assert _groups(5, wide, hard, other) == ([(0, 1)], [(0, 2, 3), (3, 4)])


def test_wishes_that_bring_no_further_move_are_left_out() -> None:
    """Twice the same, held together anyway, without a price, too large."""
    many = MAX_GROUP + 1
    hard = Constraint("SameTime", (0, 1, 2), True)
    wishes = (
        Constraint("SameDays", (3, 4), False, 1),
        Constraint("SameRoom", (4, 3), False, 1),
        Constraint("SameRoom", (1, 2), False, 1),
        Constraint("SameRoom", (5, 6), False, 0),
        Constraint("SameDays", tuple(range(3, 3 + many)), False, 1),
    )
    assert _groups(3 + many, hard, *wishes) == ([(0, 1, 2)], [(3, 4)])

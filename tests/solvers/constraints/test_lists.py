"""Whole-list types, each by cases computed by hand."""

import pytest

from solvers.constraints import CONSTRAINT_TYPES, ListType
from solvers.model import Constraint
from solvers.verification import organizers_reading, verify

from .placing import Place, at, cost, hard, instance_of, placed, value

MON, TUE, WED = "10000", "01000", "00100"
MON_TUE, MON_WED = "11000", "10100"

# type, parameters, placements of one week, amount of violation
CASES: tuple[tuple[str, tuple[int, ...], tuple[Place, ...], int], ...] = (
    ("MaxDays", (2,), (at(MON_WED, 1, 5), at(MON, 9, 5)), 0),
    ("MaxDays", (2,), (at(MON_WED, 1, 5), at(TUE, 1, 5)), 1),
    ("MaxDays", (1,), (at("11100", 1, 5), at(MON, 1, 5)), 2),
    # MaxDayLoad sums lengths, of overlapping events too.
    ("MaxDayLoad", (20,), (at(MON, 1, 10), at(MON_WED, 20, 10)), 0),
    ("MaxDayLoad", (20,), (at(MON, 1, 15), at(MON_WED, 9, 10)), 5),
    ("MaxDayLoad", (8,), (at(MON_WED, 1, 10), at(MON, 30, 3)), 7),
    # MaxBreaks: a pause of exactly S is none; blocks end with their latest event.
    ("MaxBreaks", (0, 5), (at(MON, 10, 10), at(MON, 25, 5)), 0),
    ("MaxBreaks", (0, 5), (at(MON, 10, 10), at(MON, 26, 5)), 1),
    ("MaxBreaks", (0, 5), (at(MON, 10, 10), at(TUE, 26, 5)), 0),
    ("MaxBreaks", (0, 5), (at(MON, 10, 30), at(MON, 12, 8), at(MON, 45, 5)), 0),
    ("MaxBreaks", (1, 0), (at(MON, 1, 2), at(MON, 5, 2), at(MON, 9, 2)), 1),
    ("MaxBreaks", (0, 0), (at(MON_TUE, 1, 2), at(MON_TUE, 5, 2), at(MON, 9, 2)), 3),
    # MaxBlock: only blocks of two or more events, and each of them is one.
    ("MaxBlock", (20, 5), (at(MON, 10, 10), at(MON, 25, 5)), 0),
    ("MaxBlock", (20, 5), (at(MON, 10, 10), at(MON, 25, 6)), 1),
    ("MaxBlock", (20, 5), (at(MON, 10, 10), at(MON, 26, 6)), 0),
    ("MaxBlock", (20, 5), (at(MON, 10, 30), at(TUE, 10, 30)), 0),
    ("MaxBlock", (20, 5), (at(MON, 10, 30), at(MON, 12, 2)), 1),
    (
        "MaxBlock",
        (5, 0),
        (at(MON, 1, 3), at(MON, 4, 3), at(MON, 10, 3), at(MON, 13, 3)),
        2,
    ),
    # Gaps: a pause of at most G is none, a longer one counts whole.
    ("Gaps", (3,), (at(MON, 10, 10), at(MON, 23, 5)), 0),
    ("Gaps", (3,), (at(MON, 10, 10), at(MON, 24, 5)), 4),
    ("Gaps", (0,), (at(MON, 10, 10), at(MON, 30, 5), at(MON, 38, 2)), 13),
    ("Gaps", (3,), (at(MON, 10, 10), at(MON, 30, 5), at(MON, 38, 2)), 10),
    ("Gaps", (0,), (at(MON, 10, 30), at(MON, 12, 2), at(TUE, 60, 5)), 0),
    # LunchBreak: ten free slots between 20 and 40 on days with a meeting.
    ("LunchBreak", (20, 40, 10), (at(MON, 10, 15),), 0),
    ("LunchBreak", (20, 40, 10), (at(MON, 25, 5),), 0),
    ("LunchBreak", (20, 40, 10), (at(MON, 25, 6),), 1),
    ("LunchBreak", (20, 40, 10), (at(MON, 20, 4), at(MON, 34, 9)), 0),
    ("LunchBreak", (20, 40, 10), (at(MON, 15, 13), at(MON, 35, 1)), 1),
    ("LunchBreak", (20, 40, 10), (at(MON_WED, 1, 90), at(TUE, 1, 9)), 2),
    # EvenDayLoad: excess over the share of D days, rounded up.
    ("EvenDayLoad", (2,), (at(MON, 1, 10), at(TUE, 1, 2)), 4),
    ("EvenDayLoad", (2,), (at(MON, 1, 7), at(TUE, 1, 4)), 1),
    ("EvenDayLoad", (2,), (at(MON_TUE, 1, 7),), 0),
    ("EvenDayLoad", (5,), (at(MON, 1, 10),), 8),
    ("IsolatedMeetings", (), (at(MON_TUE, 1, 5), at(TUE, 90, 5)), 1),
    ("IsolatedMeetings", (), (at(MON_TUE, 1, 5), at(MON_TUE, 90, 5)), 0),
    ("RoomStability", (), (at(MON, 1, 5, room=1), at(TUE, 1, 5, room=1)), 0),
    (
        "RoomStability",
        (),
        (at(MON, 1, 5, room=1), at(TUE, 1, 5, room=2), at(WED, 1, 5, room=0)),
        2,
    ),
    ("RoomStability", (), (at(MON, 1, 5, room=1), at(TUE, 1, 5)), 0),
    ("MinWorkingDays", (3,), (at(MON, 1, 5), at(MON_TUE, 1, 5)), 1),
    ("MinWorkingDays", (3,), (at(MON_TUE, 1, 5), at(WED, 1, 5)), 0),
    # Compactness: no meeting stands alone; overlapping is no neighborhood.
    ("Compactness", (0,), (at(MON, 10, 2), at(MON, 12, 2), at(MON, 16, 2)), 1),
    ("Compactness", (2,), (at(MON, 10, 2), at(MON, 12, 2), at(MON, 16, 2)), 0),
    ("Compactness", (1,), (at(MON, 10, 2), at(MON, 14, 2)), 2),
    ("Compactness", (9,), (at(MON, 10, 4), at(MON, 12, 4)), 2),
    ("Compactness", (9,), (at(MON, 10, 4), at(TUE, 14, 4)), 2),
    # MeetingsPerDay: days without a meeting are free of it.
    ("MeetingsPerDay", (2, 3), (at(MON, 1, 5), at(MON, 9, 5)), 0),
    ("MeetingsPerDay", (2, 3), (at(MON_TUE, 1, 5), at(MON, 9, 5)), 1),
    ("MeetingsPerDay", (3, 3), (at(MON, 1, 5),), 2),
    ("MeetingsPerDay", (0, 1), (at(MON, 1, 2), at(MON, 3, 2), at(MON, 5, 2)), 2),
    # MaxConsecutive: a run of k costs k - M.
    ("MaxConsecutive", (2, 0), tuple(at(MON, s, 1) for s in (1, 2, 3, 4)), 2),
    ("MaxConsecutive", (2, 0), tuple(at(MON, s, 1) for s in (1, 2, 4, 5, 6)), 1),
    ("MaxConsecutive", (2, 1), tuple(at(MON, s, 1) for s in (1, 2, 4, 5, 6)), 3),
    ("MaxConsecutive", (2, 0), tuple(at(MON, s, 1) for s in (1, 2, 4, 5)), 0),
    # MaxConcurrent: events that start while K others are running.
    ("MaxConcurrent", (1,), (at(MON, 10, 10), at(MON, 15, 10), at(MON, 20, 9)), 2),
    ("MaxConcurrent", (2,), (at(MON, 10, 10), at(MON, 15, 10), at(MON, 20, 9)), 0),
    ("MaxConcurrent", (2,), (at(MON, 10, 5), at(MON, 10, 9), at(MON, 10, 1)), 1),
    ("MaxConcurrent", (1,), (at(MON, 10, 5), at(MON, 15, 5), at(TUE, 12, 9)), 0),
    # DoubleLectures: side by side and in one room, on days with several.
    ("DoubleLectures", (0,), (at(MON, 1, 2, room=0), at(TUE, 3, 2, room=0)), 0),
    ("DoubleLectures", (0,), (at(MON, 1, 2, room=0), at(MON, 3, 2, room=0)), 0),
    ("DoubleLectures", (0,), (at(MON, 1, 2, room=0), at(MON, 3, 2, room=1)), 2),
    ("DoubleLectures", (0,), (at(MON, 1, 2, room=0), at(MON, 4, 2, room=0)), 2),
    ("DoubleLectures", (1,), (at(MON, 1, 2, room=0), at(MON, 4, 2, room=0)), 0),
    (
        "DoubleLectures",
        (0,),
        (at(MON, 1, 2, room=0), at(MON, 3, 2, room=0), at(MON, 9, 2, room=0)),
        1,
    ),
    # BuildingChanges: rooms 0 and 1 are north, 2 is south, 3 is nowhere known.
    ("BuildingChanges", (2,), (at(MON, 1, 2, room=0), at(MON, 3, 2, room=2)), 1),
    ("BuildingChanges", (2,), (at(MON, 5, 2, room=0), at(MON, 1, 2, room=2)), 1),
    ("BuildingChanges", (2,), (at(MON, 1, 2, room=0), at(MON, 6, 2, room=2)), 0),
    ("BuildingChanges", (2,), (at(MON, 1, 2, room=0), at(MON, 3, 2, room=1)), 0),
    ("BuildingChanges", (2,), (at(MON, 1, 2, room=0), at(MON, 3, 2, room=3)), 0),
    ("BuildingChanges", (2,), (at(MON, 1, 2, room=0), at(MON, 3, 2)), 0),
    ("BuildingChanges", (2,), (at(MON, 1, 2, room=0), at(MON, 2, 2, room=2)), 0),
    (
        "BuildingChanges",
        (0,),
        (at(MON, 1, 2, room=0), at(MON, 3, 2, room=2), at(MON, 5, 2, room=1)),
        2,
    ),
    ("MaxWeekLoad", (22,), (at(MON_WED, 1, 8), at(TUE, 1, 6)), 0),
    ("MaxWeekLoad", (20,), (at(MON_WED, 1, 8), at(TUE, 1, 6)), 2),
    ("EvenWeekLoad", (1,), (at(MON_WED, 1, 8), at(TUE, 1, 6)), 0),
    ("EvenWeekLoad", (2,), (at(MON_WED, 1, 8), at(TUE, 1, 6)), 11),
)

TERM = ("MaxDays", "MinWorkingDays", "RoomStability", "EvenWeekLoad")


@pytest.mark.parametrize(("name", "params", "places", "amount"), CASES)
def test_the_amount_of_violation_is_the_one_computed_by_hand(
    name: str, params: tuple[int, ...], places: tuple[Place, ...], amount: int
) -> None:
    """Value, soft cost, and the one hard violation that any amount is."""
    assert value(name, params, *places) == amount
    assert cost(name, params, *places, penalty=3) == 3 * amount
    assert hard(name, params, *places) == (amount > 0)


def test_every_list_type_has_cases_of_both_kinds() -> None:
    """No type of the registry is left without a kept and a broken case."""
    types = {n for n, k in CONSTRAINT_TYPES.items() if isinstance(k, ListType)}
    assert {name for name, *_, amount in CASES if amount} == types
    assert {name for name, *_, amount in CASES if not amount} == types


@pytest.mark.parametrize(
    ("name", "params", "places", "amount"),
    [case for case in CASES if case[0] != "EvenWeekLoad"],
)
def test_soft_costs_are_averages_over_the_weeks_of_the_problem(
    name: str, params: tuple[int, ...], places: tuple[Place, ...], amount: int
) -> None:
    """In two of three weeks: 5 x 2 x amount // 3, but for types of the term."""
    twice = [(time.__class__(0b101, time.days, time.start, time.length), room)
             for time, room in places]  # fmt: skip
    expected = 5 * amount if name in TERM else 5 * 2 * amount // 3
    assert cost(name, params, *twice, penalty=5, num_weeks=3) == expected
    assert hard(name, params, *twice, num_weeks=3) == (amount > 0)


def test_averages_are_rounded_down_once_for_each_constraint() -> None:
    """Twice one half is nothing, and the penalty is multiplied before dividing."""
    places = (at(MON, 1, 5, "10"), at(MON, 9, 5, "10"))
    half = Constraint("MaxBreaks", (0, 1), False, 1, (0, 0))
    instance = instance_of(places, half, half, num_weeks=2)
    found = verify(instance, placed(instance))
    assert found.cost == 0
    assert found.violations == ()
    assert cost("MaxBreaks", (0, 0), *places, penalty=3, num_weeks=2) == 1
    assert cost("MaxBreaks", (0, 0), *places, penalty=4, num_weeks=2) == 2


def test_day_loads_are_added_up_over_all_dates() -> None:
    """72 slots too many at penalty 4 over 16 weeks are 18, as in the rules' example."""
    sixteen = "1" * 16
    nine = "1" * 9 + "0" * 7
    places = (at(MON, 1, 20, sixteen), at(MON, 50, 8, nine))
    assert value("MaxDayLoad", (20,), *places, num_weeks=16) == 72
    assert cost("MaxDayLoad", (20,), *places, penalty=4, num_weeks=16) == 18


def test_max_days_ignores_weeks() -> None:
    """Two days in two different weeks are two days."""
    places = (at(MON, 1, 5, "10"), at(TUE, 1, 5, "01"))
    assert value("MaxDays", (1,), *places, num_weeks=2) == 1


def test_even_week_load_compares_weeks() -> None:
    """Loads 16 and 4 over two weeks: 6 above the share; over four weeks: 11."""
    places = (at(MON, 1, 10, "10"), at(TUE, 1, 6, "10"), at(WED, 1, 4, "01"))
    assert value("EvenWeekLoad", (2,), *places, num_weeks=2) == 6
    assert value("EvenWeekLoad", (4,), *places, num_weeks=2) == 11
    assert cost("EvenWeekLoad", (2,), *places, penalty=2, num_weeks=2) == 12


def test_max_week_load_counts_each_week() -> None:
    """Only the week with both events is too full."""
    places = (at(MON_WED, 1, 8, "110"), at(TUE, 1, 6, "011"))
    assert value("MaxWeekLoad", (20,), *places, num_weeks=3) == 2
    assert cost("MaxWeekLoad", (20,), *places, penalty=4, num_weeks=3) == 2


def test_max_block_is_read_strictly_unless_told_otherwise() -> None:
    """A block whose events all start together passes under the organizers' code."""
    together = (at(MON, 10, 25), at(MON, 10, 5))
    joined = (*together, at(MON, 12, 5))
    assert hard("MaxBlock", (20, 0), *together) == 1
    assert hard("MaxBlock", (20, 0), *together, same_start_exempt=True) == 0
    assert cost("MaxBlock", (20, 0), *together, penalty=6) == 6
    assert cost("MaxBlock", (20, 0), *together, penalty=6, same_start_exempt=True) == 0
    assert hard("MaxBlock", (20, 0), *joined, same_start_exempt=True) == 1


def test_the_organizers_reading_is_told_only_where_it_differs() -> None:
    """Feasible there, infeasible by the text; else there is nothing to tell."""
    rule = Constraint("MaxBlock", (0, 1, 2), True, 0, (20, 0))
    for third, differs in ((at(TUE, 10, 5), True), (at(MON, 12, 5), False)):
        instance = instance_of((at(MON, 10, 25), at(MON, 10, 5), third), rule)
        found = verify(instance, placed(instance))
        other = organizers_reading(instance, placed(instance), found)
        assert not found.feasible
        assert (other is not None) == differs
        assert other is None or other.feasible

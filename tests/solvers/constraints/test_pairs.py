"""The fifteen pairwise types of ITC-2019, each by cases computed by hand."""

import pytest

from solvers.constraints import CONSTRAINT_TYPES, PairwiseType

from .placing import Place, at, cost, hard

MON, TUE, WED = "10000", "01000", "00100"
MON_WED, MON_TUE = "10100", "11000"

# type, parameters, first event, second event, whether the pair violates
PAIRS: tuple[tuple[str, tuple[int, ...], Place, Place, bool], ...] = (
    ("SameStart", (), at(MON, 96, 10), at(TUE, 96, 30), False),
    ("SameStart", (), at(MON, 96, 10), at(MON, 97, 10), True),
    # SameTime: the shorter within the longer, ends included, on any days.
    ("SameTime", (), at(MON, 96, 10), at(TUE, 96, 10), False),
    ("SameTime", (), at(MON, 96, 20), at(TUE, 100, 16), False),
    ("SameTime", (), at(MON, 100, 16), at(TUE, 96, 20), False),
    ("SameTime", (), at(MON, 96, 20), at(TUE, 100, 17), True),
    ("SameTime", (), at(MON, 96, 10), at(MON, 106, 10), True),
    # DifferentTime: never at one time of day, whatever days and weeks.
    ("DifferentTime", (), at(MON, 96, 10), at(TUE, 106, 10), False),
    ("DifferentTime", (), at(MON, 106, 10), at(TUE, 96, 10), False),
    ("DifferentTime", (), at(MON, 96, 10), at(TUE, 105, 10), True),
    ("DifferentTime", (), at(MON, 96, 10, "10"), at(TUE, 96, 10, "01"), True),
    ("SameDays", (), at(MON, 1, 5), at(MON_WED, 1, 5), False),
    ("SameDays", (), at(MON_WED, 1, 5), at(WED, 1, 5), False),
    ("SameDays", (), at(MON_WED, 1, 5), at(MON_WED, 90, 5), False),
    ("SameDays", (), at(MON_WED, 1, 5), at(MON_TUE, 1, 5), True),
    ("SameDays", (), at(MON, 1, 5), at(TUE, 1, 5), True),
    ("DifferentDays", (), at(MON, 1, 5), at(TUE, 1, 5), False),
    ("DifferentDays", (), at(MON_WED, 1, 5), at(MON_TUE, 90, 5), True),
    ("DifferentDays", (), at(MON, 1, 5, "10"), at(MON, 1, 5, "01"), True),
    ("SameWeeks", (), at(MON, 1, 5, "110"), at(TUE, 9, 5, "010"), False),
    ("SameWeeks", (), at(MON, 1, 5, "110"), at(MON, 1, 5, "011"), True),
    ("DifferentWeeks", (), at(MON, 1, 5, "110"), at(MON, 1, 5, "001"), False),
    ("DifferentWeeks", (), at(MON, 1, 5, "110"), at(TUE, 90, 5, "011"), True),
    # Overlap and NotOverlap need a common moment on a common date.
    ("Overlap", (), at(MON_WED, 96, 10), at(MON_TUE, 105, 10), False),
    ("Overlap", (), at(MON, 96, 10), at(MON, 106, 10), True),
    ("Overlap", (), at(MON, 96, 10), at(TUE, 96, 10), True),
    ("Overlap", (), at(MON, 96, 10, "10"), at(MON, 96, 10, "01"), True),
    ("NotOverlap", (), at(MON, 96, 10), at(MON, 106, 10), False),
    ("NotOverlap", (), at(MON, 96, 10), at(TUE, 96, 10), False),
    ("NotOverlap", (), at(MON, 96, 10, "10"), at(MON, 96, 10, "01"), False),
    ("NotOverlap", (), at(MON_WED, 96, 10), at(MON_TUE, 105, 10), True),
    ("SameRoom", (), at(MON, 1, 5, room=1), at(TUE, 1, 5, room=1), False),
    ("SameRoom", (), at(MON, 1, 5, room=1), at(TUE, 1, 5, room=2), True),
    ("SameRoom", (), at(MON, 1, 5, room=1), at(TUE, 1, 5), True),
    ("SameRoom", (), at(MON, 1, 5), at(TUE, 1, 5), False),
    ("DifferentRoom", (), at(MON, 1, 5, room=1), at(TUE, 1, 5, room=2), False),
    ("DifferentRoom", (), at(MON, 1, 5, room=1), at(TUE, 1, 5, room=1), True),
    ("DifferentRoom", (), at(MON, 1, 5, room=1), at(TUE, 1, 5), False),
    # SameAttendees: the way from room 0 to room 2 takes 6 slots, to room 1 takes 2.
    ("SameAttendees", (), at(MON, 1, 9, room=0), at(MON, 10, 5, room=0), False),
    ("SameAttendees", (), at(MON, 1, 9, room=0), at(MON, 9, 5, room=0), True),
    ("SameAttendees", (), at(MON, 1, 9, room=0), at(MON, 16, 5, room=2), False),
    ("SameAttendees", (), at(MON, 1, 9, room=0), at(MON, 15, 5, room=2), True),
    ("SameAttendees", (), at(MON, 16, 5, room=2), at(MON, 1, 9, room=0), False),
    ("SameAttendees", (), at(MON, 15, 5, room=2), at(MON, 1, 9, room=0), True),
    ("SameAttendees", (), at(MON, 1, 9, room=0), at(TUE, 10, 5, room=2), False),
    ("SameAttendees", (), at(MON, 1, 9, room=1), at(MON, 10, 5, room=2), False),
    ("SameAttendees", (), at(MON, 1, 9, room=0), at(MON, 10, 5), False),
    # Precedence: by first week, then first day, then the time of day.
    ("Precedence", (), at(TUE, 50, 5, "110"), at(MON, 10, 5, "010"), False),
    ("Precedence", (), at(MON, 10, 5, "010"), at(TUE, 50, 5, "110"), True),
    ("Precedence", (), at(MON_WED, 50, 5), at(TUE, 10, 5), False),
    ("Precedence", (), at(TUE, 10, 5), at(MON_WED, 50, 5), True),
    ("Precedence", (), at(MON, 10, 5), at(MON_WED, 15, 5), False),
    ("Precedence", (), at(MON, 10, 6), at(MON_WED, 15, 5), True),
    ("Precedence", (), at(MON, 15, 5), at(MON, 10, 5), True),
    ("WorkDay", (20,), at(MON, 10, 5), at(MON, 25, 5), False),
    ("WorkDay", (20,), at(MON, 10, 5), at(MON, 25, 6), True),
    ("WorkDay", (20,), at(MON, 25, 6), at(MON, 10, 5), True),
    ("WorkDay", (20,), at(MON, 10, 5), at(TUE, 90, 6), False),
    ("WorkDay", (4,), at(MON, 10, 5), at(MON, 10, 5), True),
    ("MinGap", (3,), at(MON, 10, 5), at(MON, 18, 5), False),
    ("MinGap", (3,), at(MON, 10, 5), at(MON, 17, 5), True),
    ("MinGap", (3,), at(MON, 17, 5), at(MON, 10, 5), True),
    ("MinGap", (3,), at(MON, 10, 5), at(TUE, 15, 5), False),
    ("MinGap", (0,), at(MON, 10, 5), at(MON, 14, 5), True),
)


@pytest.mark.parametrize(("name", "params", "first", "second", "violated"), PAIRS)
def test_a_pair_violates_exactly_when_the_definition_says(
    name: str, params: tuple[int, ...], first: Place, second: Place, violated: bool
) -> None:
    """Hard count and soft cost of one pair, the penalty not averaged over weeks."""
    assert hard(name, params, first, second, num_weeks=3) == violated
    cost_of_pair = cost(name, params, first, second, penalty=7, num_weeks=3)
    assert cost_of_pair == 7 * violated


def test_every_pairwise_type_has_cases_of_both_kinds() -> None:
    """No type of the registry is left without a kept and a broken pair."""
    types = {n for n, k in CONSTRAINT_TYPES.items() if isinstance(k, PairwiseType)}
    assert {name for name, *_, violated in PAIRS if violated} == types
    assert {name for name, *_, violated in PAIRS if not violated} == types


def test_every_violated_pair_counts() -> None:
    """Three events at one time are three overlapping pairs."""
    places = (at(MON, 10, 5), at(MON, 12, 5), at(MON_WED, 14, 1), at(TUE, 10, 5))
    assert hard("NotOverlap", (), *places) == 3
    assert cost("NotOverlap", (), *places, penalty=4) == 12


def test_precedence_binds_all_pairs_and_not_only_neighbors() -> None:
    """The third before both others breaks two pairs though they are in order."""
    assert hard("Precedence", (), at(TUE, 1, 5), at(WED, 1, 5), at(MON, 1, 5)) == 2

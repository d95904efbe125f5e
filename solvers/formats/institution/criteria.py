"""The criteria of an institution's timetable and what they weigh by default."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["CRITERIA", "Criterion", "weights_of"]


class Criterion(NamedTuple):
    """A criterion: its default weight and what one unit of it is."""

    weight: int
    unit: str


CRITERIA: Mapping[str, Criterion] = MappingProxyType(
    {
        "student": Criterion(
            10, "a student with two meetings at once, or too far apart to reach"
        ),
        "student_gaps": Criterion(
            1, "a slot between two meetings of a batch's day, per week"
        ),
        "isolated_classes": Criterion(
            15, "a day on which a batch has one single meeting, per week"
        ),
        "lunch_break": Criterion(
            20, "a day on which a batch or a teacher has no lunch, per week"
        ),
        "instructor_preference": Criterion(
            5, "a meeting outside preferred times; three for a meeting at avoided times"
        ),
        "instructor_gaps": Criterion(
            1, "a slot between two meetings of a teacher's day, per week"
        ),
        "long_blocks": Criterion(
            10, "a block of teaching longer than a teacher should have, per week"
        ),
        "load_balance": Criterion(
            1, "a slot taught beyond an even share of the week on a day, per week"
        ),
        "seat_utilization": Criterion(
            1, "a tenth of a room's seats that a meeting leaves empty"
        ),
        "rooms_in_use": Criterion(10, "a room that any meeting uses"),
        "room_stability": Criterion(
            5, "a room that a section uses beyond its first one"
        ),
        "home_building": Criterion(
            1, "a slot of way between a meeting and the home of its department"
        ),
    }
)
"""Criteria by name, in the order in which they are told."""


def weights_of(given: Mapping[str, int]) -> dict[str, int]:
    """Weights of all criteria: those given, defaults for the others."""
    return {name: given.get(name, known.weight) for name, known in CRITERIA.items()}

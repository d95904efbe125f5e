"""Clashes of random timetables: entries and the engine's verifier count the same."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest

from erp_bridge.conflicts import find_conflicts
from erp_bridge.entries import entries_of
from erp_bridge.inputs import TermDetails, details_of, instance_of
from solvers.model import Instance, Timetable
from solvers.sample import sample_institution
from solvers.verification import verify


@cache
def _term() -> tuple[Instance, TermDetails]:
    """A small university without ways between buildings, which entries do not know."""
    document = sample_institution(0.1).model_dump_json().encode()
    instance = instance_of("institution", document).replace(travel=())
    return instance, details_of("institution", document)


def _random(instance: Instance, seed: int) -> Timetable:
    """Any time and room for every event, any section of their courses for students."""
    rng = np.random.default_rng(seed)
    enrollments = [
        (index, int(rng.choice(events)))
        for index, student in enumerate(instance.students)
        for course in student.courses
        for events in instance.events_of_configuration(
            instance.courses[course].configurations[0]
        )
    ]
    return Timetable(
        [rng.integers(len(e.times)) for e in instance.events],  # type: ignore[arg-type]
        [rng.integers(len(e.rooms)) if e.rooms else -1 for e in instance.events],  # type: ignore[arg-type]
        enrollments,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("seed", range(3))
def test_two_independent_counts_agree(seed: int) -> None:
    """Rooms, students, and who attends: instructors and the groups of batches."""
    instance, details = _term()
    timetable = _random(instance, seed)
    expected = verify(instance, timetable)
    found = find_conflicts(list(entries_of(instance, timetable, details)))
    counted: Counter[str] = Counter()
    for conflict in found:
        counted[conflict["kind"]] += conflict["count"]
        if conflict["kind"] == "student_group":
            counted["leaves"] += len(set(conflict["ids"]) - details.groups.keys())
    assert counted["room"] == expected.hard_violations["RoomConflict"]
    assert counted["student"] == expected.criteria["student"]
    attending = counted["instructor"] + counted["leaves"]
    assert attending == expected.hard_violations["SameAttendees"]

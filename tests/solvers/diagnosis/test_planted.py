"""Impossibilities planted in a sample university are found, and nothing else."""

from dataclasses import replace

import pytest

from solvers.diagnosis import Correction, ElementKind, Verdict, diagnose
from solvers.diagnosis.elements import hard_only, relaxed
from solvers.formats.institution import build_instance
from solvers.model import Constraint, Instance, RoomOption, TimeOption
from solvers.sample import sample_institution
from solvers.verification import verify

SCALES = [0.1, pytest.param(1.0, marks=pytest.mark.slow)]


def _university(scale: float) -> Instance:
    return build_instance(sample_institution(scale=scale, seed=3))


def _correction(instance: Instance) -> Correction:
    found = diagnose(instance, seconds=30)
    assert found.verdict is Verdict.INFEASIBLE
    assert found.correction is not None
    assert found.correction.minimal
    gone = [removal.element for removal in found.correction.removals]
    rest = relaxed(hard_only(instance), gone)
    assert verify(rest, found.correction.timetable).feasible
    return found.correction


@pytest.mark.parametrize("scale", SCALES)
def test_a_planted_cycle_of_precedences_is_the_conflict(scale: float) -> None:
    """One of the planted constraints goes, and the conflict is exactly the cycle."""
    instance = _university(scale)
    first = len(instance.constraints)
    cycle = [3, 14, 25, 7]
    planted = tuple(
        Constraint("Precedence", (a, b), True)
        for a, b in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
    )
    constraints = (*instance.constraints, *planted)
    (removal,) = _correction(instance.replace(constraints=constraints)).removals
    assert removal.element.index >= first
    assert removal.conflict is not None
    own = tuple(range(first, first + 4))
    assert removal.conflict.of(ElementKind.CONSTRAINT) == own
    assert removal.conflict.of(ElementKind.PLACEMENT) == tuple(sorted(cycle))


@pytest.mark.parametrize("scale", SCALES)
def test_a_planted_shortage_of_rooms_is_the_conflict(scale: float) -> None:
    """Four events, one room, three times: the room is named as what is short."""
    instance = _university(scale)
    roomed = [e for e, event in enumerate(instance.events) if len(event.rooms) > 1]
    times = max((_apart(instance.events[e].times) for e in roomed), key=len)[:3]
    open_all_term = next(
        o for e in roomed for o in instance.events[e].rooms if _is_open(instance, o)
    )
    crowd = _without_common_people(instance, roomed, 4)
    events = tuple(
        replace(event, times=times, rooms=(open_all_term,)) if e in crowd else event
        for e, event in enumerate(instance.events)
    )
    crowded = instance.replace(events=events, preferences=())
    (removal,) = _correction(crowded).removals
    assert removal.conflict is not None
    assert removal.conflict.of(ElementKind.PLACEMENT) == tuple(crowd)
    assert removal.conflict.of(ElementKind.ROOMS)
    assert not removal.conflict.of(ElementKind.CONSTRAINT)


def _apart(options: tuple[TimeOption, ...]) -> tuple[TimeOption, ...]:
    """Times of which no two overlap."""
    chosen: list[TimeOption] = []
    for option in options:
        if not any(option.time.overlaps(other.time) for other in chosen):
            chosen.append(option)
    return tuple(chosen)


def _is_open(instance: Instance, option: RoomOption) -> bool:
    return not instance.rooms[option.room].unavailable


def _without_common_people(
    instance: Instance, events: list[int], count: int
) -> list[int]:
    """Events of which no two are in one required constraint."""
    chosen: list[int] = []
    for event in events:
        together = {
            e
            for c in instance.constraints
            if c.required and event in c.events
            for e in c.events
        }
        if together.isdisjoint(chosen):
            chosen.append(event)
        if len(chosen) == count:
            break
    return chosen

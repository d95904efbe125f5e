"""A tiny term and outcomes of it."""

from __future__ import annotations

import json
from typing import Any

from cluster.outcome import VariantOutcome
from erp_bridge.inputs import instance_of
from solvers.model import Cost, Instance, Timetable
from solvers.result import StageReport
from solvers.verification import verify

PRIORITIES = ("balanced", "faculty", "student", "room", "load")

TERM: dict[str, Any] = {
    "schema_version": 1,
    "name": "Tiny",
    "time_grid": {"weeks": 2, "days": ["Tue", "Thu"], "day_end": "12:00"},
    "departments": [{"id": "CSE"}],
    "rooms": [{"id": "R1", "name": "Room 1", "capacity": 40}],
    "faculty": [{"id": "F1", "name": "Ada"}],
    "batches": [{"id": "A", "department": "CSE", "size": 30}],
    "courses": [
        {
            "id": "CS1",
            "code": "CS 1",
            "name": "Programs",
            "department": "CSE",
            "components": [
                {
                    "kind": "lecture",
                    "meetings_per_week": 2,
                    "duration_minutes": 60,
                }
            ],
        }
    ],
    "sections": [
        {
            "id": "CS1-L1",
            "course": "CS1",
            "component": "lecture",
            "faculty": ["F1"],
            "batches": ["A"],
        }
    ],
}

DOCUMENT = json.dumps(TERM).encode()


def tiny_instance() -> Instance:
    return instance_of("institution", DOCUMENT)


def tiny_timetable(instance: Instance) -> Timetable:
    """First meeting on Tuesday at 8, second on Thursday at 8."""
    options = [[o.time for o in event.times] for event in instance.events]
    second = next(i for i, time in enumerate(options[1]) if time.days == 2)
    return Timetable.of([0, second], [0, 0], [(0, 0)] if instance.num_students else [])


def outcome(
    instance: Instance, number: int, timetable: Timetable | None = None
) -> VariantOutcome:
    timetable = timetable or tiny_timetable(instance)
    stage = StageReport("genetic", True, "done", 1.0, Cost(1, 9), Cost(0, 5))
    return VariantOutcome(
        number=number,
        priority=PRIORITIES[number - 1],
        label=PRIORITIES[number - 1].title(),
        focus="",
        weights=dict(instance.weights),
        timetable=timetable,
        verification=verify(instance, timetable),
        stages=(stage,),
        seconds=1.5,
        seed=number,
        adopted_from=1 if number == 2 else None,
        warnings=("w",) if number == 3 else (),
    )


def outcomes(instance: Instance) -> list[VariantOutcome]:
    return [outcome(instance, number) for number in range(1, 6)]

"""A small institution document, and what a reader says of changes to it."""

import copy
import json
from typing import Any

import pytest

from solvers.exceptions import InputError
from solvers.formats.institution import Institution, read_institution

__all__ = ["institution", "issues_of", "small_document"]

_SMALL: dict[str, Any] = {
    "schema_version": 1,
    "name": "Little College",
    "time_grid": {
        "weeks": 4,
        "days": ["Mon", "Tue", "Wed"],
        "day_start": "08:00",
        "day_end": "14:00",
        "lunch": {"start": "11:00", "end": "13:00", "minutes": 30},
    },
    "departments": [{"id": "CSE", "building": "MAIN"}],
    "buildings": [{"id": "MAIN"}, {"id": "ANNEX"}],
    "travel": [{"origin": "MAIN", "destination": "ANNEX", "minutes": 12}],
    "rooms": [
        {"id": "R1", "building": "MAIN", "capacity": 40, "features": ["projector"]},
        {"id": "R2", "building": "ANNEX", "capacity": 60},
        {
            "id": "LAB",
            "building": "ANNEX",
            "capacity": 20,
            "equipment": {"workstation": 20},
        },
    ],
    "faculty": [
        {
            "id": "F1",
            "name": "Ada",
            "department": "CSE",
            "preferred": [{"start": "08:00", "end": "11:00"}],
        },
        {"id": "F2", "name": "Bo", "unavailable": [{"days": ["Mon"]}]},
    ],
    "batches": [
        {
            "id": "B1",
            "department": "CSE",
            "size": 30,
            "groups": [{"id": "B1a", "size": 15}, {"id": "B1b", "size": 15}],
        }
    ],
    "courses": [
        {
            "id": "C1",
            "code": "CS101",
            "name": "Programming",
            "department": "CSE",
            "components": [
                {"kind": "lecture", "meetings_per_week": 2, "duration_minutes": 50},
                {
                    "kind": "lab",
                    "duration_minutes": 110,
                    "equipment": {"workstation": 15},
                },
            ],
        },
        {
            "id": "C2",
            "components": [
                {"kind": "seminar", "duration_minutes": 50, "section_size": 20}
            ],
        },
    ],
    "sections": [
        {"id": "L", "course": "C1", "faculty": ["F1"], "batches": ["B1"]},
        {
            "id": "Pa",
            "course": "C1",
            "component": "lab",
            "faculty": ["F1", "F2"],
            "batches": ["B1a"],
            "weeks": "A",
        },
        {
            "id": "Pb",
            "course": "C1",
            "component": "lab",
            "faculty": ["F2"],
            "batches": ["B1b"],
            "weeks": "B",
        },
        {"id": "S1", "course": "C2", "component": "seminar", "faculty": ["F2"]},
        {"id": "S2", "course": "C2", "component": "seminar", "limit": 15},
    ],
    "students": [
        {"id": "s1", "batch": "B1", "group": "B1a", "courses": ["C2"]},
        {"id": "s2", "batch": "B1", "courses": ["C2"]},
        {"id": "s3", "courses": ["C2"]},
    ],
}


def small_document() -> dict[str, Any]:
    """Copy of a document without any fault."""
    return copy.deepcopy(_SMALL)


def institution(document: dict[str, Any]) -> Institution:
    """Institution of a document."""
    return read_institution(json.dumps(document).encode())


def issues_of(document: dict[str, Any]) -> set[tuple[str, str]]:
    """Code and pointer of every finding."""
    with pytest.raises(InputError) as caught:
        institution(document)
    return {(issue.code, issue.pointer) for issue in caught.value.issues}

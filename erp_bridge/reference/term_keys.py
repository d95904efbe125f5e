"""The ERP's keys behind the ids of a term's document. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["BatchFacts", "ErpFacts", "TermKeys"]


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch as the ERP shows it; ``year`` is None where the semester is not known."""

    key: str
    name: str
    year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpFacts:
    """What the ERP shows beside and the document does not carry.

    Parameters
    ----------
    room_numbers
        Number of a room by its key.
    sections
        Letter of a batch by its key.
    slots
        Key of the time slot by weekday (0 for Monday) and start (``HH:MM``).
    """

    room_numbers: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[tuple[int, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermKeys:
    """Keys by the ids of the document; ``batches`` also by the ids of their groups.

    ``batch_of_student`` has the document's id of each student's batch.
    """

    departments: Mapping[str, str]
    rooms: Mapping[str, str]
    faculty: Mapping[str, str]
    courses: Mapping[str, str]
    sections: Mapping[str, str]
    students: Mapping[str, str]
    batches: Mapping[str, BatchFacts]
    batch_of_student: Mapping[str, str]

    @classmethod
    def of(cls, document: bytes) -> TermKeys:
        """Read them out of an institution document; empty of an empty one."""
        term: Mapping[str, Any] = json.loads(document) if document else {}
        return cls(
            departments=_keys(term, "departments"),
            rooms=_keys(term, "rooms"),
            faculty=_keys(term, "faculty"),
            courses=_keys(term, "courses"),
            sections=_keys(term, "sections"),
            students=_keys(term, "students"),
            batches=_batches(term),
            batch_of_student={
                student["id"]: student["batch"]
                for student in term.get("students", ())
                if student.get("batch")
            },
        )


def _keys(term: Mapping[str, Any], part: str) -> dict[str, str]:
    return {
        item["id"]: item["external_id"]
        for item in term.get(part, ())
        if item.get("external_id")
    }


def _batches(term: Mapping[str, Any]) -> dict[str, BatchFacts]:
    found = {}
    for batch in term.get("batches", ()):
        semester = batch.get("semester")
        facts = BatchFacts(
            key=batch.get("external_id") or batch["id"],
            name=batch.get("name") or batch["id"],
            year=None if semester is None else (semester + 1) // 2,
        )
        names = [batch["id"], *(group["id"] for group in batch.get("groups", ()))]
        found.update(dict.fromkeys(names, facts))
    return found

"""Codes that people know as ids of the document. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from .findings import Findings
from .snapshot import Snapshot

__all__ = ["Codes", "unique_codes"]


@dataclass(frozen=True, slots=True)
class Codes:
    """Ids in the document by key in the ERP."""

    departments: Mapping[UUID, str]
    batches: Mapping[UUID, str]
    buildings: Mapping[UUID, str]
    rooms: Mapping[UUID, str]
    faculty: Mapping[UUID, str]

    @classmethod
    def of(cls, term: Snapshot, findings: Findings) -> Codes:
        """Take the codes of all rows."""
        departments = [(d.dept_id, d.dept_code) for d in term.departments]
        batches = [(b.batch_id, b.batch_code) for b in term.batches]
        buildings = [(b.building_id, b.building_code) for b in term.buildings]
        rooms = [(r.room_id, r.room_code) for r in term.rooms]
        faculty = [(f.faculty_id, f.faculty_code) for f in term.faculty]
        return cls(
            unique_codes("departments", departments, findings),
            unique_codes("batches", batches, findings),
            unique_codes("buildings", buildings, findings),
            unique_codes("rooms", rooms, findings),
            unique_codes("faculty", faculty, findings),
        )


def unique_codes(
    table: str, rows: Iterable[tuple[UUID, str]], findings: Findings
) -> dict[UUID, str]:
    """Give every row its code; a code that is taken gets a number behind it.

    Parameters
    ----------
    table
        For the findings.
    rows
        Key and code of each row.
    findings
        Hears of codes that are not unique.
    """
    codes: dict[UUID, str] = {}
    taken: set[str] = set()
    for key, code in rows:
        name, number = code or str(key), 2
        while name in taken:
            name, number = f"{code}~{number}", number + 1
        if name != code:
            detail = f"The code {code!r} is not unique; {key} is called {name!r}."
            findings.warn("code_not_unique", f"/{table}/{key}", detail)
        taken.add(name)
        codes[key] = name
    return codes

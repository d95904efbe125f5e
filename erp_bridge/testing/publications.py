"""Stored and live timetables in memory."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from erp_bridge.entries import shown
from erp_bridge.publications import Audience, TimetableRecord
from erp_bridge.records import Scope
from erp_bridge.results import variant_id_of
from erp_bridge.workflow_records import WorkflowRecord

from .rows import Row

if TYPE_CHECKING:
    from .bridge import MemoryBridge

__all__ = ["MemoryPublications"]

Entry = Mapping[str, Any]


class MemoryPublications:
    """Timetables by id and by person; see ``erp_bridge.publications``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge
        self._published: dict[str, TimetableRecord] = {}

    def get(self, timetable_id: str, tenant: str) -> TimetableRecord | None:
        """Return a stored timetable."""
        self._bridge.require_database()
        for row, number in self._stored():
            record = self._record(row, number)
            if record.timetable_id == timetable_id and record.tenant == tenant:
                return record
        return None

    def live(self, tenant: str, scope: Scope) -> TimetableRecord | None:
        """Return the live timetable of exactly this scope."""
        found = [r for r in self._live(tenant) if r.scope == scope]
        return found[0] if found else None

    def entries(self, timetable_id: str, tenant: str) -> Sequence[Entry]:
        """Return all entries in order."""
        found = self.get(timetable_id, tenant)
        if found is None:
            return []
        return self._bridge.rows[found.job_id].entries[found.variant_number]

    def criteria(self, timetable_id: str, tenant: str) -> Mapping[str, int]:
        """Return the raw criteria of a stored timetable."""
        found = self.get(timetable_id, tenant)
        if found is None:
            return {}
        variants = self._bridge.rows[found.job_id].variants
        return next(
            dict(variant["criteria"])
            for variant in variants
            if variant["variant_id"] == timetable_id
        )

    def live_entries(self, tenant: str, audience: Audience) -> Sequence[Entry]:
        """Return shown entries of live timetables by weekday and hour."""
        live = self._live(tenant)
        found = [
            {
                **shown(entry),
                "timetable_id": record.timetable_id,
                "published_at": record.published_at,
            }
            for record in live
            for entry in self.entries(record.timetable_id, tenant)
            if _is_for(record, entry, audience)
            and not any(self._is_over(later, record, entry) for later in live)
        ]
        return sorted(found, key=_order)

    def go_live(self, workflow: WorkflowRecord) -> None:
        """Make a timetable live, and no other one that its scope covers."""
        own = self.get(workflow.timetable_id, workflow.tenant)
        assert own is not None
        older = [
            record
            for record in self._live(workflow.tenant)
            if _covers(workflow.scope, record.scope)
            and record.timetable_id != own.timetable_id
        ]
        for record in older:
            gone = replace(record, is_live=False)
            self._published[record.timetable_id] = gone
        same = [r.timetable_id for r in older if r.scope == workflow.scope]
        self._published[own.timetable_id] = replace(
            own,
            is_live=True,
            published_at=workflow.published_at,
            replaces_id=same[0] if same else None,
        )

    def _stored(self) -> Iterator[tuple[Row, int]]:
        for row in self._bridge.rows.values():
            for number in row.entries:
                yield row, number

    def _record(self, row: Row, number: int) -> TimetableRecord:
        job = row.record
        timetable_id = str(variant_id_of(uuid.UUID(job.job_id), number))
        return self._published.get(timetable_id) or TimetableRecord(
            timetable_id=timetable_id,
            tenant=job.tenant,
            job_id=job.job_id,
            variant_number=number,
            scope=job.scope,
            is_live=False,
            published_at=None,
            replaces_id=None,
            created_at=job.completed_at or job.created_at,
        )

    def _live(self, tenant: str) -> list[TimetableRecord]:
        self._bridge.require_database()
        records = self._published.values()
        return [r for r in records if r.is_live and r.tenant == tenant]

    def _is_over(
        self, later: TimetableRecord, record: TimetableRecord, entry: Entry
    ) -> bool:
        """Whether a timetable that was published later has the entry's section too."""
        assert later.published_at is not None
        assert record.published_at is not None
        years = {later.scope.academic_year, record.scope.academic_year}
        return (
            later.published_at > record.published_at
            and len(years - {None}) < 2
            and any(
                other["section_id"] == entry["section_id"]
                for other in self.entries(later.timetable_id, later.tenant)
            )
        )


def _covers(scope: Scope, other: Scope) -> bool:
    inner = asdict(other)
    open_to_all = all(v in (None, inner[name]) for name, v in asdict(scope).items())
    return open_to_all and scope.academic_year == other.academic_year


def _is_for(record: TimetableRecord, entry: Entry, audience: Audience) -> bool:
    scope = record.scope
    return (
        audience.academic_year in (None, scope.academic_year)
        or scope.academic_year is None
    ) and (
        (audience.semester in (None, scope.semester) or scope.semester is None)
        and _attends(record, entry, audience)
    )


def _attends(record: TimetableRecord, entry: Entry, audience: Audience) -> bool:
    matches = [
        wanted in values
        for wanted, values in (
            (audience.instructor, entry["instructor_ids"]),
            (audience.student, entry["student_ids"]),
            (
                audience.department,
                [entry["department_id"], record.scope.department_id],
            ),
        )
        if wanted is not None
    ]
    if audience.groups:
        matches.append(bool(set(audience.groups) & set(entry["cohort_ids"])))
    return any(matches) or not matches


def _order(entry: Entry) -> tuple[Any, ...]:
    return (
        entry["day"] is None,
        entry["day"] or 0,
        entry["start_time"] or "",
        entry["section_id"],
        entry["meeting"],
    )

"""The reference ERP as the face and the cluster meet it: started, stopped, swept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from erp_bridge.catalogue import Catalogue
from erp_bridge.catalogue.wishes import TermWishes
from erp_bridge.exceptions import OtherOrganization
from erp_bridge.jobs import JobRepository
from erp_bridge.live import LiveStore
from erp_bridge.records import Enqueued, JobDraft, Scope
from erp_bridge.settings import ReferenceSettings

from .live_keys import ReferenceKeys
from .requests import ReferenceStart, draft_of, priority_of, start_of, week_of
from .rows import ErpRow, RowStore
from .shapes import About, cancelled_unseen

__all__ = ["ReferenceErp"]

_REQUEST = ("department_id", "batch_ids", "time_config")


class ReferenceErp:
    """Jobs that the ERP asks for, by call, row or queue entry.

    Parameters
    ----------
    catalogue, jobs, live
        Its catalogue, our jobs, Redis.
    rows, keys
        Its rows and keys of jobs.
    settings
        Whose they are, and how long they search.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        jobs: JobRepository,
        live: LiveStore,
        rows: RowStore,
        keys: ReferenceKeys,
        settings: ReferenceSettings,
    ) -> None:
        self._catalogue = catalogue
        self._jobs = jobs
        self._live = live
        self._rows = rows
        self._keys = keys
        self._settings = settings

    @property
    def tenant(self) -> str:
        """Tenant that is the ERP's organization."""
        return self._settings.tenant

    @property
    def org_id(self) -> uuid.UUID:
        """Its organization.

        Raises
        ------
        InputError
            If the tenant names none.
        """
        return self._catalogue.organization(self.tenant).org_id

    def read(self, body: Mapping[str, Any]) -> ReferenceStart:
        """Read the body of a call.

        Raises
        ------
        InputError
            If it is wrong.
        """
        return start_of(body)

    def start(self, start: ReferenceStart) -> Enqueued | None:
        """Store a job, or find it; None if the ERP has cancelled it meanwhile.

        The row need not be there yet: the ERP calls before it commits.

        Raises
        ------
        OtherOrganization
            If it names one that is not the tenant's.
        InputError
            If its catalogue has no such term.
        JobExists
            If the id belongs to a job that is not the ERP's.
        """
        self._require_own(start.organization_id)
        job_id = str(start.job_id)
        if (known := self._jobs.get(job_id, self.tenant)) is not None:
            return Enqueued(known, replayed=True)
        row = self._rows.find(job_id, self.org_id)
        if self._is_cancelled(job_id, row):
            return None
        self._catalogue.check_scope(self.tenant, start.scope, start.wishes)
        return self._jobs.enqueue(
            self._draft(start, {} if row is None else row.request)
        )

    def start_known(self, job_id: str) -> Enqueued | None:
        """Start what the ERP has written as a row or a queue entry; None without.

        Raises
        ------
        InputError
            If what it has written is wrong.
        OtherOrganization, JobExists
            As by :meth:`start`.
        """
        if (known := self._jobs.get(job_id, self.tenant)) is not None:
            return Enqueued(known, replayed=True)
        entry = self._live.announced(job_id)
        row = self._rows.find(job_id, self.org_id)
        if entry is not None and entry.get("tenant", self.tenant) == self.tenant:
            if not self._is_cancelled(job_id, row):
                return self._jobs.enqueue(self.draft_of_entry(job_id, entry))
        if row is None or row.status != "running":
            return None
        return self.adopt(row)

    def adopt(self, row: ErpRow) -> Enqueued:
        """Store the job of a row whose start was lost.

        Raises
        ------
        InputError
            If the row is wrong.
        """
        request = {name: row.request.get(name) for name in _REQUEST}
        # The columns may be null; what the ERP put beside says the same.
        term = {
            "semester": row.semester or row.request.get("semester"),
            "academic_year": row.academic_year or row.request.get("academic_year"),
        }
        named = {"job_id": row.job_id, "organization_id": str(self.org_id)}
        start = start_of({**request, **term, **named})
        return self._jobs.enqueue(self._draft(start, row.request))

    def draft_of_entry(self, job_id: str, entry: Mapping[str, Any]) -> JobDraft:
        """Make a job of a queue entry: the ERP's call, or a scope of the catalogue.

        Raises
        ------
        InputError, OtherOrganization
            If the entry is wrong.
        """
        if "organization_id" in entry or "university_id" in entry:
            start = start_of({**entry, "job_id": job_id})
            self._require_own(start.organization_id)
            return self._draft(start, entry)
        semester = str(entry.get("semester"))
        scope = Scope(
            department_id=entry.get("department_id"),
            batch_id=entry.get("batch_id"),
            semester=int(semester) if semester.isdigit() else None,
            academic_year=entry.get("academic_year"),
        )
        self._catalogue.check_scope(self.tenant, scope)
        return JobDraft(
            job_id=job_id,
            tenant=self.tenant,
            created_by="erp",
            scope=scope,
            time_limit_seconds=self._settings.time_limit_seconds,
            priority=priority_of(entry),
            fingerprint=f"reference:{job_id}",
        )

    def cancel(self, job_id: str) -> bool:
        """Cancel a job, seen or not; False if nobody knows it.

        The ERP marks its row after this call has been answered; the next sweep ends it.
        """
        job = self._jobs.get(job_id, self.tenant)
        row = None if job is not None else self._rows.find(job_id, self.org_id)
        if job is None and row is None:
            return False
        self._keys.flag_cancel(job_id)
        if job is not None:
            self._jobs.request_stop(job_id, self.tenant, "cancel")
        elif row is not None:
            self.end_unseen(row)
        return True

    def variant_order(self, job_id: str) -> Sequence[int]:
        """Return numbers of variants in the order of the ERP's row; empty without."""
        return self._rows.variant_order(job_id, self.org_id)

    def end_unseen(self, row: ErpRow) -> None:
        """End a cancelled row that no job of ours belongs to: first it, then Redis."""
        self._rows.end(row.job_id, self.org_id, "cancelled")
        about = About(semester=row.semester, academic_year=row.academic_year)
        value = cancelled_unseen(row.job_id, about, datetime.now(UTC))
        self._keys.show(value, ended=True)

    def wishes_of(self, job_id: str, options: Mapping[str, Any]) -> TermWishes:
        """Return what a job wants of its term.

        The ERP's fallback call leaves the week out; its row has it.

        Raises
        ------
        InputError
            If the row's week is wrong.
        """
        wishes = TermWishes.of(options)
        if wishes.week is not None:
            return wishes
        row = self._rows.find(job_id, self.org_id)
        stored = None if row is None else row.request.get("time_config")
        return TermWishes(semester_type=wishes.semester_type, week=week_of(stored))

    def _draft(self, start: ReferenceStart, request: Mapping[str, Any]) -> JobDraft:
        seconds = self._settings.time_limit_seconds
        return draft_of(start, self.tenant, seconds, priority_of(request))

    def _is_cancelled(self, job_id: str, row: ErpRow | None) -> bool:
        if row is not None and row.status in ("cancelling", "cancelled"):
            return True
        return bool(self._keys.cancel_flags([job_id]))

    def _require_own(self, name: str) -> None:
        """The ERP names its organization by name, which need not be unique."""
        org = self._catalogue.organization(self.tenant)
        names = (org.org_name, org.org_code, f"{org.org_code} - {org.org_name}")
        if name not in names and name.lower() != str(org.org_id):
            raise OtherOrganization

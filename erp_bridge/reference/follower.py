"""Lets the ERP's row and keys follow a job: the row is committed first, then Redis.

Whatever goes wrong is logged and mended by the next sweep; our own job never fails by
it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from erp_bridge.catalogue import Catalogue
from erp_bridge.database import Database
from erp_bridge.exceptions import BridgeError
from erp_bridge.publications import PublicationRepository
from erp_bridge.records import JobRecord, JobStatus
from erp_bridge.results import load_variants
from erp_bridge.rows import RECORD, record_of
from erp_bridge.tables import GenerationJob
from solvers.exceptions import InputError

from .live_keys import ReferenceKeys
from .rows import ErpRow, RowStore
from .shapes import About, progress_of_message, progress_of_record
from .term_keys import TermKeys
from .timetable_data import result_view, timetable_data

__all__ = ["ReferenceFollower", "tolerating"]

_ABOUTS = 1024

logger = logging.getLogger(__name__)


@contextmanager
def tolerating(action: str, job_id: str = "") -> Iterator[None]:
    """Log what fails in the ERP's tables or keys, and go on."""
    try:
        yield
    except (BridgeError, InputError, SQLAlchemyError) as error:
        extra = {"action": action, "job_id": job_id}
        logger.warning("The ERP does not follow: %s", error, extra=extra)


class ReferenceFollower:
    """See ``erp_bridge.following``; jobs of other tenants are passed over.

    Parameters
    ----------
    database, catalogue
        PostgreSQL, and the ERP's tables in it.
    rows, keys
        What is written.
    tenant
        Tenant that is the ERP's organization.
    """

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        rows: RowStore,
        keys: ReferenceKeys,
        tenant: str,
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._rows = rows
        self._keys = keys
        self._tenant = tenant
        self._publications = PublicationRepository(database)
        self._about = lru_cache(_ABOUTS)(self._find_about)

    def progressed(
        self, job_id: str, status: JobStatus, percent: int, message: Mapping[str, Any]
    ) -> None:
        """Show a message under ``progress:job:``."""
        with tolerating("erp_progress", job_id):
            about = self._about(job_id)
            if about is not None:
                now = datetime.now(UTC)
                value = progress_of_message(message, percent, about, now)
                self._keys.show(value, ended=False)

    def changed(self, job: JobRecord) -> None:
        """Bring row and keys to the state of a job; may be repeated."""
        if job.tenant != self._tenant:
            return
        with tolerating("erp_follow", job.job_id):
            status = self._settle(job) if job.status.ended else job.status
            if status is not None:
                value = progress_of_record(job, datetime.now(UTC), status)
                self._keys.show(value, ended=status.ended)

    def _settle(self, job: JobRecord) -> JobStatus | None:
        """End the row; returns the end that the ERP is shown, None if it has none."""
        org_id = self._catalogue.organization(self._tenant).org_id
        row = self._rows.find(job.job_id, org_id)
        if row is None:
            return job.status
        if job.status is JobStatus.FAILED:
            return self._end_row(job, row, org_id, JobStatus.FAILED)
        if job.status is JobStatus.CANCELLED or row.status.startswith("cancel"):
            return self._end_row(job, row, org_id, JobStatus.CANCELLED)
        return self._complete_row(job, row, org_id)

    def _end_row(
        self, job: JobRecord, row: ErpRow, org_id: uuid.UUID, status: JobStatus
    ) -> JobStatus | None:
        if row.status.startswith("cancel"):
            status = JobStatus.CANCELLED
        words = _words(job) if status is JobStatus.FAILED else ""
        ended = self._rows.end(job.job_id, org_id, str(status), words)
        return status if ended or row.status not in ("running", "cancelling") else None

    def _complete_row(
        self, job: JobRecord, row: ErpRow, org_id: uuid.UUID
    ) -> JobStatus | None:
        if row.status in ("completed", "approved", "rejected"):
            return job.status
        data = self._compose(job, org_id)
        if not self._rows.complete(job.job_id, org_id, data, job.completed_at):
            return None
        view = result_view(job.job_id, str(org_id), job.scope.semester, data)
        self._keys.show_result(job.job_id, view)
        return job.status

    def _compose(self, job: JobRecord, org_id: uuid.UUID) -> dict[str, Any]:
        query = select(GenerationJob.input).where(
            GenerationJob.job_id == uuid.UUID(job.job_id)
        )
        with self._database.unit_of_work() as session:
            document = session.execute(query).scalar_one() or b""
            views = load_variants(session, job.job_id, job.tenant, entries=False)
        variants = [
            (view, self._publications.entries(view["variant_id"], job.tenant))
            for view in views
        ]
        return timetable_data(
            job.job_id,
            variants,
            TermKeys.of(bytes(document)),
            self._rows.facts(org_id),
            job.completed_at or datetime.now(UTC),
        )

    def _find_about(self, job_id: str) -> About | None:
        """What stays the same of a job of the tenant, None of another's."""
        query = select(*RECORD).where(GenerationJob.job_id == uuid.UUID(job_id))
        with self._database.unit_of_work() as session:
            row = session.execute(query).one_or_none()
        if row is None or row.tenant != self._tenant:
            return None
        return About.of(record_of(row))


def _words(job: JobRecord) -> str:
    """Why a job failed: the message, and the errors behind it."""
    errors = [i["detail"] for i in job.issues if i.get("severity") != "warning"]
    return " ".join([job.error_message or "The generation failed.", *errors])

"""Showing in Redis what PostgreSQL has: after every commit, and after Redis lost it."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .database import Database
from .exceptions import StoreUnavailable
from .following import Follower, NobodyFollows
from .live import LiveStore
from .records import JobRecord, JobStatus
from .results import load_variants, num_entries
from .rows import RECORD, record_of
from .tables import GenerationJob

__all__ = ["MAX_RESULT_BYTES", "Mirror", "result_text"]

MAX_RESULT_BYTES = 4 * 2**20
_FEWEST_ENTRY_BYTES = 400

_NOBODY = NobodyFollows()

logger = logging.getLogger(__name__)


class Mirror:
    """Shows rows in Redis; harmless to repeat.

    Parameters
    ----------
    database, live
        PostgreSQL and Redis.
    follower
        Told of every state.
    """

    def __init__(
        self, database: Database, live: LiveStore, follower: Follower = _NOBODY
    ) -> None:
        self._database = database
        self._live = live
        self._follower = follower

    def refresh(self, job_id: str) -> None:
        """Show a job; if Redis is away, it is shown when somebody looks for it."""
        try:
            self.show(job_id)
        except StoreUnavailable as error:
            extra = {"action": "mirror", "job_id": job_id}
            logger.warning("Redis does not show a job: %s", error, extra=extra)

    def sequence_shown(self, job_id: str) -> int:
        """Newest sequence in Redis, 0 if there is none or Redis is away.

        It is ahead of the row's if PostgreSQL was away while messages were shown.
        """
        try:
            newest = self._live.latest(job_id)
        except StoreUnavailable:
            return 0
        return 0 if newest is None else int(newest["sequence"])

    def show(self, job_id: str) -> None:
        """Show a job, its newest message and its result; nothing if there is no job.

        Raises
        ------
        StoreUnavailable
            If PostgreSQL or Redis does not answer.
        """
        with self._database.unit_of_work() as session:
            query = select(*RECORD).where(GenerationJob.job_id == uuid.UUID(job_id))
            row = session.execute(query).one_or_none()
            if row is None:
                return
            job = record_of(row)
            result = _result(session, job)
        if result is not None:
            self._live.show_result(job.job_id, result)
        self._live.show(job.job_id, job.status, job.progress, job.last_progress)
        self._follower.changed(job)


def _result(session: Session, job: JobRecord) -> str | None:
    if job.status.shown != JobStatus.COMPLETED:
        return None
    least = num_entries(session, job.job_id) * _FEWEST_ENTRY_BYTES
    if least <= MAX_RESULT_BYTES:
        text = result_text(
            job, load_variants(session, job.job_id, job.tenant, entries=True)
        )
        if len(text) <= MAX_RESULT_BYTES:
            return text
    return result_text(
        job, load_variants(session, job.job_id, job.tenant, entries=False)
    )


def result_text(job: JobRecord, variants: Sequence[Mapping[str, Any]]) -> str:
    """Compose the JSON under ``generation_result:{job_id}``."""
    ended = job.completed_at
    result = {
        "job_id": job.job_id,
        "status": str(job.status),
        "completed_at": None if ended is None else ended.isoformat(),
        "variants": list(variants),
        "manifest": job.manifest,
        "links": {"result": f"/api/result/{job.job_id}"},
    }
    return json.dumps(result, separators=(",", ":"))

"""Where the one writer of a job's progress writes: the row, then Redis."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from .database import Database
from .exceptions import StoreUnavailable
from .following import Follower, NobodyFollows
from .live import LiveStore
from .mirror import Mirror
from .records import HELD, SETTLED, JobStatus
from .tables import GenerationJob

__all__ = ["ProgressWriter"]

_NOBODY = NobodyFollows()

logger = logging.getLogger(__name__)


class ProgressWriter:
    """Shows progress messages; the percentage never goes back, whoever writes.

    Parameters
    ----------
    database, live, mirror
        PostgreSQL, Redis, and what shows the one in the other.
    follower
        Told of every message that is shown.
    """

    def __init__(
        self,
        database: Database,
        live: LiveStore,
        mirror: Mirror,
        follower: Follower = _NOBODY,
    ) -> None:
        self._database = database
        self._follower = follower
        self._live = live
        self._mirror = mirror

    def publish(self, progress: Mapping[str, Any]) -> None:
        """Show one message; one that was shown changes nothing.

        An end is shown only when the row has it. While PostgreSQL is away Redis alone
        is written.

        Raises
        ------
        StoreUnavailable
            If Redis does not answer, or PostgreSQL when asked for an end.
        """
        job_id = str(progress["job_id"])
        if progress["status"] in SETTLED:
            self._publish_end(job_id, str(progress["status"]))
            return
        percent = self._keep(job_id, progress)
        if percent is not None:
            status = JobStatus(progress["status"])
            if self._live.show(job_id, status, percent, progress):
                self._follower.progressed(job_id, status, percent, progress)

    def _publish_end(self, job_id: str, claimed: str) -> None:
        status = self._status(job_id)
        if status is not None and status.ended:
            self._mirror.show(job_id)
            return
        extra = {"action": "publish", "job_id": job_id}
        logger.error("The row knows no end %s; not shown.", claimed, extra=extra)

    def _status(self, job_id: str) -> JobStatus | None:
        query = select(GenerationJob.status).where(
            GenerationJob.job_id == uuid.UUID(job_id)
        )
        with self._database.unit_of_work() as session:
            found = session.execute(query).scalar_one_or_none()
        return None if found is None else JobStatus(found)

    def _keep(self, job_id: str, progress: Mapping[str, Any]) -> int | None:
        """Write the row; returns what percentage may be shown, None for none."""
        try:
            return self._update(job_id, progress)
        except StoreUnavailable as error:
            extra = {"action": "keep_progress", "job_id": job_id}
            logger.warning("The row does not follow: %s", error, extra=extra)
            return int(progress["progress"])

    def _update(self, job_id: str, progress: Mapping[str, Any]) -> int | None:
        row = GenerationJob
        sequence = int(progress["sequence"])
        percent = func.greatest(row.progress, int(progress["progress"]))
        message = cast(literal(dict(progress), JSONB), JSONB).concat(
            func.jsonb_build_object("progress", percent)
        )
        is_newer = row.sequence < sequence
        statement = (
            update(row)
            .where(
                row.job_id == uuid.UUID(job_id),
                row.status.in_(HELD),
            )
            .values(
                progress=percent,
                sequence=func.greatest(row.sequence, sequence),
                last_progress=case((is_newer, message), else_=row.last_progress),
                updated_at=func.now(),
            )
            .returning(row.progress)
        )
        with self._database.unit_of_work() as session:
            return session.execute(statement).scalar_one_or_none()

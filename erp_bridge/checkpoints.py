"""What a lost attempt at a job leaves to the next one."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from .database import Database
from .records import HELD, OPEN
from .tables import Checkpoint, GenerationJob

__all__ = ["CheckpointRepository", "forget_checkpoint"]


class CheckpointRepository:
    """The newest checkpoint of every job that has not ended.

    Parameters
    ----------
    database
        PostgreSQL.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, job_id: str, token: int, content: bytes) -> bool:
        """Keep a checkpoint in place of the last one; False if fenced."""
        key = uuid.UUID(job_id)
        held = select(GenerationJob.job_id).where(
            GenerationJob.job_id == key,
            GenerationJob.fencing_token == token,
            GenerationJob.status.in_(HELD),
        )
        values = {"fencing_token": token, "content": content, "saved_at": func.now()}
        keep = insert(Checkpoint).values(job_id=key, **values)
        with self._database.unit_of_work() as session:
            # The lock keeps another claim away until the checkpoint stands.
            if session.scalar(held.with_for_update()) is None:
                return False
            session.execute(
                keep.on_conflict_do_update(
                    index_elements=[Checkpoint.job_id], set_=values
                )
            )
        return True

    def load(self, job_id: str) -> bytes | None:
        """Return the newest checkpoint of a job that has not ended, None without."""
        query = (
            select(Checkpoint.content)
            .join(GenerationJob, GenerationJob.job_id == Checkpoint.job_id)
            .where(Checkpoint.job_id == uuid.UUID(job_id))
            .where(GenerationJob.status.in_(OPEN))
        )
        with self._database.unit_of_work() as session:
            return session.execute(query).scalar_one_or_none()


def forget_checkpoint(session: Session, job_id: uuid.UUID) -> None:
    """Remove the checkpoint of a job that ends in this transaction."""
    session.execute(delete(Checkpoint).where(Checkpoint.job_id == job_id))

"""Who else is told how jobs go: an ERP with rows and keys of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .records import JobRecord, JobStatus

__all__ = ["Follower", "NobodyFollows"]


class Follower(Protocol):
    """Told after our own tables and keys; it never fails our jobs."""

    def progressed(
        self, job_id: str, status: JobStatus, percent: int, message: Mapping[str, Any]
    ) -> None:
        """A running job has told how far it is."""

    def changed(self, job: JobRecord) -> None:
        """A job is in this state; may be told again."""


class NobodyFollows:
    """There is no such ERP."""

    def progressed(
        self, job_id: str, status: JobStatus, percent: int, message: Mapping[str, Any]
    ) -> None:
        """Tell nobody."""

    def changed(self, job: JobRecord) -> None:
        """Tell nobody."""

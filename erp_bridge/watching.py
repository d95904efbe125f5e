"""A job's progress as those who watch it see it: it never goes back.

PostgreSQL decides, Redis is fresher. The face and the Python client follow jobs by the
same rules, the one with an event loop, the other with a thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from .records import JobStatus

__all__ = ["SILENCE_SECONDS", "Monotone", "Watched", "is_last", "newest_of", "view_of"]

SILENCE_SECONDS = 0.7
"""Without a message for so long, the state is looked up."""

_SETTLED = ("completed", "failed", "cancelled")
_ENDS = frozenset(status.value for status in JobStatus if status.ended)


class Status(Protocol):
    """State of a job: ``erp_bridge.records.JobStatus`` by shape."""

    @property
    def value(self) -> str:
        """The state's name."""

    @property
    def ended(self) -> bool:
        """Whether the search is over for good."""

    @property
    def has_result(self) -> bool:
        """Whether variants are stored."""


class Watched(Protocol):
    """A stored job: ``erp_bridge.records.JobRecord`` by shape."""

    @property
    def job_id(self) -> str:
        """Which job."""

    @property
    def status(self) -> Status:
        """Its state."""

    @property
    def progress(self) -> int:
        """Percentage, 0 to 100."""

    @property
    def error_message(self) -> str:
        """Why it failed, empty if it did not."""

    @property
    def updated_at(self) -> datetime:
        """Time of the last change."""

    @property
    def last_progress(self) -> Mapping[str, Any] | None:
        """Newest message that PostgreSQL has."""


def is_last(message: Mapping[str, Any]) -> bool:
    """Whether a message tells of the job's end."""
    return message["status"] in _ENDS


def view_of(job: Watched, newest: Mapping[str, Any] | None) -> dict[str, Any]:
    """Compose what is shown of a job: PostgreSQL decides, Redis is fresher.

    Parameters
    ----------
    job
        The stored job.
    newest
        Newest message of Redis, None if it has none.
    """
    stored = job.last_progress or {}
    shown = newest or {}
    if stored.get("sequence", -1) > shown.get("sequence", -1):
        shown = stored
    view = {**_blank(job), **shown, "job_id": job.job_id}
    if job.status.ended:
        view |= {"status": job.status.value, "eta_seconds": 0.0}
        view["progress"] = 100 if job.status.has_result else view["progress"]
        view["message"] = job.error_message or view["message"]
    elif view["status"] in _SETTLED:
        view |= {"status": job.status.value, "progress": min(view["progress"], 99)}
    return view


class Restoring(Protocol):
    """Jobs: ``erp_bridge.jobs.JobRepository`` by shape."""

    def restore(self, job_id: str) -> None:
        """Show a job in Redis again if Redis has lost it."""


class Latest(Protocol):
    """Redis: ``erp_bridge.live.LiveStore`` by shape."""

    def latest(self, job_id: str) -> Mapping[str, Any] | None:
        """Return the newest message, None if Redis has none."""


def newest_of(jobs: Restoring, live: Latest, job_id: str) -> Mapping[str, Any] | None:
    """Return the newest message of Redis, which is shown a job that it has lost.

    Raises
    ------
    StoreUnavailable
        If Redis does not answer.
    """
    newest = live.latest(job_id)
    if newest is None:
        jobs.restore(job_id)
    return newest


def _blank(job: Watched) -> dict[str, Any]:
    status = job.status.value
    return {
        "status": status,
        "progress": job.progress,
        "stage": status,
        "variant": None,
        "sequence": 0,
        "incumbent": None,
        "eta_seconds": None,
        "elapsed_seconds": None,
        "message": "Waiting for a free worker." if status == "queued" else "",
        "variants": [],
        "updated_at": job.updated_at.astimezone(UTC).isoformat(),
    }


class Monotone:
    """Lets percentages and sequence numbers only rise.

    Parameters
    ----------
    sequence
        Sequence that the watcher has seen, -1 for none.
    """

    def __init__(self, sequence: int = -1) -> None:
        self.sequence = sequence
        self._percent = 0

    def __call__(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the message with numbers not below those before."""
        self.sequence = max(self.sequence, message["sequence"])
        self._percent = max(self._percent, message["progress"])
        return {**message, "sequence": self.sequence, "progress": self._percent}

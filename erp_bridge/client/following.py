"""Following one job in the caller's thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from erp_bridge.exceptions import (
    BridgeClosed,
    StoreUnavailable,
    UnknownJob,
    WaitTimeout,
)
from erp_bridge.records import JobRecord
from erp_bridge.watching import SILENCE_SECONDS, Monotone, newest_of, view_of

from .progress import Progress

__all__ = ["Follower", "JobsSeen", "LiveSeen"]

POLL_SECONDS = 0.2


class JobsSeen(Protocol):
    """Jobs: ``erp_bridge.jobs.JobRepository`` by shape."""

    def get(self, job_id: str, tenant: str) -> JobRecord | None:
        """Return a job, None if there is none."""

    def restore(self, job_id: str) -> None:
        """Show a job in Redis again if Redis has lost it."""


class LiveSeen(Protocol):
    """Messages: ``erp_bridge.live.LiveStore`` by shape."""

    def latest(self, job_id: str) -> Mapping[str, Any] | None:
        """Return the newest message, None if Redis has none."""

    def read(self, job_id: str, after: int) -> list[dict[str, Any]]:
        """Return messages with a higher sequence; does not wait."""


class Follower:
    """Reads how jobs go: from Redis as it is told, from PostgreSQL when it is silent.

    It holds no connection while it waits, so that many threads may follow jobs over a
    small pool.

    Parameters
    ----------
    jobs, live
        Storage.
    tenant
        Whose jobs.
    closed
        Set when the bridge is closed; whoever follows a job then is told.
    """

    def __init__(
        self,
        jobs: JobsSeen,
        live: LiveSeen,
        tenant: str,
        closed: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._live = live
        self._tenant = tenant
        self._closed = closed
        self._clock = clock

    def view(self, job_id: str) -> dict[str, Any]:
        """Return the present state as a progress message.

        Raises
        ------
        UnknownJob
            If there is no such job.
        StoreUnavailable
            If PostgreSQL does not answer; Redis need not.
        """
        job = self._jobs.get(job_id, self._tenant)
        if job is None:
            raise UnknownJob
        try:
            newest = newest_of(self._jobs, self._live, job_id)
        except StoreUnavailable:
            newest = None
        return view_of(job, newest)

    def follow(
        self,
        job_id: str,
        begin: Mapping[str, Any] | None,
        after: int,
        timeout: float | None,
    ) -> Iterator[Progress]:
        """Yield what changes until the job's end.

        Parameters
        ----------
        job_id
            The job.
        begin
            Present state that is yielded first, None for nothing.
        after
            Sequence that the caller has seen, -1 for none.
        timeout
            Longest time to the end in seconds, None for any.
        """
        deadline = None if timeout is None else self._clock() + timeout
        monotone, told = Monotone(after), _Told()
        messages = [] if begin is None else [begin]
        looked = self._clock()
        while True:
            is_quiet = True
            for message in messages:
                progress = Progress.of(monotone(message))
                if told.is_news(progress):
                    is_quiet = False
                    yield progress
                if progress.is_last:
                    return
            self._pause(POLL_SECONDS if is_quiet else 0.0, deadline)
            messages, answered = self._published(job_id, monotone.sequence)
            if messages:
                looked = self._clock()
            elif self._clock() - looked >= SILENCE_SECONDS:
                messages = self._looked_up(job_id, answered)
                looked = self._clock()

    def _pause(self, seconds: float, deadline: float | None) -> None:
        if deadline is not None and self._clock() >= deadline:
            raise WaitTimeout
        if self._closed.wait(seconds):
            raise BridgeClosed

    def _published(self, job_id: str, after: int) -> tuple[list[Any], bool]:
        """Return new messages of Redis, and whether it answers."""
        try:
            return list(self._live.read(job_id, after)), True
        except StoreUnavailable:
            return [], False

    def _looked_up(self, job_id: str, redis_answers: bool) -> list[Any]:
        """Look up the state; while Redis answers, PostgreSQL may be away."""
        try:
            return [self.view(job_id)]
        except StoreUnavailable:
            if redis_answers:
                return []
            raise


class _Told:
    """What the caller has heard last."""

    def __init__(self) -> None:
        self._last: tuple[Any, ...] | None = None

    def is_news(self, progress: Progress) -> bool:
        """Whether the record differs from the last one."""
        facts = (
            progress.sequence,
            progress.status,
            progress.percent,
            progress.message,
        )
        is_news = facts != self._last
        self._last = facts
        return is_news

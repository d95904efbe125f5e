"""The dispatcher's loop: claim queued jobs, keep a bounded number running.

A plain class without Ray. The store is the only truth: what a dispatcher knows may be
lost at any moment, and another one claims its jobs when their leases have run out.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Protocol

from .messages import Ending
from .params import ClusterParams
from .ports import ClaimedJob, JobStore, Stores, StoresFactory
from .state import DispatcherState

__all__ = ["Crew", "Dispatcher", "JobEnd"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobEnd:
    """A supervisor has ended; ``ending`` None says that it was lost with its job."""

    job: ClaimedJob
    ending: Ending | None
    reason: str = ""


class Crew(Protocol):
    """Supervisors and warm variants."""

    @property
    def is_ready(self) -> bool:
        """Whether a job could be started now."""

    @property
    def num_idle_variants(self) -> int:
        """Warm variants that wait for work."""

    def tend(self) -> list[JobEnd]:
        """Replace what was lost; returns the jobs that ended since. Does not wait."""

    def start(self, job: ClaimedJob) -> None:
        """Start a supervisor on a claimed job."""

    def close(self) -> None:
        """Let supervisors abandon their jobs, then end every process."""


class Dispatcher:
    """Claims jobs and hands them to supervisors until stopped.

    Parameters
    ----------
    factory
        Opens the stores; tried again while they are away.
    crew
        Who does the work.
    params
        Parameters of the cluster.
    worker
        Name under which jobs are claimed.
    """

    def __init__(
        self, factory: StoresFactory, crew: Crew, params: ClusterParams, worker: str
    ) -> None:
        self._factory = factory
        self._crew = crew
        self._params = params
        self._worker = worker
        self._stores: Stores | None = None
        self._stopped = threading.Event()
        self._running: dict[str, ClaimedJob] = {}
        self._jobs_ended = 0
        self._failures = 0
        self._last_error = ""

    def run(self) -> None:
        """Work until :meth:`stop`; then give running jobs back."""
        while not self._stopped.is_set():
            self._stopped.wait(self._turn())
        self._crew.close()
        for job in list(self._running.values()):
            self._give_back(job)

    def stop(self) -> None:
        """End soon; called from another thread."""
        self._stopped.set()

    def state(self) -> DispatcherState:
        """Say how it goes; called from another thread."""
        return DispatcherState(
            status=self._status(),
            worker=self._worker,
            running=tuple(self._running),
            idle_variants=self._crew.num_idle_variants,
            jobs_ended=self._jobs_ended,
            last_error=self._last_error,
        )

    def _status(self) -> str:
        if self._stopped.is_set():
            return "stopping"
        if self._failures:
            return "retrying"
        return "ready" if self._crew.is_ready or self._running else "warming"

    def _turn(self) -> float:
        """Do what there is to do; returns seconds until the next turn."""
        try:
            self._reap()
            self._jobs().tend()
            worked = self._claim()
        except Exception as error:
            return self._note(error)
        self._failures = 0
        return 0.0 if worked else self._params.poll_seconds

    def _note(self, error: Exception) -> float:
        self._last_error = f"{type(error).__name__}: {error}"
        log.warning("Dispatching waits: %r", error, extra={"action": "dispatch_retry"})
        pause = self._params.backoff_seconds * 2.0 ** min(self._failures, 10)
        self._failures += 1
        return min(pause, self._params.max_backoff_seconds)

    def _reap(self) -> None:
        for end in self._crew.tend():
            self._running.pop(str(end.job.job_id), None)
            self._jobs_ended += 1
            if end.reason:
                self._last_error = end.reason
            if end.ending is None:
                self._give_back(end.job)

    def _claim(self) -> bool:
        if len(self._running) >= self._params.max_concurrent_jobs:
            return False
        jobs = self._jobs()
        if not self._crew.is_ready:
            return False
        job = jobs.claim(self._worker, self._params.lease_seconds)
        if job is None:
            return False
        self._begin(job)
        return True

    def _begin(self, job: ClaimedJob) -> None:
        if job.attempt > self._params.max_attempts:
            message = f"Given up after {job.attempt - 1} attempts that were lost."
            self._jobs().fail(job.job_id, job.fencing_token, message, ())
            return
        try:
            self._crew.start(job)
        except Exception:
            self._give_back(job)
            raise
        self._running[str(job.job_id)] = job
        extra = {"action": "job_claimed", "job_id": str(job.job_id)}
        log.info("Claimed, attempt %d.", job.attempt, extra=extra)

    def _give_back(self, job: ClaimedJob) -> None:
        """End the lease at once, so that nobody need wait for it to run out."""
        try:
            self._jobs().heartbeat(job.job_id, job.fencing_token, 0.0)
        except Exception as error:
            log.warning("Not given back: %r", error, extra={"action": "give_back"})

    def _jobs(self) -> JobStore:
        if self._stores is None:
            self._stores = self._factory()
        return self._stores.jobs

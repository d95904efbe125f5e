"""Keeping a job's lease alive and hearing what people ask of the job."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic

from .messages import Event, LeaseLost, StopAsked
from .params import ClusterParams
from .ports import ClaimedJob, JobStore

__all__ = ["LeaseKeeper"]

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5


class LeaseKeeper:
    """A thread that renews the lease and looks for a requested stop.

    An outage of the store is waited out: fencing decides who was right afterwards.

    Parameters
    ----------
    job
        The claim.
    jobs
        The store.
    params
        Parameters of the cluster.
    tell
        Takes what was noticed; called from the thread.
    """

    def __init__(
        self,
        job: ClaimedJob,
        jobs: JobStore,
        params: ClusterParams,
        tell: Callable[[Event], None],
    ) -> None:
        self._job = job
        self._jobs = jobs
        self._params = params
        self._tell = tell
        self._next_beat = 0.0
        self._asked: str | None = None
        self._stopped = threading.Event()
        self._beating = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; the lease is left to run out, and not renewed after this."""
        with self._beating:
            self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._beat_when_due()
                self._look()
            except Exception as error:
                extra = {"action": "keep_lease", "job_id": str(self._job.job_id)}
                log.warning("The store does not answer: %r", error, extra=extra)
            self._stopped.wait(LOOK_SECONDS)

    def _beat_when_due(self) -> None:
        if monotonic() < self._next_beat:
            return
        with self._beating:
            if self._stopped.is_set():
                return
            held = self._jobs.heartbeat(
                self._job.job_id, self._job.fencing_token, self._params.lease_seconds
            )
        self._next_beat = monotonic() + self._params.heartbeat_seconds
        if not held:
            self._tell(LeaseLost())

    def _look(self) -> None:
        asked = self._jobs.requested_stop(self._job.job_id)
        if asked is not None and asked != self._asked:
            self._asked = asked
            self._tell(StopAsked(asked))

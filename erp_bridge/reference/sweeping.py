"""Looking after the ERP's rows: starts that were lost, stops, ends not written yet."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta

from erp_bridge.exceptions import JobExists, OtherOrganization
from erp_bridge.jobs import JobRepository
from erp_bridge.live import LiveStore
from erp_bridge.records import JobRecord, JobStatus
from erp_bridge.settings import ReferenceSettings
from solvers.exceptions import InputError

from .erp import ReferenceErp
from .follower import ReferenceFollower, tolerating
from .live_keys import ReferenceKeys
from .rows import ErpRow, RowStore

__all__ = ["Sweeper"]

_FOR_GOOD = (JobExists, OtherOrganization)
"""Refusals that no later try changes; a server that is away is tried again."""

logger = logging.getLogger(__name__)


class Sweeper:
    """Brings rows, keys and our jobs together again; any number may do it at once.

    Parameters
    ----------
    erp, follower
        What starts jobs, and what ends rows.
    jobs, live, rows, keys
        Our jobs and keys, the ERP's rows and keys.
    settings
        How often, and which rows.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        erp: ReferenceErp,
        follower: ReferenceFollower,
        jobs: JobRepository,
        live: LiveStore,
        rows: RowStore,
        keys: ReferenceKeys,
        settings: ReferenceSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._erp = erp
        self._follower = follower
        self._jobs = jobs
        self._live = live
        self._rows = rows
        self._keys = keys
        self._settings = settings
        self._clock = clock
        self._next_sweep = self._next_scan = float("-inf")
        self._refused: set[str] = set()

    def tend(self) -> None:
        """Sweep if it is time; called often."""
        now = self._clock()
        if now >= self._next_sweep:
            self._next_sweep = now + self._settings.sweep_seconds
            with tolerating("erp_sweep"):
                self.sweep()
        if now >= self._next_scan:
            self._next_scan = now + self._settings.scan_seconds
            with tolerating("erp_scan"):
                self.scan()

    def sweep(self) -> None:
        """Look at every row that waits for an end."""
        found = self._rows.unfinished(
            self._erp.org_id,
            timedelta(seconds=self._settings.max_age_seconds),
            timedelta(seconds=self._settings.grace_seconds),
        )
        flagged = self._keys.cancel_flags(row.job_id for row in found)
        jobs = self._jobs.get_many((row.job_id for row in found), self._erp.tenant)
        for row in found:
            stop = row.status == "cancelling" or row.job_id in flagged
            with tolerating("erp_sweep", row.job_id):
                self._mend(row, jobs.get(row.job_id), stop=stop)

    def scan(self) -> None:
        """Start the jobs of queue entries that an ERP has written."""
        for job_id in self._unknown(self._keys.queued()):
            with tolerating("erp_scan", job_id):
                self._start_entry(job_id)

    def _mend(self, row: ErpRow, job: JobRecord | None, *, stop: bool) -> None:
        if job is None and stop:
            self._erp.end_unseen(row)
        elif job is None:
            self._adopt(row)
        elif job.status.ended:
            self._follower.changed(job)
        elif stop and job.status is not JobStatus.CANCELLING:
            self._jobs.request_stop(job.job_id, job.tenant, "cancel")
        elif not self._keys.is_shown(job.job_id):
            self._follower.changed(job)

    def _adopt(self, row: ErpRow) -> None:
        if row.job_id in self._refused:
            return
        extra = {"action": "erp_adopt", "job_id": row.job_id}
        try:
            self._erp.adopt(row)
        except InputError as error:
            details = " ".join(issue.detail for issue in error.issues)
            self._rows.end(row.job_id, self._erp.org_id, "failed", details)
            logger.warning("A lost start is wrong: %s", error, extra=extra)
        except _FOR_GOOD:
            self._refused.add(row.job_id)
            raise
        else:
            logger.info("A lost start was taken up.", extra=extra)

    def _unknown(self, job_ids: Iterable[str]) -> list[str]:
        """Ids that are UUIDs, were not refused before, and name no job of ours."""
        named = [
            job_id
            for job_id in job_ids
            if job_id not in self._refused and _is_uuid(job_id)
        ]
        known = self._jobs.get_many(named, self._erp.tenant)
        return [job_id for job_id in named if str(uuid.UUID(job_id)) not in known]

    def _start_entry(self, job_id: str) -> None:
        try:
            entry = self._live.announced(job_id)
            # Our own entries say what the input is; their jobs are being stored.
            if entry is None or "source" in entry:
                return
            self._erp.start_known(job_id)
        except (InputError, *_FOR_GOOD):
            self._refused.add(job_id)
            raise


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False

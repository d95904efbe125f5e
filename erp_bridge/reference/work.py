"""The queue of workers where the reference ERP is served."""

from __future__ import annotations

from erp_bridge.database import Database
from erp_bridge.inputs import InputStore
from erp_bridge.jobs import JobRepository
from erp_bridge.mirror import Mirror
from erp_bridge.records import StopKind
from erp_bridge.work import WorkQueue

from .follower import tolerating
from .live_keys import ReferenceKeys
from .sweeping import Sweeper

__all__ = ["ReferenceWork"]


class ReferenceWork(WorkQueue):
    """Sweeps the ERP's rows between claims, and heeds its flag in Redis.

    Parameters
    ----------
    database, mirror, inputs
        As of any queue.
    jobs, keys, sweeper
        Our jobs, the ERP's keys, and what looks after its rows.
    tenant
        Tenant that is the ERP's organization.
    """

    def __init__(
        self,
        database: Database,
        mirror: Mirror,
        inputs: InputStore,
        jobs: JobRepository,
        keys: ReferenceKeys,
        sweeper: Sweeper,
        tenant: str,
    ) -> None:
        super().__init__(database, mirror, inputs)
        self._jobs = jobs
        self._keys = keys
        self._sweeper = sweeper
        self._tenant = tenant

    def tend(self) -> None:
        """Sweep if it is time."""
        self._sweeper.tend()

    def requested_stop(self, job_id: str) -> StopKind | None:
        """Return what a person asked of the job, here or in the ERP."""
        asked = super().requested_stop(job_id)
        if asked != "cancel":
            with tolerating("erp_cancel", job_id):
                if self._keys.cancel_flags([job_id]) and self._jobs.request_stop(
                    job_id, self._tenant, "cancel"
                ):
                    return "cancel"
        return asked

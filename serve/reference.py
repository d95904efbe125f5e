"""The use cases of the reference ERP: started, cancelled, its variants read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .exceptions import Forbidden, NotFound
from .ports import Enqueued, ErpCalls, Job
from .security import Principal, Role

if TYPE_CHECKING:
    from .services import JobService

__all__ = ["MAX_CALL_BYTES", "ReferenceService", "reference_call"]

MAX_CALL_BYTES = 64 * 2**10
_ORGANIZATION = ("organization_id", "university_id")


def reference_call(body: bytes) -> dict[str, Any] | None:
    """Recognize the ERP's call by its members; None if it is something else."""
    if len(body) > MAX_CALL_BYTES:
        return None
    try:
        value = json.loads(body)
    except ValueError:
        return None
    if not isinstance(value, dict) or "job_id" not in value:
        return None
    return value if any(name in value for name in _ORGANIZATION) else None


class ReferenceService:
    """What the reference ERP may ask for.

    Parameters
    ----------
    erp
        Its rows, keys and catalogue.
    jobs
        All jobs.
    """

    def __init__(self, erp: ErpCalls, jobs: JobService) -> None:
        self._erp = erp
        self._jobs = jobs

    def covers(self, principal: Principal) -> bool:
        """Whether the ERP is that of the caller's institution."""
        return principal.tenant == self._erp.tenant

    def start(
        self, principal: Principal, call: Mapping[str, Any]
    ) -> tuple[str, Enqueued | None]:
        """Start a job; a repeated call finds the first one.

        Returns
        -------
        tuple
            Id of the job, and the job; None where the ERP has cancelled it meanwhile.

        Raises
        ------
        Forbidden, TooManyJobs, Conflict, Unavailable
            If it is not accepted now.
        InputError
            If the call is wrong, or its term is not there.
        """
        self._require_own(principal)
        start = self._erp.read(call)
        self._require_right(principal, start.scope.department_id)
        job_id = str(start.job_id)
        self._require_room(principal, job_id)
        return job_id, self._erp.start(start)

    def start_known(self, principal: Principal, job_id: str) -> Enqueued:
        """Start a job that the ERP has written as a row or a queue entry.

        Raises
        ------
        NotFound
            If it has written neither, or cancelled it.
        """
        self._require_own(principal)
        self._require_right(principal, None)
        name = self._jobs.canonical(job_id)
        self._require_room(principal, name)
        found = self._erp.start_known(name)
        if found is None:
            raise NotFound("No such job, and no queue entry or running row for it.")
        return found

    def cancel(self, principal: Principal, job_id: str) -> str:
        """Cancel a job, whether it was ever started here or not; returns its id.

        Raises
        ------
        NotFound
            If nobody knows it.
        """
        self._require_own(principal)
        name = self._jobs.canonical(job_id)
        if not self._erp.cancel(name):
            raise NotFound("There is no such job.")
        return name

    def variants(
        self, principal: Principal, job_id: str
    ) -> tuple[Job, Sequence[Mapping[str, Any]]]:
        """Return a job and its variants without entries; see ``JobService``.

        Their order is that of the ERP's row, as it names variants by their places.
        """
        self._require_own(principal)
        # The role sees nothing else of jobs; this one reading is its own.
        reader = replace(principal, role=Role.ADMIN)
        job, found = self._jobs.variants(reader, job_id, entries=False)
        order = {n: i for i, n in enumerate(self._erp.variant_order(job.job_id))}
        return job, sorted(found, key=lambda v: order.get(v["number"], v["number"]))

    def _require_own(self, principal: Principal) -> None:
        if not self.covers(principal):
            raise Forbidden("The ERP is that of another institution.")

    def _require_right(self, principal: Principal, department: str | None) -> None:
        if principal.role is not Role.ERP:
            principal.require_planner(department)

    def _require_room(self, principal: Principal, job_id: str) -> None:
        if not self._jobs.is_known(principal, job_id):
            self._jobs.require_room(principal)

"""The bridge's exceptions; each has a ``code`` for programs.

::

    BridgeError
    ├── StoreUnavailable      PostgreSQL or Redis does not answer; worth trying again
    ├── TablesMissing         the tables are not there, or of another version
    ├── JobExists             the job id is taken by another submission
    ├── IdempotencyKeyReused  the key was used with another submission
    ├── UnknownJob            there is no such job
    ├── JobUnfinished         the job has no result yet
    ├── JobWithoutResult      the job failed or was cancelled
    ├── JobEnded              the job is over and cannot be stopped
    ├── TooManyJobs           the tenant has too many unfinished jobs
    ├── CatalogueOccupied     the sample would stand among somebody's own data
    ├── UnknownWorkflow       there is no such workflow
    ├── WorkflowOpen          another variant of the job is under review
    ├── IllegalTransition     the workflow's state does not allow the action
    ├── StaleVersion          the workflow has changed since it was read
    ├── CommentsRequired      the action needs words
    ├── OwnSubmission         nobody approves what they submitted
    ├── OtherOrganization     the ERP asks for an organization of another tenant
    ├── TooManyKeys           two keys of the name are live already
    ├── UnknownMessage        there is no such message in the outbox
    ├── MessageOnItsWay       the message is pending or went out
    ├── WaitTimeout           the job did not end within the time that was given
    └── BridgeClosed          the bridge was used after its end

Wrong input is told by ``solvers.exceptions.InputError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .records import JobRecord

__all__ = [
    "BridgeClosed",
    "BridgeError",
    "CatalogueOccupied",
    "CommentsRequired",
    "IdempotencyKeyReused",
    "IllegalTransition",
    "JobEnded",
    "JobExists",
    "JobUnfinished",
    "JobWithoutResult",
    "MessageOnItsWay",
    "OtherOrganization",
    "OwnSubmission",
    "StaleVersion",
    "StoreUnavailable",
    "TablesMissing",
    "TooManyJobs",
    "TooManyKeys",
    "UnknownJob",
    "UnknownMessage",
    "UnknownWorkflow",
    "WaitTimeout",
    "WorkflowOpen",
]


class BridgeError(Exception):
    """The bridge to the databases failed."""

    code = "bridge_error"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__class__.__doc__)


class StoreUnavailable(BridgeError):
    """A database server does not answer."""

    code = "unavailable"


class TablesMissing(BridgeError):
    """The tables are not there; run `horarium migrate`."""

    code = "tables_missing"


class JobExists(BridgeError):
    """There is a job of this id already."""

    code = "job_exists"


class IdempotencyKeyReused(BridgeError):
    """The idempotency key was used with another submission."""

    code = "idempotency_key_reused"


class UnknownJob(BridgeError):
    """There is no such job."""

    code = "unknown_job"


class _JobState(BridgeError):
    """The job's state does not allow this.

    Attributes
    ----------
    job
        The job as it is; None where nobody has said.
    """

    def __init__(
        self, message: str | None = None, job: JobRecord | None = None
    ) -> None:
        super().__init__(message)
        self.job = job


class JobUnfinished(_JobState):
    """The job has no result yet."""

    code = "job_unfinished"


class JobWithoutResult(_JobState):
    """The job has ended without a result."""

    code = "job_without_result"


class JobEnded(_JobState):
    """The job has ended."""

    code = "job_ended"


class TooManyJobs(BridgeError):
    """The tenant has too many unfinished jobs."""

    code = "too_many_jobs"


class CatalogueOccupied(BridgeError):
    """The catalogue's tables hold another institution; no sample is put beside it."""

    code = "catalogue_occupied"


class UnknownWorkflow(BridgeError):
    """There is no such workflow."""

    code = "unknown_workflow"


class WorkflowOpen(BridgeError):
    """Another variant of the job is under review or approved."""

    code = "workflow_open"


class IllegalTransition(BridgeError):
    """The workflow's state does not allow this."""

    code = "illegal_transition"


class StaleVersion(BridgeError):
    """The workflow has changed since it was read."""

    code = "stale_version"


class CommentsRequired(BridgeError):
    """Comments are required, so that the decision is understood."""

    code = "comments_required"


class OwnSubmission(BridgeError):
    """Nobody approves what they submitted."""

    code = "own_submission"


class OtherOrganization(BridgeError):
    """The organization is not that of the tenant."""

    code = "other_organization"


class TooManyKeys(BridgeError):
    """Two keys of this name are live; revoke one first."""

    code = "too_many_keys"


class UnknownMessage(BridgeError):
    """There is no such message."""

    code = "unknown_message"


class MessageOnItsWay(BridgeError):
    """The message is pending or went out; only dead and skipped ones are sent again."""

    code = "message_on_its_way"


class WaitTimeout(BridgeError):
    """The job did not end in time; it goes on."""

    code = "wait_timeout"


class BridgeClosed(BridgeError):
    """The bridge is closed."""

    code = "bridge_closed"

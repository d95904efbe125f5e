"""The bridge's exceptions.

::

    BridgeError
    ├── StoreUnavailable      PostgreSQL or Redis does not answer; worth trying again
    ├── TablesMissing         the tables are not there, or of another version
    ├── JobExists             the job id is taken by another submission
    ├── IdempotencyKeyReused  the key was used with another submission
    ├── UnknownJob            there is no such job
    ├── CatalogueOccupied     the sample would stand among somebody's own data
    ├── UnknownWorkflow       there is no such workflow
    ├── WorkflowOpen          another variant of the job is under review
    ├── IllegalTransition     the workflow's state does not allow the action
    ├── StaleVersion          the workflow has changed since it was read
    ├── CommentsRequired      the action needs words
    ├── OwnSubmission         nobody approves what they submitted
    ├── OtherOrganization     the ERP asks for an organization of another tenant
    └── TooManyKeys           two keys of the name are live already

Wrong input is told by ``solvers.exceptions.InputError``.
"""

from __future__ import annotations

__all__ = [
    "BridgeError",
    "CatalogueOccupied",
    "CommentsRequired",
    "IdempotencyKeyReused",
    "IllegalTransition",
    "JobExists",
    "OtherOrganization",
    "OwnSubmission",
    "StaleVersion",
    "StoreUnavailable",
    "TablesMissing",
    "TooManyKeys",
    "UnknownJob",
    "UnknownWorkflow",
    "WorkflowOpen",
]


class BridgeError(Exception):
    """The bridge to the databases failed."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__class__.__doc__)


class StoreUnavailable(BridgeError):
    """A database server does not answer."""


class TablesMissing(BridgeError):
    """The tables are not there; run `horarium migrate`."""


class JobExists(BridgeError):
    """There is a job of this id already."""


class IdempotencyKeyReused(BridgeError):
    """The idempotency key was used with another submission."""


class UnknownJob(BridgeError):
    """There is no such job."""


class CatalogueOccupied(BridgeError):
    """The catalogue's tables hold another institution; no sample is put beside it."""


class UnknownWorkflow(BridgeError):
    """There is no such workflow."""


class WorkflowOpen(BridgeError):
    """Another variant of the job is under review or approved."""


class IllegalTransition(BridgeError):
    """The workflow's state does not allow this."""


class StaleVersion(BridgeError):
    """The workflow has changed since it was read."""


class CommentsRequired(BridgeError):
    """Comments are required, so that the decision is understood."""


class OwnSubmission(BridgeError):
    """Nobody approves what they submitted."""


class OtherOrganization(BridgeError):
    """The organization is not that of the tenant."""


class TooManyKeys(BridgeError):
    """Two keys of this name are live; revoke one first."""

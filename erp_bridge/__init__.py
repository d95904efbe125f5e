"""The bridge to an ERP's PostgreSQL and Redis: catalogue in, jobs and results out."""

from .catalogue import Catalogue, load_sample
from .exceptions import (
    BridgeError,
    CatalogueOccupied,
    CommentsRequired,
    IdempotencyKeyReused,
    IllegalTransition,
    JobExists,
    OtherOrganization,
    OwnSubmission,
    StaleVersion,
    StoreUnavailable,
    TablesMissing,
    TooManyKeys,
    UnknownJob,
    UnknownWorkflow,
    WorkflowOpen,
)
from .migrating import downgrade, migrate
from .records import ClaimedJob, Enqueued, JobDraft, JobRecord, JobStatus, Scope
from .settings import BridgeSettings, ReferenceSettings
from .stores import BridgeStores, WorkerStores
from .workflow import WorkflowAction, WorkflowStatus
from .workflow_records import Actor, Step, WorkflowRecord

__all__ = [
    "Actor",
    "BridgeError",
    "BridgeSettings",
    "BridgeStores",
    "Catalogue",
    "CatalogueOccupied",
    "ClaimedJob",
    "CommentsRequired",
    "Enqueued",
    "IdempotencyKeyReused",
    "IllegalTransition",
    "JobDraft",
    "JobExists",
    "JobRecord",
    "JobStatus",
    "OtherOrganization",
    "OwnSubmission",
    "ReferenceSettings",
    "Scope",
    "StaleVersion",
    "Step",
    "StoreUnavailable",
    "TablesMissing",
    "TooManyKeys",
    "UnknownJob",
    "UnknownWorkflow",
    "WorkerStores",
    "WorkflowAction",
    "WorkflowOpen",
    "WorkflowRecord",
    "WorkflowStatus",
    "downgrade",
    "load_sample",
    "migrate",
]

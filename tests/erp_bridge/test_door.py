"""What the package offers by name."""

import pickle

import erp_bridge
from erp_bridge import BridgeError, BridgeSettings


def test_the_door_has_these_names() -> None:
    """A change here is a change for those who build on it."""
    assert sorted(erp_bridge.__all__) == [
        "Actor",
        "Bridge",
        "BridgeClosed",
        "BridgeError",
        "BridgeSettings",
        "BridgeStores",
        "Catalogue",
        "CatalogueOccupied",
        "ClaimedJob",
        "CommentsRequired",
        "Comparison",
        "Enqueued",
        "Entry",
        "IdempotencyKeyReused",
        "IllegalTransition",
        "JobDraft",
        "JobEnded",
        "JobExists",
        "JobRecord",
        "JobResult",
        "JobStatus",
        "JobUnfinished",
        "JobWithoutResult",
        "Limits",
        "MessageOnItsWay",
        "OtherOrganization",
        "OwnSubmission",
        "Progress",
        "ReferenceSettings",
        "Scope",
        "StaleVersion",
        "Step",
        "StoreUnavailable",
        "TablesMissing",
        "TooManyJobs",
        "TooManyKeys",
        "UnknownJob",
        "UnknownMessage",
        "UnknownWorkflow",
        "Variant",
        "WaitTimeout",
        "WorkerStores",
        "WorkflowAction",
        "WorkflowOpen",
        "WorkflowRecord",
        "WorkflowStatus",
        "downgrade",
        "load_sample",
        "migrate",
    ]
    assert all(hasattr(erp_bridge, name) for name in erp_bridge.__all__)


def test_settings_and_exceptions_travel_between_processes() -> None:
    """Ray pickles both; the message of an exception is its docstring."""
    settings = BridgeSettings(database_url="postgresql://x", redis_url="redis://x")
    assert pickle.loads(pickle.dumps(settings)) == settings
    for kind in BridgeError.__subclasses__():
        error = pickle.loads(pickle.dumps(kind()))
        assert type(error) is kind
        assert str(error) == kind.__doc__

"""The bridge's exceptions in the face's words; the bridge knows no face."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import erp_bridge
from solvers.exceptions import Issue

from .exceptions import (
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    ServiceError,
    Unavailable,
    Unprocessable,
)

__all__ = ["translated"]


@contextmanager
def translated() -> Iterator[None]:
    """Say the bridge's exceptions in the face's words."""
    try:
        yield
    except erp_bridge.BridgeError as error:
        raise _in_words_of_the_face(error) from error


def _in_words_of_the_face(error: erp_bridge.BridgeError) -> ServiceError:
    match error:
        case erp_bridge.JobExists():
            return Conflict(str(error), code="job_exists")
        case erp_bridge.CatalogueOccupied():
            return Conflict(str(error), code="catalogue_occupied")
        case erp_bridge.IdempotencyKeyReused():
            return Unprocessable(str(error), code="idempotency_key_reused")
        case erp_bridge.UnknownJob() | erp_bridge.UnknownWorkflow():
            return NotFound(str(error))
        case erp_bridge.IllegalTransition():
            return Conflict(str(error), code="illegal_transition")
        case erp_bridge.WorkflowOpen():
            return Conflict(str(error), code="workflow_open")
        case erp_bridge.TooManyKeys():
            return Conflict(str(error), code="too_many_keys")
        case erp_bridge.StaleVersion():
            return PreconditionFailed(str(error))
        case erp_bridge.OwnSubmission():
            return Forbidden(str(error), code="own_submission")
        case erp_bridge.OtherOrganization():
            return Forbidden(str(error), code="other_organization")
        case erp_bridge.CommentsRequired():
            issue = Issue("comments_required", str(error), "/comments")
            return Unprocessable(str(error), code=issue.code, issues=[issue])
        case erp_bridge.TablesMissing():
            return Unavailable(str(error), code="tables_missing")
        case _:
            return Unavailable(str(error))

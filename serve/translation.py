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

_WORDS: dict[type[erp_bridge.BridgeError], type[ServiceError]] = {
    erp_bridge.JobExists: Conflict,
    erp_bridge.CatalogueOccupied: Conflict,
    erp_bridge.IllegalTransition: Conflict,
    erp_bridge.WorkflowOpen: Conflict,
    erp_bridge.TooManyKeys: Conflict,
    erp_bridge.MessageOnItsWay: Conflict,
    erp_bridge.IdempotencyKeyReused: Unprocessable,
    erp_bridge.StaleVersion: PreconditionFailed,
    erp_bridge.OwnSubmission: Forbidden,
    erp_bridge.OtherOrganization: Forbidden,
}


@contextmanager
def translated() -> Iterator[None]:
    """Say the bridge's exceptions in the face's words."""
    try:
        yield
    except erp_bridge.BridgeError as error:
        raise _in_words_of_the_face(error) from error


def _in_words_of_the_face(error: erp_bridge.BridgeError) -> ServiceError:
    match error:
        case (
            erp_bridge.UnknownJob()
            | erp_bridge.UnknownWorkflow()
            | erp_bridge.UnknownMessage()
        ):
            return NotFound(str(error))
        case erp_bridge.CommentsRequired():
            issue = Issue(error.code, str(error), "/comments")
            return Unprocessable(str(error), code=issue.code, issues=[issue])
    for kind, word in _WORDS.items():
        if isinstance(error, kind):
            return word(str(error), code=error.code)
    return Unavailable(str(error), code=error.code)

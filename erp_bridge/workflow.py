"""The way of a selected variant to publication, as a pure state machine.

::

    draft --submit_for_review--> pending_review --approve--> approved
      ^                            |    |                        |
      +------request_revision------+    +--reject--> rejected    +--publish--> published

A draft may also be pointed at another variant of its job (``select_variant``).
``rejected`` and ``published`` are ends: a later revision is a workflow of its own.
"""

from __future__ import annotations

from enum import StrEnum

from .exceptions import CommentsRequired, IllegalTransition, OwnSubmission

__all__ = [
    "OPEN_STAGES",
    "WorkflowAction",
    "WorkflowStatus",
    "actions_of",
    "next_status",
]


class WorkflowStatus(StrEnum):
    """States of a workflow, as stored and sent."""

    DRAFT = "draft"
    PENDING_REVIEW = "pending_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"


class WorkflowAction(StrEnum):
    """What a person does to a workflow."""

    SELECT_VARIANT = "select_variant"
    SUBMIT = "submit_for_review"
    APPROVE = "approve"
    REJECT = "reject"
    REQUEST_REVISION = "request_revision"
    PUBLISH = "publish"


OPEN_STAGES = (
    WorkflowStatus.DRAFT,
    WorkflowStatus.PENDING_REVIEW,
    WorkflowStatus.APPROVED,
)
"""States from which a workflow goes on; a job has at most one such."""

_NEXT = {
    (WorkflowStatus.DRAFT, WorkflowAction.SELECT_VARIANT): WorkflowStatus.DRAFT,
    (WorkflowStatus.DRAFT, WorkflowAction.SUBMIT): WorkflowStatus.PENDING_REVIEW,
    (
        WorkflowStatus.PENDING_REVIEW,
        WorkflowAction.REQUEST_REVISION,
    ): WorkflowStatus.DRAFT,
    (WorkflowStatus.PENDING_REVIEW, WorkflowAction.REJECT): WorkflowStatus.REJECTED,
    (WorkflowStatus.PENDING_REVIEW, WorkflowAction.APPROVE): WorkflowStatus.APPROVED,
    (WorkflowStatus.APPROVED, WorkflowAction.PUBLISH): WorkflowStatus.PUBLISHED,
}
_COMMENTED = frozenset({WorkflowAction.REJECT, WorkflowAction.REQUEST_REVISION})


def actions_of(status: WorkflowStatus) -> list[WorkflowAction]:
    """Return the actions that a state takes."""
    return [action for before, action in _NEXT if before is status]


def next_status(
    status: WorkflowStatus,
    action: WorkflowAction,
    *,
    actor: str,
    submitted_by: str | None,
    comments: str,
    self_approval: bool = False,
) -> WorkflowStatus:
    """Return the state that an action leads to.

    Parameters
    ----------
    status, submitted_by
        The workflow's state, and who submitted it for review last.
    action, actor, comments
        What is done, by whom, with which words.
    self_approval
        Whether somebody may approve what they submitted.

    Raises
    ------
    IllegalTransition
        If the state does not allow the action.
    CommentsRequired
        If the action needs words and there are none.
    OwnSubmission
        If the actor would approve what they submitted.
    """
    following = _NEXT.get((status, action))
    if following is None:
        raise IllegalTransition(f"A workflow that is {status} does not take {action}.")
    if action in _COMMENTED and not comments.strip():
        raise CommentsRequired
    own = action is WorkflowAction.APPROVE and actor == submitted_by
    if own and not self_approval:
        raise OwnSubmission
    return following

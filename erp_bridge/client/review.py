"""The part of the client that takes a variant through review to publication."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from erp_bridge.exceptions import UnknownWorkflow
from erp_bridge.workflow import WorkflowAction, WorkflowStatus
from erp_bridge.workflow_records import (
    Actor,
    Step,
    WorkflowEventRecord,
    WorkflowRecord,
)

from .jobs import canonical_job
from .session import Session

__all__ = ["ROLE", "ReviewCalls"]

ROLE = "erp"
"""Role under which the audit names somebody of whom the ERP says no other."""


def _canonical_workflow(workflow_id: str) -> str:
    try:
        return str(uuid.UUID(workflow_id))
    except ValueError as error:
        raise UnknownWorkflow from error


class ReviewCalls(Session):
    """Workflows of one tenant; :class:`~erp_bridge.Bridge` has its methods.

    ``by`` is always who acts: the person's stable id in the ERP, or an
    :class:`~erp_bridge.Actor` with a role for the audit. Who may do what is the ERP's
    own business; that nobody approves what they submitted is held here too.
    """

    def select_variant(
        self, job_id: str, number: int, *, by: str | Actor
    ) -> WorkflowRecord:
        """Begin the workflow of a job with a variant, or point its draft at another.

        The same selection again changes nothing.

        Raises
        ------
        UnknownJob
            If there is no such job or variant.
        IllegalTransition
            If the job has no result, or is rejected.
        WorkflowOpen
            If another variant of the job is under review or approved.
        """
        workflows = self._stores().workflows
        known = canonical_job(job_id)
        return workflows.select_variant(known, number, self.tenant, _actor(by)).workflow

    def submit_for_review(
        self,
        workflow_id: str,
        *,
        by: str | Actor,
        comments: str = "",
        version: int | None = None,
    ) -> WorkflowRecord:
        """Hand a draft to its reviewers.

        Parameters
        ----------
        workflow_id
            The workflow.
        by, comments
            Who acts, with which words.
        version
            Version of the workflow that this is decided on; None for whatever it is.

        Raises
        ------
        UnknownWorkflow
            If there is none.
        IllegalTransition
            If the workflow's state does not allow it.
        StaleVersion
            If it has changed since ``version``.
        """
        return self._act(WorkflowAction.SUBMIT, workflow_id, by, comments, version)

    def approve(
        self,
        workflow_id: str,
        *,
        by: str | Actor,
        comments: str = "",
        version: int | None = None,
    ) -> WorkflowRecord:
        """Approve what is under review; parameters as in :meth:`submit_for_review`.

        Raises
        ------
        OwnSubmission
            If it was submitted by whoever approves.
        UnknownWorkflow, IllegalTransition, StaleVersion
            As by :meth:`submit_for_review`.
        """
        return self._act(WorkflowAction.APPROVE, workflow_id, by, comments, version)

    def reject(
        self,
        workflow_id: str,
        *,
        by: str | Actor,
        comments: str,
        version: int | None = None,
    ) -> WorkflowRecord:
        """Reject what is under review, for good.

        Raises
        ------
        CommentsRequired
            If there are no words.
        UnknownWorkflow, IllegalTransition, StaleVersion
            As by :meth:`submit_for_review`.
        """
        return self._act(WorkflowAction.REJECT, workflow_id, by, comments, version)

    def request_revision(
        self,
        workflow_id: str,
        *,
        by: str | Actor,
        comments: str,
        version: int | None = None,
    ) -> WorkflowRecord:
        """Give what is under review back as a draft; raises as :meth:`reject`."""
        action = WorkflowAction.REQUEST_REVISION
        return self._act(action, workflow_id, by, comments, version)

    def publish(
        self,
        workflow_id: str,
        *,
        by: str | Actor,
        comments: str = "",
        version: int | None = None,
    ) -> WorkflowRecord:
        """Put what is approved live; it ends the older timetable of its scope.

        Raises
        ------
        UnknownWorkflow, IllegalTransition, StaleVersion
            As by :meth:`submit_for_review`.
        """
        return self._act(WorkflowAction.PUBLISH, workflow_id, by, comments, version)

    def workflow(self, workflow_id: str) -> WorkflowRecord:
        """Return a workflow.

        Raises
        ------
        UnknownWorkflow
            If there is none.
        """
        known = _canonical_workflow(workflow_id)
        found = self._stores().workflows.get(known, self.tenant)
        if found is None:
            raise UnknownWorkflow
        return found

    def workflows(
        self,
        *,
        status: WorkflowStatus | None = None,
        departments: Collection[str] | None = None,
        limit: int = 50,
    ) -> Sequence[WorkflowRecord]:
        """Return workflows, the newest first; all states and departments by None."""
        return self._stores().workflows.list(
            self.tenant, status=status, departments=departments, limit=limit
        )

    def audit(self, workflow_id: str) -> Sequence[WorkflowEventRecord]:
        """Return who did what to a workflow, the oldest first.

        Raises
        ------
        UnknownWorkflow
            If there is none.
        """
        known = self.workflow(workflow_id).workflow_id
        return self._stores().workflows.events(self.tenant, workflow_id=known)

    def _act(
        self,
        action: WorkflowAction,
        workflow_id: str,
        by: str | Actor,
        comments: str,
        version: int | None,
    ) -> WorkflowRecord:
        step = Step(
            action=action,
            actor=_actor(by),
            comments=comments,
            expected_versions=None if version is None else frozenset({version}),
            self_approval=self._self_approval,
        )
        known = _canonical_workflow(workflow_id)
        return self._stores().workflows.act(known, self.tenant, step)


def _actor(by: str | Actor) -> Actor:
    return by if isinstance(by, Actor) else Actor(by, ROLE)

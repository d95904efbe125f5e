"""Use cases of review: select a variant, decide, publish, see what changes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from erp_bridge import Actor, Step, WorkflowAction, WorkflowRecord, WorkflowStatus
from erp_bridge.publications import TimetableRecord
from erp_bridge.records import Scope as TermScope
from erp_bridge.workflow_records import Selected, WorkflowEventRecord

from .changes import changes_of
from .exceptions import Forbidden, NotFound
from .ports import Job
from .security import Principal, Role
from .services import JobService
from .translation import translated

__all__ = ["Publications", "Selection", "WorkflowService", "Workflows"]


class Workflows(Protocol):
    """Workflows: ``erp_bridge.workflows`` by shape, which says the promises."""

    def locate(self, variant_id: str, tenant: str) -> tuple[str, int] | None:
        """Job and number of a variant."""

    def select_variant(
        self, job_id: str, number: int, tenant: str, actor: Actor
    ) -> Selected:
        """Begin or redirect the workflow of a job."""

    def act(self, workflow_id: str, tenant: str, step: Step) -> WorkflowRecord:
        """Take a step."""

    def get(self, workflow_id: str, tenant: str) -> WorkflowRecord | None:
        """One workflow."""

    def list(
        self,
        tenant: str,
        *,
        status: WorkflowStatus | None = None,
        departments: Sequence[str] | None = None,
        limit: int = 50,
    ) -> Sequence[WorkflowRecord]:
        """Workflows, the newest first."""

    def events(
        self, tenant: str, *, workflow_id: str | None = None, job_id: str | None = None
    ) -> Sequence[WorkflowEventRecord]:
        """The audit, the oldest first."""

    def decide_job(
        self,
        job_id: str,
        tenant: str,
        action: WorkflowAction,
        actor: Actor,
        comments: str,
        *,
        self_approval: bool = False,
    ) -> Any:
        """Approve or reject a job."""


class Publications(Protocol):
    """Stored timetables: ``erp_bridge.publications`` by shape."""

    def get(self, timetable_id: str, tenant: str) -> TimetableRecord | None:
        """One timetable."""

    def live(self, tenant: str, scope: TermScope) -> TimetableRecord | None:
        """The live timetable of a scope."""

    def entries(self, timetable_id: str, tenant: str) -> Sequence[Mapping[str, Any]]:
        """All entries."""

    def criteria(self, timetable_id: str, tenant: str) -> Mapping[str, int]:
        """Raw criteria."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A variant by its own id, or by its job and number."""

    variant_id: str | None = None
    job_id: str | None = None
    variant_number: int | None = None


class WorkflowService:
    """What can be done with workflows, and by whom.

    Parameters
    ----------
    workflows, publications
        Storage.
    jobs
        Where jobs are looked up, and who may see them.
    self_approval
        Whether somebody may approve what they submitted.
    """

    def __init__(
        self,
        workflows: Workflows,
        publications: Publications,
        jobs: JobService,
        *,
        self_approval: bool = False,
    ) -> None:
        self._workflows = workflows
        self._publications = publications
        self._jobs = jobs
        self._self_approval = self_approval

    def select(self, principal: Principal, selection: Selection) -> Selected:
        """Begin the workflow of a variant; harmless when repeated.

        Raises
        ------
        NotFound, Forbidden
            If there is no such variant, or it is not for this caller.
        Conflict
            If the job has no result, or another variant is under review.
        """
        principal.require_role_of_planner()
        job_id, number = self._located(principal, selection)
        job = self._jobs.get(principal, job_id)
        with translated():
            return self._workflows.select_variant(
                job.job_id, number, principal.tenant, _actor(principal)
            )

    def act(
        self,
        principal: Principal,
        workflow_id: str,
        action: WorkflowAction,
        comments: str,
        expected_versions: frozenset[int] | None,
    ) -> WorkflowRecord:
        """Take a step.

        Raises
        ------
        NotFound, Forbidden
            If there is no such workflow, or it is not for this caller to decide.
        PreconditionFailed
            If it has changed since the caller read it.
        Conflict, Unprocessable
            If its state does not allow the step, or comments are missing.
        """
        workflow = self.get(principal, workflow_id)
        step = Step(
            action=action,
            actor=_actor(principal),
            comments=comments,
            expected_versions=expected_versions,
            self_approval=self._self_approval,
        )
        with translated():
            return self._workflows.act(workflow.workflow_id, principal.tenant, step)

    def get(self, principal: Principal, workflow_id: str) -> WorkflowRecord:
        """Return a workflow of the caller's departments.

        Raises
        ------
        NotFound, Forbidden
            If there is none, or it is not for this caller.
        """
        principal.require_role_of_planner()
        with translated():
            found = self._workflows.get(canonical(workflow_id), principal.tenant)
        if found is None:
            raise NotFound("There is no such workflow.")
        if not principal.sees(found.scope.department_id):
            raise Forbidden("The token's departments do not cover this workflow.")
        return found

    def list(
        self, principal: Principal, status: WorkflowStatus | None, limit: int
    ) -> Sequence[WorkflowRecord]:
        """Return workflows of the caller's departments, the newest first."""
        principal.require_role_of_planner()
        with translated():
            return self._workflows.list(
                principal.tenant,
                status=status,
                departments=_departments(principal),
                limit=limit,
            )

    def audit(
        self, principal: Principal, workflow: WorkflowRecord
    ) -> Sequence[WorkflowEventRecord]:
        """Return who did what to a workflow."""
        with translated():
            return self._workflows.events(
                principal.tenant, workflow_id=workflow.workflow_id
            )

    def changes(self, principal: Principal, workflow_id: str) -> dict[str, Any]:
        """Compare the timetable with what it replaces, or has replaced."""
        workflow = self.get(principal, workflow_id)
        with translated():
            against = self._replaced(workflow)
            before = None if against is None else self._comparable(against)
            own = self._publications.get(workflow.timetable_id, workflow.tenant)
            if own is None:
                raise NotFound("The workflow's timetable is gone.")
            after = self._comparable(own)
        return {
            "workflow_id": workflow.workflow_id,
            "timetable_id": workflow.timetable_id,
            **changes_of(before, after),
        }

    def decide_job(
        self, principal: Principal, job_id: str, action: WorkflowAction, comments: str
    ) -> Job:
        """Approve or reject all variants of a job.

        Raises
        ------
        NotFound, Forbidden
            If there is no such job, or it is not for this caller to decide.
        Conflict, Unprocessable
            If its state does not allow it, or comments are missing.
        """
        job = self._jobs.get(principal, job_id)
        with translated():
            self._workflows.decide_job(
                job.job_id,
                principal.tenant,
                action,
                _actor(principal),
                comments,
                self_approval=self._self_approval,
            )
        return self._jobs.get(principal, job_id)

    def _located(self, principal: Principal, selection: Selection) -> tuple[str, int]:
        if selection.variant_id is None:
            assert selection.job_id is not None
            assert selection.variant_number is not None
            return selection.job_id, selection.variant_number
        with translated():
            found = self._workflows.locate(
                canonical(selection.variant_id), principal.tenant
            )
        if found is None:
            raise NotFound("There is no such variant.")
        return found

    def _replaced(self, workflow: WorkflowRecord) -> TimetableRecord | None:
        """The live timetable of the scope, or the one that this one has replaced."""
        tenant = workflow.tenant
        if workflow.status is not WorkflowStatus.PUBLISHED:
            return self._publications.live(tenant, workflow.scope)
        own = self._publications.get(workflow.timetable_id, tenant)
        if own is None or own.replaces_id is None:
            return None
        return self._publications.get(own.replaces_id, tenant)

    def _comparable(self, timetable: TimetableRecord) -> dict[str, Any]:
        named = timetable.timetable_id, timetable.tenant
        return {
            "timetable_id": timetable.timetable_id,
            "published_at": timetable.published_at,
            "number": timetable.variant_number,
            "criteria": self._publications.criteria(*named),
            "entries": self._publications.entries(*named),
        }


def canonical(identifier: str) -> str:
    """One spelling per UUID; whatever is none cannot name anything of ours."""
    try:
        return str(uuid.UUID(identifier))
    except ValueError as error:
        raise NotFound("There is no such thing.") from error


def _actor(principal: Principal) -> Actor:
    return Actor(principal.subject, str(principal.role))


def _departments(principal: Principal) -> Sequence[str] | None:
    """Departments to which lists are narrowed, None for all of the institution."""
    if principal.role is Role.ADMIN or not principal.departments:
        return None
    return principal.departments

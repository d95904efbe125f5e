"""Review of a variant: select, submit, decide, publish."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Header, Query, Response

from erp_bridge import WorkflowAction, WorkflowRecord, WorkflowStatus
from erp_bridge.workflow import actions_of
from serve.dependencies import Caller, Face
from serve.schemas import JobView
from serve.workflow_schemas import (
    ChangesView,
    Comments,
    JobDecision,
    SelectVariant,
    WorkflowDetail,
    WorkflowEventView,
    WorkflowsView,
    WorkflowView,
)
from serve.workflows import Selection

from .spelling import BothSpellings
from .views import job_view

__all__ = ["router"]

router = BothSpellings(tags=["workflow"])

_HOME = "/api/timetable-workflow/"
_STRONG = re.compile(r'(?<!W/)"(\d{1,9})"')
IfMatch = Annotated[
    str | None,
    Header(
        description="Entity tag of the workflow as the caller read it; 412 if it has "
        "changed since. Without it the state alone decides."
    ),
]
_TAGGED: dict[int | str, dict[str, Any]] = {
    412: {"description": "The workflow has changed since it was read."}
}


def _tag(workflow: WorkflowRecord) -> str:
    return f'"{workflow.version}"'


def _versions(if_match: str | None) -> frozenset[int] | None:
    """Versions that a header names, None for any; weak tags match nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    return frozenset(int(version) for version in _STRONG.findall(if_match))


def _members(workflow: WorkflowRecord) -> dict[str, Any]:
    members = asdict(workflow)
    scope = members.pop("scope")
    here = f"{_HOME}{workflow.workflow_id}/"
    actions = [str(action) for action in actions_of(workflow.status)]
    return {
        **members,
        **scope,
        "id": workflow.workflow_id,
        "variant_id": workflow.timetable_id,
        "status": str(workflow.status),
        "allowed_actions": actions,
        "links": {
            "self": here,
            "changes": f"{here}changes/",
            "conflicts": f"/api/conflicts/{workflow.timetable_id}",
            "variant": f"/api/variants/{workflow.job_id}/{workflow.variant_number}",
            **{
                name: f"{here}{name}/"
                for name in actions
                if name != WorkflowAction.SELECT_VARIANT
            },
        },
    }


def _shown(workflow: WorkflowRecord, response: Response) -> WorkflowView:
    response.headers["ETag"] = _tag(workflow)
    return WorkflowView(**_members(workflow))


@router.post(
    "/api/timetable-variants/select_variant/",
    status_code=201,
    responses={200: {"model": WorkflowView, "description": "There was a draft."}},
)
@router.post(
    "/timetable-variants/select_variant/", status_code=201, include_in_schema=False
)
def select_variant(
    body: SelectVariant, caller: Caller, services: Face, response: Response
) -> WorkflowView:
    """Begin the review of a variant, in `draft`; a draft may be moved to another one.

    A job has one open workflow: while it is under review or approved, selecting another
    variant is answered with 409.
    """
    selected = services.workflows.select(caller, Selection(**body.model_dump()))
    if not selected.created:
        response.status_code = 200
    response.headers["Location"] = f"{_HOME}{selected.workflow.workflow_id}/"
    return _shown(selected.workflow, response)


@router.get("/api/timetable-workflow/")
def workflows(
    caller: Caller,
    services: Face,
    status: WorkflowStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> WorkflowsView:
    """Workflows of the caller's departments, the newest first."""
    found = services.workflows.list(caller, status, limit)
    views = [WorkflowView(**_members(workflow)) for workflow in found]
    return WorkflowsView(count=len(views), workflows=views)


@router.get("/api/timetable-workflow/{workflow_id}/")
def workflow(
    workflow_id: str, caller: Caller, services: Face, response: Response
) -> WorkflowDetail:
    """One workflow with its audit; `ETag` is for `If-Match` of a transition."""
    found = services.workflows.get(caller, workflow_id)
    response.headers["ETag"] = _tag(found)
    events = [
        WorkflowEventView.model_validate(asdict(event))
        for event in services.workflows.audit(caller, found)
    ]
    return WorkflowDetail(**_members(found), events=events)


@router.get("/api/timetable-workflow/{workflow_id}/changes/")
def changes(workflow_id: str, caller: Caller, services: Face) -> ChangesView:
    """What publishing would change of the live timetable, or has changed."""
    return ChangesView(**services.workflows.changes(caller, workflow_id))


def _transition(action: WorkflowAction, sentence: str) -> Callable[..., WorkflowView]:
    """Make the endpoint of an action and register it."""

    def endpoint(
        workflow_id: str,
        caller: Caller,
        services: Face,
        response: Response,
        body: Comments | None = None,
        if_match: IfMatch = None,
    ) -> WorkflowView:
        comments = "" if body is None else body.comments
        after = services.workflows.act(
            caller, workflow_id, action, comments, _versions(if_match)
        )
        return _shown(after, response)

    endpoint.__doc__ = sentence
    endpoint.__name__ = str(action)
    path = f"/api/timetable-workflow/{{workflow_id}}/{action}/"
    return router.post(path, responses=_TAGGED)(endpoint)


_transition(
    WorkflowAction.SUBMIT, "draft -> pending_review; the reviewers are told by mail."
)
_transition(
    WorkflowAction.APPROVE,
    "pending_review -> approved; not by who submitted it (a setting).",
)
_transition(
    WorkflowAction.REJECT, "pending_review -> rejected, for good; needs comments."
)
_transition(WorkflowAction.REQUEST_REVISION, "pending_review -> draft; needs comments.")
_transition(
    WorkflowAction.PUBLISH,
    "approved -> published; the timetable is live, older ones of its scope are not.",
)


@router.post("/api/generation-jobs/{job_id}/approve/")
def decide_job(
    job_id: str, body: JobDecision, caller: Caller, services: Face
) -> JobView:
    """Approve or reject all variants of a job; a rejection needs comments."""
    action = WorkflowAction(body.action)
    decided = services.workflows.decide_job(caller, job_id, action, body.comments)
    return job_view(decided)

"""Ask for a timetable, watch it being made, choose a variant, publish it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from erp_bridge import (
    BridgeError,
    JobUnfinished,
    OwnSubmission,
    Progress,
    StaleVersion,
    StoreUnavailable,
    WorkflowRecord,
)

from .bridge import bridge
from .models import PlannedTerm

_STATUS = {StoreUnavailable: 503, OwnSubmission: 403, StaleVersion: 412}
_View = Callable[..., HttpResponse]


def says_why(view: _View) -> _View:
    """Answer the bridge's exceptions with their code."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        try:
            return view(request, *args, **more)
        except BridgeError as error:
            status = _STATUS.get(type(error), 409)
            return JsonResponse(
                {"code": error.code, "detail": str(error)}, status=status
            )

    return answered


@login_required
@require_POST
def create(request: HttpRequest) -> JsonResponse:
    """Save a term; the signal submits it, and the answer has the job's id."""
    asked = json.loads(request.body)
    term = PlannedTerm.objects.create(
        department=asked.get("department", ""),
        batch=asked.get("batch", ""),
        semester=asked.get("semester"),
        academic_year=asked["academic_year"],
        time_limit_seconds=asked.get("time_limit_seconds", 120.0),
        requested_by=request.user.get_username(),
    )
    shown = {"id": term.pk, "job_id": term.job_id, "problem": term.problem}
    return JsonResponse(shown, status=422 if term.problem else 201)


@login_required
@require_GET
@says_why
def show(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the term is now, for pages that ask again and again."""
    return JsonResponse(asdict(bridge().progress(_job(pk))))


@login_required
@require_GET
@says_why
def events(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Every step of the job as a server-sent event, to its end."""
    seen = request.headers.get("Last-Event-ID", "")
    after = int(seen) if seen.isdigit() else None
    told = bridge().follow(_job(pk), after=after)
    return StreamingHttpResponse(_as_events(told), content_type="text/event-stream")


def _as_events(told: Iterator[Progress]) -> Iterator[str]:
    for progress in told:
        kind = "done" if progress.is_last else "progress"
        data = json.dumps(asdict(progress), cls=DjangoJSONEncoder)
        yield f"id: {progress.sequence}\nevent: {kind}\ndata: {data}\n\n"


@login_required
@require_POST
@says_why
def cancel(request: HttpRequest, pk: int) -> JsonResponse:
    """Stop the job and discard what it found."""
    return JsonResponse({"status": bridge().cancel(_job(pk)).status})


@login_required
@require_GET
@says_why
def variants(request: HttpRequest, pk: int) -> JsonResponse:
    """The five variants without their entries, and those that no other beats."""
    found = bridge().result(_job(pk), entries=False)
    shown = [asdict(variant) for variant in found.variants]
    return JsonResponse({"variants": shown, "pareto_front": found.pareto_front})


@login_required
@require_POST
@says_why
def select(request: HttpRequest, pk: int) -> JsonResponse:
    """Choose a variant: its review begins."""
    term = get_object_or_404(PlannedTerm, pk=pk)
    number = json.loads(request.body)["number"]
    who = request.user.get_username()
    workflow = bridge().select_variant(_job(pk), number, by=who)
    term.workflow_id = workflow.workflow_id
    term.save(update_fields=["workflow_id"])
    return _workflow(workflow)


@login_required
@require_POST
@says_why
def review(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take a step of the review; what may be done when is the bridge's to say."""
    term = get_object_or_404(PlannedTerm, pk=pk, workflow_id__isnull=False)
    steps = {
        "submit_for_review": bridge().submit_for_review,
        "approve": bridge().approve,
        "reject": bridge().reject,
        "request_revision": bridge().request_revision,
        "publish": bridge().publish,
    }
    if action not in steps:
        return JsonResponse({"code": "unknown_action"}, status=404)
    comments = json.loads(request.body or b"{}").get("comments", "")
    who = request.user.get_username()
    return _workflow(steps[action](str(term.workflow_id), by=who, comments=comments))


def _job(pk: int) -> str:
    term = get_object_or_404(PlannedTerm, pk=pk)
    if term.job_id is None:
        raise JobUnfinished(term.problem or "The term is not submitted yet.")
    return str(term.job_id)


def _workflow(workflow: WorkflowRecord) -> JsonResponse:
    return JsonResponse(
        {
            "workflow_id": workflow.workflow_id,
            "status": workflow.status,
            "variant_number": workflow.variant_number,
            "version": workflow.version,
        }
    )

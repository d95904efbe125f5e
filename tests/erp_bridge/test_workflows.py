"""Workflows over the memory and the real store: steps, guards, audit, outbox."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from erp_bridge import (
    Actor,
    BridgeError,
    CommentsRequired,
    IllegalTransition,
    JobStatus,
    OwnSubmission,
    Scope,
    StaleVersion,
    Step,
    StoreUnavailable,
    UnknownJob,
    UnknownWorkflow,
    WorkflowAction,
    WorkflowOpen,
    WorkflowRecord,
    WorkflowStatus,
)
from tests.erp_bridge.conftest import World

SCHEDULER = Actor("scheduler", "staff")
HOD = Actor("hod", "staff")
NOBODY = "00000000-0000-4000-8000-000000000000"


def select(world: World, job_id: str, number: int = 1) -> WorkflowRecord:
    selected = world.bridge.workflows.select_variant(job_id, number, "t", SCHEDULER)
    record: WorkflowRecord = selected.workflow
    return record


def step(action: str, actor: Actor = HOD, **wishes: Any) -> Step:
    words = {"comments": "Because."} | wishes
    return Step(action=WorkflowAction(action), actor=actor, **words)


def act(
    world: World, workflow: WorkflowRecord, *actions: str, **wishes: Any
) -> WorkflowRecord:
    after = workflow
    for action in actions:
        actor = SCHEDULER if action == "submit_for_review" else HOD
        one = step(action, actor, **wishes)
        after = world.bridge.workflows.act(workflow.workflow_id, "t", one)
    return after


def test_a_variant_goes_from_draft_to_published(world: World) -> None:
    """Each step signs, counts the version, and the audit has all of it."""
    workflow = select(world, world.complete(), 3)
    assert (workflow.status, workflow.version) == (WorkflowStatus.DRAFT, 1)
    assert workflow.scope == Scope(department_id="CSE", semester=3)
    after = act(world, workflow, "submit_for_review", "approve", "publish")
    assert (after.status, after.version) == (WorkflowStatus.PUBLISHED, 4)
    assert (after.created_by, after.submitted_by) == ("scheduler", "scheduler")
    assert (after.decided_by, after.published_by) == ("hod", "hod")
    assert world.bridge.workflows.get(workflow.workflow_id, "t") == after
    events = world.bridge.workflows.events("t", workflow_id=workflow.workflow_id)
    assert [(e.action, e.from_status, e.to_status, e.version) for e in events] == [
        ("select_variant", None, "draft", 1),
        ("submit_for_review", "draft", "pending_review", 2),
        ("approve", "pending_review", "approved", 3),
        ("publish", "approved", "published", 4),
    ]
    assert [(e.actor, e.actor_role) for e in events[1:3]] == [
        ("scheduler", "staff"),
        ("hod", "staff"),
    ]
    assert {e.variant_number for e in events} == {3}


def test_every_step_leaves_its_messages(world: World) -> None:
    """A mail and a webhook each, with what a reader needs; none for a selection."""
    workflow = select(world, world.complete())
    assert world.outbox() == []
    act(world, workflow, "submit_for_review", "request_revision")
    found = world.outbox()
    assert [(kind, topic) for kind, topic, _ in found] == [
        ("mail", "workflow.revision_requested"),
        ("webhook", "workflow.revision_requested"),
        ("mail", "workflow.submitted"),
        ("webhook", "workflow.submitted"),
    ]
    revision, submitted = found[0][2], found[2][2]
    assert revision["comments"] == "Because."
    assert revision["recipients"]["subjects"] == ["scheduler"]
    assert submitted["recipients"]["audience"] == "reviewers"
    assert submitted["scope"]["department_id"] == "CSE"
    assert submitted["job_id"] == workflow.job_id
    assert submitted["actor"] == {"subject": "scheduler", "role": "staff"}


LEGAL = {
    "draft": {"submit_for_review", "select_variant"},
    "pending_review": {"approve", "reject", "request_revision"},
    "approved": {"publish"},
    "published": set(),
    "rejected": set(),
}
WAYS = {
    "draft": (),
    "pending_review": ("submit_for_review",),
    "approved": ("submit_for_review", "approve"),
    "published": ("submit_for_review", "approve", "publish"),
    "rejected": ("submit_for_review", "reject"),
}


@pytest.mark.parametrize("state", WAYS)
def test_only_legal_actions_are_taken(world: World, state: str) -> None:
    """Every other one is refused and leaves no trace."""
    workflow = select(world, world.complete())
    before = act(world, workflow, *WAYS[state]) if WAYS[state] else workflow
    assert before.status == state
    messages = len(world.outbox())
    for action in WorkflowAction:
        if str(action) not in LEGAL[state]:
            with pytest.raises(IllegalTransition):
                act(world, workflow, action)
    assert world.bridge.workflows.get(workflow.workflow_id, "t") == before
    events = world.bridge.workflows.events("t", workflow_id=workflow.workflow_id)
    assert (len(events), len(world.outbox())) == (before.version, messages)


@pytest.mark.parametrize("action", ["reject", "request_revision"])
@pytest.mark.parametrize("comments", ["", " \n"])
def test_a_refusal_needs_words(world: World, action: str, comments: str) -> None:
    workflow = select(world, world.complete())
    act(world, workflow, "submit_for_review")
    with pytest.raises(CommentsRequired):
        act(world, workflow, action, comments=comments)


def test_nobody_approves_what_they_submitted(world: World) -> None:
    """Unless the institution wants it so; rejecting one's own is a way back."""
    workflow = select(world, world.complete())
    act(world, workflow, "submit_for_review")
    own = step("approve", SCHEDULER)
    with pytest.raises(OwnSubmission):
        world.bridge.workflows.act(workflow.workflow_id, "t", own)
    allowed = step("approve", SCHEDULER, self_approval=True)
    after = world.bridge.workflows.act(workflow.workflow_id, "t", allowed)
    assert after.status is WorkflowStatus.APPROVED


def test_a_lost_race_is_told(world: World) -> None:
    """Whoever has seen an older version does nothing, legal or not."""
    workflow = select(world, world.complete())
    act(world, workflow, "submit_for_review", expected_versions=frozenset({1, 9}))
    for action in ("approve", "publish"):
        with pytest.raises(StaleVersion, match="version 2"):
            act(world, workflow, action, expected_versions=frozenset({1}))


def test_a_selection_may_be_repeated_and_changed_in_draft(world: World) -> None:
    """The same variant changes nothing, another one moves the draft to it."""
    workflows, job_id = world.bridge.workflows, world.complete()
    first = workflows.select_variant(job_id, 1, "t", SCHEDULER)
    again = workflows.select_variant(job_id, 1, "t", HOD)
    assert (first.changed, again.changed) == (True, False)
    assert again.workflow == first.workflow
    moved = workflows.select_variant(job_id, 2, "t", HOD).workflow
    assert moved.workflow_id == first.workflow.workflow_id
    assert (moved.variant_number, moved.version) == (2, 2)
    assert workflows.locate(moved.timetable_id, "t") == (job_id, 2)
    act(world, moved, "submit_for_review")
    with pytest.raises(WorkflowOpen):
        workflows.select_variant(job_id, 1, "t", SCHEDULER)


def test_a_revision_after_the_end_is_another_workflow(world: World) -> None:
    """Rejected or published, the job may go through review anew."""
    job_id = world.complete()
    first = select(world, job_id)
    act(world, first, "submit_for_review", "reject")
    second = select(world, job_id)
    act(world, second, "submit_for_review", "approve", "publish")
    third = select(world, job_id, 2)
    ids = [w.workflow_id for w in world.bridge.workflows.list("t")]
    assert ids == [w.workflow_id for w in (third, second, first)]


def test_a_job_without_result_has_nothing_to_select(world: World) -> None:
    """Nor has one that is rejected, unknown, or of another tenant."""
    workflows, waiting = world.bridge.workflows, world.submit()
    with pytest.raises(IllegalTransition, match="queued"):
        workflows.select_variant(waiting, 1, "t", SCHEDULER)
    world.bridge.jobs.request_stop(waiting, "t", "cancel")
    job_id = world.complete()
    for job, number, tenant in ((job_id, 6, "t"), (NOBODY, 1, "t"), (job_id, 1, "u")):
        with pytest.raises(UnknownJob):
            workflows.select_variant(job, number, tenant, SCHEDULER)


def test_another_tenant_sees_and_does_nothing(world: World) -> None:
    """Neither by id, nor in lists, nor in the audit."""
    workflow, workflows = select(world, world.complete()), world.bridge.workflows
    assert workflows.get(workflow.workflow_id, "u") is None
    assert workflows.locate(workflow.timetable_id, "u") is None
    assert list(workflows.list("u")) == []
    assert list(workflows.events("u", workflow_id=workflow.workflow_id)) == []
    for tenant, workflow_id in (("u", workflow.workflow_id), ("t", NOBODY)):
        with pytest.raises(UnknownWorkflow):
            workflows.act(workflow_id, tenant, step("submit_for_review"))


def test_lists_are_narrowed(world: World) -> None:
    """By state and by department; who has departments sees no other workflow."""
    cse = select(world, world.complete())
    whole = select(world, world.complete(scope=Scope(semester=3)))
    act(world, whole, "submit_for_review")
    workflows = world.bridge.workflows
    ids = [w.workflow_id for w in workflows.list("t", departments=("CSE", "ME"))]
    assert ids == [cse.workflow_id]
    pending = workflows.list("t", status=WorkflowStatus.PENDING_REVIEW)
    assert [w.workflow_id for w in pending] == [whole.workflow_id]
    assert len(workflows.list("t", limit=1)) == 1
    assert list(workflows.list("t", departments=())) == []


def test_a_job_is_decided_once(world: World) -> None:
    """Not by its creator; the audit has it, and an approved job can be selected."""
    workflows, job_id = world.bridge.workflows, world.complete(created_by="scheduler")
    approve = WorkflowAction.APPROVE
    with pytest.raises(OwnSubmission):
        workflows.decide_job(job_id, "t", approve, SCHEDULER, "")
    assert workflows.decide_job(job_id, "t", approve, HOD, "").status == "approved"
    assert world.bridge.jobs.get(job_id, "t").status is JobStatus.APPROVED
    with pytest.raises(IllegalTransition):
        workflows.decide_job(job_id, "t", WorkflowAction.REJECT, HOD, "no")
    (event,) = workflows.events("t", job_id=job_id)
    assert (event.action, event.from_status, event.to_status, event.actor) == (
        "approve",
        "completed",
        "approved",
        "hod",
    )
    select(world, job_id)
    for job, tenant in ((NOBODY, "t"), (job_id, "u")):
        with pytest.raises(UnknownJob):
            workflows.decide_job(job, tenant, approve, HOD, "")


def test_a_rejected_job_is_over(world: World) -> None:
    """It needs words, no variant on its way, and then nothing can be selected."""
    workflows, busy, idle = world.bridge.workflows, world.complete(), world.complete()
    workflow = select(world, busy)
    reject = WorkflowAction.REJECT
    with pytest.raises(CommentsRequired):
        workflows.decide_job(idle, "t", reject, HOD, " ")
    with pytest.raises(WorkflowOpen):
        workflows.decide_job(busy, "t", reject, HOD, "no")
    workflows.decide_job(idle, "t", reject, HOD, "no")
    with pytest.raises(IllegalTransition, match="rejected"):
        select(world, idle)
    act(world, workflow, "submit_for_review", "reject")
    workflows.decide_job(busy, "t", reject, HOD, "no")


def _together(calls: list[Callable[[], object]]) -> list[object]:
    """Run all at one moment; what each returned, or the bridge's exception."""
    start, results = threading.Barrier(len(calls)), [object()] * len(calls)

    def run(index: int) -> None:
        start.wait()
        try:
            results[index] = calls[index]()
        except BridgeError as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_of_contradicting_decisions_one_is_taken(world: World) -> None:
    """The other is told that the state has changed."""
    workflow = select(world, world.complete())
    act(world, workflow, "submit_for_review")
    actions = ["approve", "reject", "request_revision"] * 2
    results = _together([lambda a=a: act(world, workflow, a) for a in actions])
    taken = [r for r in results if isinstance(r, WorkflowRecord)]
    assert len(taken) == 1
    assert sum(isinstance(r, IllegalTransition) for r in results) == 5
    assert world.bridge.workflows.get(workflow.workflow_id, "t") == taken[0]
    assert len(world.outbox()) == 4


def test_parallel_selections_make_one_workflow(world: World) -> None:
    """Of one variant or of several."""
    job_id = world.complete()
    results = _together([lambda n=n: select(world, job_id, n) for n in (1, 2, 3, 4)])
    assert len({r.workflow_id for r in results if isinstance(r, WorkflowRecord)}) == 1
    (workflow,) = world.bridge.workflows.list("t")
    assert workflow.version == 4


def test_an_outage_is_told(world: World) -> None:
    workflow = select(world, world.complete())
    with world.outage(database=True) as bridge:
        for call in (
            lambda: bridge.workflows.get(workflow.workflow_id, "t"),
            lambda: bridge.workflows.act(str(uuid.uuid4()), "t", step("approve")),
            lambda: bridge.workflows.list("t"),
            lambda: bridge.publications.get(workflow.timetable_id, "t"),
            lambda: bridge.api_keys.verify("hor_x_y"),
        ):
            with pytest.raises(StoreUnavailable):
                call()

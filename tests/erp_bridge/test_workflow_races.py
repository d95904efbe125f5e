"""Many people act on workflows at once; a model judges the history they leave.

Hypothesis draws batches of actions; the actions of a batch run in threads of their own
on a real PostgreSQL. Whatever order the database chose, the audit tells it: the model
replays it, and every answer must be explained by some state that the workflow was in.
"""

from __future__ import annotations

import sys
import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from erp_bridge import (
    Actor,
    BridgeError,
    BridgeStores,
    CommentsRequired,
    IllegalTransition,
    OwnSubmission,
    StaleVersion,
    Step,
    WorkflowAction,
    WorkflowOpen,
)
from erp_bridge.results import variant_id_of
from tests.erp_bridge.servers import Servers

pytestmark = pytest.mark.integration

NUM_JOBS = 2
NUM_THREADS = 8
SELECT = "select_variant"
NEXT = {
    ("draft", SELECT): "draft",
    ("draft", "submit_for_review"): "pending_review",
    ("pending_review", "approve"): "approved",
    ("pending_review", "reject"): "rejected",
    ("pending_review", "request_revision"): "draft",
    ("approved", "publish"): "published",
}
OPEN = ("draft", "pending_review", "approved")
TOLD = {"submit_for_review", "approve", "reject", "request_revision", "publish"}


@dataclass(frozen=True)
class Act:
    """One wish of one person."""

    job: int
    action: str
    number: int
    actor: str
    comments: str
    seen: int | None


ACTS = st.builds(
    Act,
    job=st.integers(0, NUM_JOBS - 1),
    action=st.sampled_from([SELECT, *sorted(TOLD), "publish", "approve"]),
    number=st.integers(1, 2),
    actor=st.sampled_from(["ann", "hod", "dean"]),
    comments=st.sampled_from(["", "Monday is full."]),
    seen=st.sampled_from([None, None, 0, -1]),
)


@dataclass(frozen=True)
class Seen:
    """A workflow as the model has it."""

    status: str
    version: int
    number: int
    submitted_by: str | None = None


@dataclass
class Tally:
    """What all examples of a test came to."""

    actions: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass
class History:
    """The states of one job's workflows, as the audit tells them."""

    now: dict[str, Seen] = field(default_factory=dict)
    passed: list[dict[str, Seen]] = field(default_factory=lambda: [{}])
    num_events: int = 0

    def replay(self, events: Sequence[Any]) -> None:
        """Judge new lines of the audit one by one."""
        self.passed = [dict(self.now)]
        for event in events[self.num_events :]:
            self._take(event)
            self.passed.append(dict(self.now))
        self.num_events = len(events)

    def _take(self, event: Any) -> None:
        before = self.now.get(event.workflow_id)
        if before is None:
            assert (event.action, event.version, event.from_status) == (SELECT, 1, None)
            assert not any(w.status in OPEN for w in self.now.values())
            self.now[event.workflow_id] = Seen("draft", 1, event.variant_number)
            return
        assert event.version == before.version + 1, "a lost update"
        assert event.from_status == before.status, "an illegal transition"
        after = NEXT[before.status, event.action]
        assert event.to_status == after, "an illegal transition"
        if event.action == "approve":
            assert event.actor != before.submitted_by
        if event.action in ("reject", "request_revision"):
            assert event.comments
        submitted = event.action == "submit_for_review"
        self.now[event.workflow_id] = Seen(
            after,
            event.version,
            event.variant_number,
            event.actor if submitted else before.submitted_by,
        )


class Desk(RuleBasedStateMachine):
    """Jobs of one institution and those who act on them."""

    bridge: BridgeStores
    servers: Servers
    tally: Tally

    def __init__(self) -> None:
        super().__init__()
        self.tenant = uuid.uuid4().hex
        self.jobs = [self._job() for _ in range(NUM_JOBS)]
        self.histories = [History() for _ in range(NUM_JOBS)]
        self.pool = ThreadPoolExecutor(NUM_THREADS)

    def teardown(self) -> None:
        self.pool.shutdown()

    def _job(self) -> str:
        job_id = uuid.uuid4()
        self.servers.run(
            "INSERT INTO horarium.generation_jobs (job_id, tenant, status) "
            "VALUES (:job, :tenant, 'completed')",
            job=job_id,
            tenant=self.tenant,
        )
        for number in (1, 2):
            self.servers.run(
                "INSERT INTO horarium.timetable_variants VALUES (:variant, :job, "
                ":number, 'p', 'l', '', '{}', '{}', 1, 0, true, '{}', '[]', '{}', 1, 1,"
                " NULL, now())",
                variant=variant_id_of(job_id, number),
                job=job_id,
                number=number,
            )
            self.servers.run(
                "INSERT INTO horarium.timetables (timetable_id, generation_job_id, "
                "tenant, variant_number, time_options, room_options, enrollments) "
                "VALUES (:variant, :job, :tenant, :number, '', '', '')",
                variant=variant_id_of(job_id, number),
                job=job_id,
                tenant=self.tenant,
                number=number,
            )
        return str(job_id)

    @rule(acts=st.lists(ACTS, min_size=2, max_size=NUM_THREADS))
    def act_together(self, acts: list[Act]) -> None:
        before = [dict(history.now) for history in self.histories]
        start = threading.Barrier(len(acts))

        def run(act: Act) -> Any:
            start.wait(30)
            try:
                return self._do(act, before[act.job])
            except BridgeError as error:
                return error

        answers = list(self.pool.map(run, acts))
        self._judge(acts, answers, before)

    def _do(self, act: Act, known: dict[str, Seen]) -> Any:
        workflows, actor = self.bridge.workflows, Actor(act.actor, "staff")
        if act.action == SELECT:
            return workflows.select_variant(
                self.jobs[act.job], act.number, self.tenant, actor
            )
        workflow_id = _newest(known)
        if workflow_id is None:
            return None
        seen = act.seen
        step = Step(
            action=WorkflowAction(act.action),
            actor=actor,
            comments=act.comments,
            expected_versions=(
                None if seen is None else frozenset({known[workflow_id].version + seen})
            ),
        )
        return workflows.act(workflow_id, self.tenant, step)

    def _judge(
        self, acts: list[Act], answers: list[Any], before: list[dict[str, Seen]]
    ) -> None:
        changed: list[tuple[str, int]] = []
        for number, history in enumerate(self.histories):
            job_id = self.jobs[number]
            history.replay(self.bridge.workflows.events(self.tenant, job_id=job_id))
        for act, answer in zip(acts, answers, strict=True):
            self.tally.actions += answer is not None
            history = self.histories[act.job]
            known = before[act.job]
            if isinstance(answer, BridgeError):
                self.tally.outcomes[type(answer).__name__] += 1
                assert _explains(history.passed, act, answer, known), (act, answer)
            elif answer is not None:
                record = getattr(answer, "workflow", answer)
                if getattr(answer, "changed", True):
                    self.tally.outcomes["taken"] += 1
                    changed.append((record.workflow_id, record.version))
        assert len(set(changed)) == len(changed), "two took one version"
        grown = sum(len(history.passed) - 1 for history in self.histories)
        assert grown == len(changed), "the audit and the answers differ"
        self._check_store()

    def _check_store(self) -> None:
        """Rows, messages and live timetables are what the audit says."""
        stored = {
            record.workflow_id: Seen(
                str(record.status),
                record.version,
                record.variant_number,
                record.submitted_by,
            )
            for record in self.bridge.workflows.list(self.tenant, limit=10_000)
        }
        told = 0
        modelled: dict[str, Seen] = {}
        for history, job_id in zip(self.histories, self.jobs, strict=True):
            modelled |= history.now
            events = self.bridge.workflows.events(self.tenant, job_id=job_id)
            told += sum(event.action in TOLD for event in events)
        assert stored == modelled
        (messages,), *_ = self.servers.run(
            "SELECT count(*) FROM horarium.outbox "
            "WHERE tenant = :t AND topic LIKE 'workflow.%'",
            t=self.tenant,
        )
        assert messages == 2 * told
        (live,), *_ = self.servers.run(
            "SELECT count(*) FROM horarium.timetables WHERE tenant = :t AND is_live",
            t=self.tenant,
        )
        assert live == any(w.status == "published" for w in stored.values())


def _newest(known: dict[str, Seen]) -> str | None:
    return next(reversed(known), None)


def _explains(
    passed: Sequence[dict[str, Seen]],
    act: Act,
    error: BridgeError,
    known: dict[str, Seen],
) -> bool:
    """Whether some state that the job was in justifies the refusal."""
    if isinstance(error, WorkflowOpen):
        return any(
            w.status in ("pending_review", "approved") and w.number != act.number
            for state in passed
            for w in state.values()
        )
    workflow_id = _newest(known)
    assert workflow_id is not None
    states = [state[workflow_id] for state in passed]
    match error:
        case StaleVersion():
            expected = known[workflow_id].version + (act.seen or 0)
            return act.seen is not None and any(w.version != expected for w in states)
        case IllegalTransition():
            return any((w.status, act.action) not in NEXT for w in states)
        case CommentsRequired():
            return not act.comments and any(
                w.status == "pending_review" for w in states
            )
        case OwnSubmission():
            return any(w.submitted_by == act.actor for w in states)
    return False


@pytest.fixture
def desk(servers: Servers) -> Iterator[type[Desk]]:
    bridge = BridgeStores(replace(servers.settings, pool_size=NUM_THREADS))
    desk = type("OwnDesk", (Desk,), {})
    desk.bridge, desk.servers, desk.tally = bridge, servers, Tally()
    yield desk
    bridge.close()


def _run(desk: type[Desk], examples: int, steps: int) -> Tally:
    run_state_machine_as_test(
        desk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return desk.tally


def test_whatever_people_do_at_once_the_history_is_legal(desk: type[Desk]) -> None:
    """A few hundred actions: no illegal transition, no lost update."""
    tally = _run(desk, examples=6, steps=8)
    assert tally.outcomes["taken"] > 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_thousand_actions_leave_a_legal_history(desk: type[Desk]) -> None:
    """0 illegal transitions and 0 lost updates among at least 10,000 actions."""
    while desk.tally.actions < 10_000:
        _run(desk, examples=50, steps=25)
    sys.stdout.write(f"{desk.tally.actions} actions: {desk.tally.outcomes}\n")
    kinds = {"taken", "IllegalTransition", "StaleVersion", "OwnSubmission"}
    assert kinds <= desk.tally.outcomes.keys()

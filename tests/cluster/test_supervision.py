"""One job from its claim to its end, with threads in place of actors."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cluster import ClusterParams
from cluster.messages import Ending
from cluster.supervision import Supervisor
from solvers.exceptions import InputError, Issue
from solvers.model import Instance

from .fakes import FakeEngine, FakeJob, FakeStores, fake_cost
from .pools import ThreadPool
from .waiting import wait_for

PARAMS = ClusterParams(
    progress_seconds=0.05,
    heartbeat_seconds=0.05,
    lease_seconds=5.0,
    stop_grace_seconds=0.5,
    smallest_restart_seconds=0.05,
    offer_seconds=0.1,
    backoff_seconds=0.01,
    max_backoff_seconds=0.05,
)


class Case:
    """A claimed job, its supervisor and everything around it."""

    def __init__(
        self,
        engine: FakeEngine | None = None,
        *,
        seconds: float = 1.0,
        instance: Instance | Exception | None = None,
        options: Mapping[str, Any] | None = None,
        params: ClusterParams = PARAMS,
        speed: float = 1.0,
        stores: FakeStores | None = None,
    ) -> None:
        self.stores = stores or FakeStores()
        job = FakeJob(time_limit_seconds=seconds)
        if options is not None:
            job = FakeJob(time_limit_seconds=seconds, options=options)
        if stores is None:
            self.stores.jobs.enqueue(job, instance)
        claimed = self.stores.jobs.claim("test", params.lease_seconds)
        assert claimed is not None
        engine = engine or FakeEngine()
        self.pool = ThreadPool(engine)
        self.supervisor = Supervisor(
            claimed, self.stores, engine, self.pool, params, speed=speed
        )
        self._endings: list[Ending] = []
        self._thread = threading.Thread(
            target=lambda: self._endings.append(self.supervisor.run()), daemon=True
        )

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> Ending:
        self._thread.join(60)
        assert self._endings, "the supervisor did not end"
        return self._endings[0]

    def run(self) -> Ending:
        self.begin()
        return self.end()

    def wait_for_search(self) -> None:
        wait_for(lambda: len(self.pool.tasks) >= 5)

    @property
    def row(self) -> Any:
        return self.stores.jobs.row()

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.stores.progress.messages

    def check_messages(self) -> None:
        percents = [message["progress"] for message in self.messages]
        sequences = [message["sequence"] for message in self.messages]
        assert percents == sorted(percents)
        assert sequences == list(range(1, len(sequences) + 1))
        assert self.messages[-1]["status"] == self.row.status


def test_a_job_ends_with_five_verified_variants() -> None:
    """Each verified, each the best of the five under its own weights."""
    case = Case()
    assert case.run() is Ending.COMPLETED
    variants = case.row.variants
    assert [variant.number for variant in variants] == [1, 2, 3, 4, 5]
    for variant in variants:
        assert variant.verification.feasible
        assert variant.key == min(
            fake_cost(variant_weights(variant), other.timetable) for other in variants
        )
    assert case.row.writes == 1
    assert case.pool.released
    case.check_messages()


def variant_weights(variant: Any) -> Any:
    from solvers.model import Weights

    return Weights.of(variant.weights)


def test_the_manifest_tells_how_the_result_was_made() -> None:
    """Seeds, weights, limits, versions and machine."""
    case = Case()
    case.run()
    manifest = case.row.manifest
    assert manifest["seed"] == 7
    assert manifest["versions"] == {"fake": "1"}
    assert len({variant["seed"] for variant in manifest["variants"]}) == 5
    assert manifest["time_limit_seconds"] == 1.0
    assert manifest["machine"]["cpus"]


def test_every_variant_lists_all_stages() -> None:
    """Shared stages first; an adopted timetable is told of."""
    case = Case()
    case.run()
    for variant in case.row.variants:
        names = [stage.name for stage in variant.stages]
        adoption = [] if variant.adopted_from is None else ["adoption"]
        searched = ["communities", "cpsat", "genetic", "refinement"]
        assert names == [*searched, *adoption, "verification"]
        assert all(stage.ran for stage in variant.stages)


def test_variants_that_crowd_the_cpus_search_together_first() -> None:
    """At the institution's weights; what that finds is shown and passed on."""
    case = Case(speed=0.2)
    assert case.run() is Ending.COMPLETED
    assert {task.first_position for task in case.pool.tasks} == {0.5}
    for variant in case.row.variants:
        assert [stage.name for stage in variant.stages][2] == "shared"
    shared = [m for m in case.messages if m["stage"] == "shared"]
    assert shared
    assert shared[-1]["incumbent"] is not None
    case.check_messages()


def test_one_variant_whose_search_raises_leaves_the_others_alone() -> None:
    """It is tried again, then keeps what it reported, and says so."""
    case = Case(FakeEngine(raise_in="refine", raise_for=5), seconds=2.0)
    assert case.run() is Ending.COMPLETED
    told = [bool(variant.warnings) for variant in case.row.variants]
    assert told == [False, True, False, False, False]
    variant = case.row.variants[1]
    assert "fake failure in refine" in variant.warnings[-1]
    reports = {stage.name: stage for stage in variant.stages}
    assert not reports["genetic"].ran
    assert "fake failure" in reports["genetic"].warning


def test_cancel_ends_the_job_without_results() -> None:
    """Asked for through the store, as the API does."""
    case = Case(seconds=600.0)
    case.begin()
    case.wait_for_search()
    case.stores.jobs.ask("cancel")
    assert case.end() is Ending.CANCELLED
    assert (case.row.status, case.row.variants) == ("cancelled", ())
    case.check_messages()


def test_cancel_ends_a_long_preparation() -> None:
    """The shared stages poll the stop, too."""
    case = Case(FakeEngine(prepare_seconds=600.0), seconds=1200.0)
    case.begin()
    wait_for(lambda: any(m["stage"] == "cpsat" for m in case.messages))
    case.stores.jobs.ask("cancel")
    assert case.end() is Ending.CANCELLED


def test_finish_saves_the_best_so_far() -> None:
    """Five variants long before the limit."""
    case = Case(seconds=600.0)
    case.begin()
    case.wait_for_search()
    case.stores.jobs.ask("finish")
    assert case.end() is Ending.COMPLETED
    assert len(case.row.variants) == 5


def test_finish_while_preparing_tells_that_nothing_was_searched() -> None:
    """Five verified variants of the start, with a word on every stage."""
    case = Case(FakeEngine(prepare_seconds=600.0), seconds=1200.0)
    case.begin()
    wait_for(lambda: any(m["stage"] == "cpsat" for m in case.messages))
    case.stores.jobs.ask("finish")
    assert case.end() is Ending.COMPLETED
    assert len(case.row.variants) == 5
    for variant in case.row.variants:
        skipped = {stage.name for stage in variant.stages if not stage.ran}
        assert skipped == {"genetic", "refinement"}


def test_finish_does_not_wait_for_a_variant_that_is_deaf() -> None:
    """It is killed, and what it last reported is saved with a warning."""
    case = Case(seconds=600.0)
    case.pool.deaf.add(2)
    case.begin()
    case.wait_for_search()
    case.stores.jobs.ask("finish")
    assert case.end() is Ending.COMPLETED
    assert case.row.variants[1].warnings


def test_a_lost_variant_is_started_again() -> None:
    """Its successor has another seed and resumes the last report."""
    case = Case(seconds=3.0)
    case.begin()
    case.wait_for_search()
    case.pool.lose(3)
    assert case.end() is Ending.COMPLETED
    tasks = [task for task in case.pool.tasks if task.number == 3]
    assert [task.launch for task in tasks] == [0, 1]
    assert tasks[0].seed != tasks[1].seed
    assert case.row.variants[2].warnings


def test_variants_are_offered_each_others_timetables() -> None:
    """Adoption begins while the search still runs."""
    case = Case(seconds=2.0)
    case.run()
    assert case.pool.num_offers > 0


def test_wrong_input_fails_the_job_with_issues() -> None:
    """The store's own InputError reaches the row."""
    issue = Issue("no_room", "No room.", "/sections/1")
    case = Case(instance=InputError(issue))
    assert case.run() is Ending.FAILED
    assert case.row.issues == (issue,)
    case.check_messages()


def test_wrong_profiles_fail_the_job_with_issues() -> None:
    """The options are the caller's input, too."""
    case = Case(options={"profiles": []})
    assert case.run() is Ending.FAILED
    assert case.row.issues[0].code == "profiles_count"


@pytest.mark.parametrize("step", ["warm_up", "prepare", "island", "refine"])
def test_a_job_whose_last_attempt_raises_fails_with_the_message(step: str) -> None:
    """Never silent, whichever stage it was."""
    case = Case(FakeEngine(raise_in=step), params=replace(PARAMS, max_attempts=1))
    assert case.run() is Ending.FAILED
    assert f"fake failure in {step}" in case.row.message
    assert step in case.messages[-1]["message"]


def test_what_is_not_the_jobs_fault_is_tried_again() -> None:
    """A worker whose folder is gone must not fail every job that it is given."""
    params = replace(PARAMS, max_attempts=2, retry_seconds=0.2)
    sick = Case(FakeEngine(raise_in="warm_up"), params=params)
    assert sick.run() is Ending.LOST
    assert (sick.row.status, sick.row.writes) == ("running", 0)
    assert sick.messages[-1]["status"] == "running"
    assert sick.stores.jobs.claim("too early", 5.0) is None
    time.sleep(0.3)
    well = Case(params=params, stores=sick.stores)
    assert well.run() is Ending.COMPLETED


def test_an_outage_of_the_store_is_waited_out() -> None:
    """Search goes on, and the result is saved when the store is back."""
    case = Case(seconds=1.0)
    case.begin()
    case.wait_for_search()
    case.stores.jobs.set_away(True)
    case.stores.progress.away = True
    wait_for(lambda: case.supervisor._machine.phase == "writing")
    case.stores.progress.away = False
    case.stores.jobs.set_away(False)
    assert case.end() is Ending.COMPLETED
    case.check_messages()


def test_a_stolen_job_is_let_go_without_a_word() -> None:
    """The new worker is the only writer."""
    case = Case(seconds=600.0)
    case.begin()
    case.wait_for_search()
    case.row.token += 1
    assert case.end() is Ending.LOST
    assert (case.row.status, case.row.writes) == ("running", 0)
    assert case.messages[-1]["status"] == "running"


def test_an_abandoned_job_is_let_go_at_once() -> None:
    """A dispatcher that shuts down gives its jobs back."""
    case = Case(seconds=600.0)
    case.begin()
    case.wait_for_search()
    case.supervisor.abandon()
    assert case.end() is Ending.LOST
    assert case.row.writes == 0


def _lost_with_checkpoint() -> Case:
    """A case whose first attempt was lost in the middle of its search."""
    case = Case(seconds=60.0, params=replace(PARAMS, checkpoint_seconds=0.1))
    case.begin()
    wait_for(lambda: case.stores.checkpoints.saved)
    known = case.stores.checkpoints.saved["job-1"]
    wait_for(lambda: case.stores.checkpoints.saved["job-1"] != known)
    case.supervisor.abandon()
    assert case.end() is Ending.LOST
    case.stores.jobs.heartbeat("job-1", 1, 0.0)
    return case


def test_another_attempt_resumes_what_a_lost_one_has_left() -> None:
    """Without CP-SAT, from its best, and the manifest tells."""
    lost = _lost_with_checkpoint()
    case = Case(FakeEngine(raise_in="prepare"), stores=lost.stores)
    case.begin()
    case.wait_for_search()
    assert any(task.resume is not None for task in case.pool.tasks)
    case.stores.jobs.ask("finish")
    assert case.end() is Ending.COMPLETED
    assert case.row.manifest["attempt"] == 2
    assert case.row.manifest["resumed_seconds"] > 0


@pytest.mark.parametrize("content", [b"rubbish", b""])
def test_an_attempt_without_a_usable_checkpoint_begins_anew(content: bytes) -> None:
    """Nothing else is lost by that."""
    lost = _lost_with_checkpoint()
    lost.stores.checkpoints.saved["job-1"] = content
    case = Case(stores=lost.stores)
    case.begin()
    case.wait_for_search()
    case.stores.jobs.ask("finish")
    assert case.end() is Ending.COMPLETED
    assert case.row.manifest["resumed_seconds"] == 0


def test_a_job_does_not_mind_that_checkpoints_cannot_be_kept() -> None:
    """They are only for the worst."""
    case = Case(params=replace(PARAMS, checkpoint_seconds=0.1))
    case.stores.checkpoints.away = True
    assert case.run() is Ending.COMPLETED


def test_progress_is_shown_while_nothing_else_happens() -> None:
    """A message at every tick, from loading on."""
    case = Case(FakeEngine(prepare_seconds=0.5), seconds=2.0)
    case.run()
    stages = list(dict.fromkeys(message["stage"] for message in case.messages))
    assert {"cpsat", "genetic"} <= set(stages)
    assert stages[-1] == "completed"
    assert len(case.messages) > 10

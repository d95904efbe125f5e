"""The dispatcher claims, bounds, gives back and outlasts outages."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from cluster import ClusterParams
from cluster.dispatching import Dispatcher, JobEnd
from cluster.messages import Ending
from cluster.ports import ClaimedJob, Stores

from .fakes import FakeJob, FakeStores
from .waiting import wait_for

PARAMS = ClusterParams(
    poll_seconds=0.01, backoff_seconds=0.01, max_backoff_seconds=0.05, max_attempts=2
)


class FakeCrew:
    """Starts nothing; jobs end when the test says so."""

    def __init__(self) -> None:
        self.is_ready = True
        self.num_idle_variants = 5
        self.started: list[ClaimedJob] = []
        self.ends: list[JobEnd] = []
        self.fail_start = False
        self.closed = False

    def tend(self) -> list[JobEnd]:
        ends, self.ends = self.ends, []
        return ends

    def start(self, job: ClaimedJob) -> None:
        if self.fail_start:
            raise RuntimeError("no actor")
        self.started.append(job)

    def close(self) -> None:
        self.closed = True


@contextmanager
def dispatching(
    stores: FakeStores,
    crew: FakeCrew,
    *,
    params: ClusterParams = PARAMS,
    factory: Callable[[], Stores] | None = None,
) -> Iterator[Dispatcher]:
    def default() -> Stores:
        return stores  # type: ignore[return-value]

    dispatcher = Dispatcher(factory or default, crew, params, "worker")
    thread = threading.Thread(target=dispatcher.run, daemon=True)
    thread.start()
    try:
        yield dispatcher
    finally:
        dispatcher.stop()
        thread.join(10)
        assert not thread.is_alive()


def _queue(stores: FakeStores, *names: str) -> None:
    for name in names:
        stores.jobs.enqueue(replace(FakeJob(), job_id=name))


def test_a_queued_job_is_claimed_and_started() -> None:
    """With the token of the claim."""
    stores, crew = FakeStores(), FakeCrew()
    _queue(stores, "a")
    with dispatching(stores, crew) as dispatcher:
        wait_for(lambda: crew.started)
        wait_for(lambda: dispatcher.state().running == ("a",))
    assert crew.started[0].fencing_token == 1


def test_no_more_jobs_run_than_allowed() -> None:
    """The second waits until the first has ended."""
    stores, crew = FakeStores(), FakeCrew()
    _queue(stores, "a", "b")
    with dispatching(stores, crew) as dispatcher:
        wait_for(lambda: len(crew.started) == 1)
        assert stores.jobs.row("b").status == "queued"
        crew.ends.append(JobEnd(crew.started[0], Ending.COMPLETED))
        wait_for(lambda: len(crew.started) == 2)
        assert dispatcher.state().jobs_ended == 1


def test_a_job_whose_supervisor_was_lost_is_run_again() -> None:
    """It is given back at once and claimed with a new token."""
    stores, crew = FakeStores(), FakeCrew()
    _queue(stores, "a")
    with dispatching(stores, crew):
        wait_for(lambda: len(crew.started) == 1)
        crew.ends.append(JobEnd(crew.started[0], None, "killed"))
        wait_for(lambda: len(crew.started) == 2)
    assert [job.fencing_token for job in crew.started] == [1, 2]


def test_a_job_that_is_lost_too_often_is_failed() -> None:
    """It must not take the cluster down again and again."""
    stores, crew = FakeStores(), FakeCrew()
    _queue(stores, "a")
    with dispatching(stores, crew):
        for count in (1, 2):
            wait_for(lambda count=count: len(crew.started) == count)
            crew.ends.append(JobEnd(crew.started[-1], None, "killed"))
        wait_for(lambda: stores.jobs.row("a").status == "failed")
    assert "2 attempts" in stores.jobs.row("a").message


def test_nothing_is_claimed_before_the_crew_is_ready() -> None:
    """A claim is a promise to begin."""
    stores, crew = FakeStores(), FakeCrew()
    crew.is_ready = False
    _queue(stores, "a")
    with dispatching(stores, crew) as dispatcher:
        wait_for(lambda: dispatcher.state().status == "warming")
        assert stores.jobs.row("a").status == "queued"
        crew.is_ready = True
        wait_for(lambda: crew.started)


def test_an_outage_is_waited_out_and_shown() -> None:
    """The state says so, and work goes on when the store is back."""
    stores, crew = FakeStores(), FakeCrew()
    stores.jobs.set_away(True)
    _queue(stores, "a")
    with dispatching(stores, crew) as dispatcher:
        wait_for(lambda: dispatcher.state().status == "retrying")
        assert not dispatcher.state().healthy
        assert "away" in dispatcher.state().last_error
        stores.jobs.set_away(False)
        wait_for(lambda: crew.started)
        assert dispatcher.state().healthy


def test_stores_that_cannot_be_opened_yet_are_tried_again() -> None:
    """The dispatcher may start before the database."""
    stores, crew = FakeStores(), FakeCrew()
    _queue(stores, "a")
    tries: list[int] = []

    def factory() -> Stores:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionError("not yet")
        return stores  # type: ignore[return-value]

    with dispatching(stores, crew, factory=factory):
        wait_for(lambda: crew.started)
    assert len(tries) == 3


def test_a_job_that_cannot_be_started_is_given_back() -> None:
    """Another dispatcher may claim it at once."""
    stores, crew = FakeStores(), FakeCrew()
    crew.fail_start = True
    _queue(stores, "a")
    params = replace(PARAMS, max_backoff_seconds=30.0, backoff_seconds=30.0)
    with dispatching(stores, crew, params=params) as dispatcher:
        wait_for(lambda: dispatcher.state().last_error)
        assert stores.jobs.claim("other", 5.0) is not None


def test_a_stopped_dispatcher_gives_its_jobs_back() -> None:
    """Processes end first, so that there is one writer only."""
    stores, crew = FakeStores(), FakeCrew()
    _queue(stores, "a")
    with dispatching(stores, crew):
        wait_for(lambda: stores.jobs.row("a").attempt == 1 and crew.started)
    assert crew.closed
    assert stores.jobs.claim("other", 5.0) is not None


def test_two_dispatchers_never_run_the_same_job() -> None:
    """The store decides who claims."""
    stores, first, second = FakeStores(), FakeCrew(), FakeCrew()
    _queue(stores, "a", "b")
    with dispatching(stores, first), dispatching(stores, second):
        wait_for(lambda: len(first.started) + len(second.started) == 2)
    assert {job.job_id for job in (*first.started, *second.started)} == {"a", "b"}

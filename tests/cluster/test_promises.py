"""Whatever happens to a job, in any order that chance brings, its promises hold."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster import ClusterParams
from cluster.coordination import Phase
from cluster.messages import (
    Begin,
    Conclude,
    Concluded,
    Ending,
    Event,
    Finish,
    Instruction,
    LaunchVariant,
    LeaseLost,
    PreparationAdvanced,
    Prepare,
    Prepared,
    StepFailed,
    StopAsked,
    Tick,
    VariantFailed,
    VariantGone,
    Write,
    WriteFailed,
    Written,
)
from solvers.model import Cost

from .jobs import NUMBERS, START, Job, ended, report

numbers = st.sampled_from(NUMBERS)
launches = st.integers(0, 3)
softs = st.integers(0, 200)
events = st.one_of(
    st.just(Begin()),
    st.builds(
        PreparationAdvanced,
        st.sampled_from(["loading", "cpsat"]),
        st.just(""),
        st.booleans(),
    ),
    st.builds(Prepared, st.builds(Cost, st.integers(0, 3), softs), st.floats(0, 9)),
    st.builds(StepFailed, st.just("failed"), may_retry=st.booleans()),
    st.builds(report, numbers, launches, softs),
    st.builds(ended, numbers, launches, softs),
    st.builds(VariantFailed, numbers, launches, st.just("raised")),
    st.builds(VariantGone, numbers, launches),
    st.builds(StopAsked, st.sampled_from(["cancel", "finish"])),
    st.just(LeaseLost()),
    st.just(Concluded(())),
    st.builds(Written, st.booleans()),
    st.builds(WriteFailed, st.just("refused")),
    st.just(Tick()),
)
stories = st.lists(st.tuples(events, st.floats(0, 40)), max_size=60)


@settings(max_examples=300, deadline=None)
@given(stories, st.integers(0, 1))
def test_whatever_happens_the_promises_hold(
    story: list[tuple[Event, float]], attempts_left: int
) -> None:
    """Random orders, duplicates and losses from any state."""
    job = Job(attempts_left=attempts_left)
    for event, after in story:
        before = job.machine.phase
        answers = job.hear(event, after=after)
        if before is Phase.ENDED:
            assert answers == []
    _check_promises(job)


def _check_promises(job: Job) -> None:
    percents = [message["progress"] for message in job.shown]
    assert percents == sorted(percents)
    assert all(0 <= percent <= 100 for percent in percents)
    assert len(job.all(Prepare)) <= 1
    assert len(job.all(Conclude)) <= 1
    assert all(len(order.entries) == 5 for order in job.all(Conclude))
    assert len(job.all(Finish)) == (job.machine.phase is Phase.ENDED)
    writes = [write.ending for write in job.all(Write)]
    assert writes in ([], ["completed"], ["failed"], ["cancelled"], [*_SAVED_LATE])
    launched = [(order.number, order.launch) for order in job.all(LaunchVariant)]
    assert len(launched) == len(set(launched))
    statuses = [message["status"] for message in job.shown]
    terminal = {"completed", "failed", "cancelled"}
    assert not terminal & set(statuses[:-1])
    if job.machine.ending in terminal and job.machine.phase is Phase.ENDED:
        assert statuses[-1] == job.machine.ending


_SAVED_LATE = ("completed", "failed")


class World:
    """Carries instructions out, with losses and duplicates that chance decides."""

    def __init__(self, job: Job, seed: int, asked: list[Event] | None = None) -> None:
        self._job = job
        self._rng = np.random.default_rng(seed)
        self._waiting: list[Event] = [Begin(), *(asked or [])]

    def run(self) -> None:
        for _ in range(2000):
            if self._job.machine.phase is Phase.ENDED:
                return
            self._step()
        raise AssertionError("the job did not end")

    def _step(self) -> None:
        if not self._waiting:
            self._hear(Tick(), after=5.0)
            return
        index = self._rng.integers(len(self._waiting))
        is_repeated = self._rng.random() < 0.1
        event = self._waiting[index] if is_repeated else self._waiting.pop(index)
        self._hear(event, after=0.5)

    def _hear(self, event: Event, after: float) -> None:
        for answer in self._job.hear(event, after=after):
            self._waiting += self._consequences(answer)

    def _consequences(self, answer: Instruction) -> list[Event]:
        match answer:
            case Prepare():
                return [PreparationAdvanced("cpsat"), Prepared(START)]
            case LaunchVariant(number, launch):
                return self._life(number, launch)
            case Conclude():
                return [Concluded(())]
            case Write():
                return [Written(True)]
            case _:
                return []

    def _life(self, number: int, launch: int) -> list[Event]:
        fate = self._rng.choice(["ends", "ends", "gone", "silent", "fails"])
        words: list[Event] = [report(number, launch)]
        if fate == "ends":
            words.append(ended(number, launch))
        if fate == "fails":
            words.append(VariantFailed(number, launch, "raised"))
        if fate == "gone":
            words.append(VariantGone(number, launch))
        return words


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_every_job_ends_completed_whatever_processes_are_lost(seed: int) -> None:
    """Liveness: variants may end, vanish or fall silent, in any order."""
    job = Job()
    World(job, seed).run()
    ending = job.machine.ending
    failed = {e.number for e in job.heard if isinstance(e, VariantFailed)}
    assert ending is Ending.COMPLETED or failed == set(NUMBERS)
    assert job.shown[-1]["status"] == ending
    _check_promises(job)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(st.sampled_from([StopAsked("cancel"), StopAsked("finish")]), max_size=3),
)
def test_every_job_ends_with_a_terminal_message(seed: int, asked: list[Event]) -> None:
    """Whenever people ask for an end, and whatever is lost meanwhile."""
    job = Job()
    World(job, seed, asked).run()
    assert job.machine.ending in ("completed", "failed", "cancelled")
    assert job.shown[-1]["status"] == job.machine.ending
    if job.machine.ending is Ending.COMPLETED:
        entries = job.all(Conclude)[0].entries
        assert [entry.number for entry in entries] == list(NUMBERS)
    _check_promises(job)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_job_keeps_to_its_limit_though_processes_are_lost(seed: int) -> None:
    """Restarts share what is left; the last silence costs one patience at most."""
    params = ClusterParams(hang_seconds=10.0, start_seconds=10.0)
    job = Job(params, limit=100.0)
    World(job, seed).run()
    assert job.now < 100.0 + 4 * params.hang_seconds

"""A tiny engine and in-memory stores for the tests of the cluster.

The fake problem: six events with options 0 to 9. Criterion ``time`` is the sum of the
options, ``student`` the sum of their distances to 9, so that weights decide what is
best; an option of -1 is a hard violation.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cluster.engine import Refined
from cluster.outcome import VariantOutcome
from solvers.exceptions import Issue
from solvers.model import (
    Cost,
    Event,
    Instance,
    Time,
    TimeOption,
    Timetable,
    Weights,
)
from solvers.result import StageReport
from solvers.verification import Verification

NUM_EVENTS = 6

PROFILES = [
    {"priority": "even"},
    {"priority": "early", "focus": ["time"], "focus_multiplier": 5},
    {"priority": "late", "focus": ["student"], "focus_multiplier": 5},
    {"priority": "earlier", "focus": ["time"], "focus_multiplier": 9},
    {"priority": "later", "focus": ["student"], "focus_multiplier": 9},
]


_TIMES = tuple(TimeOption(Time(1, 1, 12 * start, 10)) for start in range(10))


def fake_instance() -> Instance:
    return Instance(
        name="fake",
        num_weeks=1,
        num_days=5,
        slots_per_day=288,
        rooms=(),
        courses=(),
        configurations=(),
        subparts=(),
        events=tuple(Event(f"e{i}", 0, _TIMES, ()) for i in range(NUM_EVENTS)),
        weights=Weights.of({"time": 1, "student": 1}),
    )


def fake_timetable(option: int) -> Timetable:
    return Timetable.of([option] * NUM_EVENTS, [-1] * NUM_EVENTS)


def fake_criteria(timetable: Timetable) -> dict[str, int]:
    options = timetable.time_option
    return {"time": int(options.sum()), "student": int((9 - options).sum())}


def fake_stage(name: str) -> StageReport:
    return StageReport(name, True, "ran", 0.0)


def fake_cost(weights: Weights, timetable: Timetable) -> Cost:
    hard = int((timetable.time_option < 0).sum())
    return Cost(hard, weights.cost(fake_criteria(timetable)))


@dataclass(frozen=True)
class FakeStart:
    timetable: Timetable
    stages: tuple[StageReport, ...] = (fake_stage("communities"), fake_stage("cpsat"))

    @property
    def instance(self) -> Instance:
        return fake_instance()


@dataclass(frozen=True)
class FakeMigrant:
    cost: Cost
    timetable: Timetable


class FakeIsland:
    """Moves one event a step in the better direction per epoch."""

    def __init__(
        self, weights: Weights, start: Timetable, pause: float, overrun: float
    ) -> None:
        self._weights = weights
        self._pause = pause
        self._overrun = overrun
        self._stopped = threading.Event()
        self._best = FakeMigrant(fake_cost(weights, start), start)

    def advance(self, seconds: float, fraction: float) -> None:
        assert 0 <= fraction <= 1
        self._stopped.wait(min(seconds, self._pause) + self._overrun)
        step = 1 if self._weights["student"] > self._weights["time"] else -1
        options = self._best.timetable.time_option.copy()
        options[np.argmax(-step * options)] += step
        self.receive([self._as_migrant(np.clip(options, 0, 9))])

    def _as_migrant(self, options: Any) -> FakeMigrant:
        timetable = Timetable(options, np.full(NUM_EVENTS, -1))
        return FakeMigrant(fake_cost(self._weights, timetable), timetable)

    @property
    def work(self) -> int:
        return 1

    def emigrants(self, count: int) -> list[FakeMigrant]:
        return [self._best][:count]

    def receive(self, migrants: Sequence[FakeMigrant]) -> None:
        self._best = min([self._best, *migrants], key=lambda item: item.cost)

    def best(self) -> tuple[Cost, Timetable]:
        return self._best.cost, self._best.timetable

    def stop(self) -> None:
        self._stopped.set()


@dataclass(frozen=True)
class FakeScenario:
    """The fake problem under some weights."""

    engine: FakeEngine
    start: Any
    weights: Weights

    def price(self, timetable: Timetable) -> Cost:
        return fake_cost(self.weights, timetable)

    def migrant(self, timetable: Timetable) -> FakeMigrant:
        return FakeMigrant(self.price(timetable), timetable)

    def island(self, seed: int, index: int, resume: Timetable | None) -> FakeIsland:
        self.engine.maybe_raise("island", self.weights)
        first = resume or self.start.timetable
        engine = self.engine
        return FakeIsland(self.weights, first, engine.pause, engine.overrun)

    def refine(
        self,
        timetable: Timetable,
        *,
        seconds: float,
        seed: int,
        should_stop: Callable[[], bool],
    ) -> Refined:
        self.engine.maybe_raise("refine", self.weights)
        if seconds <= 0:
            skipped = replace(fake_stage("refinement"), ran=False)
            return Refined(timetable, self.price(timetable), (skipped,))
        end = time.monotonic() + min(seconds, self.engine.pause)
        while time.monotonic() < end and not should_stop():
            time.sleep(0.01)
        return Refined(timetable, self.price(timetable), (fake_stage("refinement"),))


@dataclass(frozen=True)
class FakeEngine:
    """An engine that fails where it is told to."""

    pause: float = 0.02
    overrun: float = 0.0
    prepare_seconds: float = 0.0
    raise_in: str = ""
    raise_for: int | None = None

    def warm_up(self, instance: Instance | None = None) -> None:
        del instance
        self.maybe_raise("warm_up")

    def prepare(
        self,
        instance: Instance,
        *,
        seconds: float,
        seed: int,
        on_stage: Callable[..., None],
        should_stop: Callable[[], bool],
    ) -> FakeStart:
        self.maybe_raise("prepare")
        on_stage("cpsat")
        end = time.monotonic() + self.prepare_seconds
        while time.monotonic() < end and not should_stop():
            time.sleep(0.01)
        return FakeStart(fake_timetable(5))

    def resume(
        self,
        instance: Instance,
        timetable: Timetable,
        *,
        seed: int,
        on_stage: Callable[..., None],
    ) -> FakeStart:
        return FakeStart(timetable)

    def improve(
        self,
        start: FakeStart,
        *,
        seconds: float,
        seed: int,
        on_cost: Callable[[Cost], None],
        should_stop: Callable[[], bool],
    ) -> FakeStart:
        self.maybe_raise("improve")
        timetable = fake_timetable(4)
        on_cost(fake_cost(fake_instance().weights, timetable))
        end = time.monotonic() + min(seconds, self.pause)
        while time.monotonic() < end and not should_stop():
            time.sleep(0.01)
        return FakeStart(timetable, (*start.stages, fake_stage("shared")))

    def scenario(self, start: Any, weights: Weights) -> FakeScenario:
        return FakeScenario(self, start, weights)

    def report(
        self,
        stage: str,
        before: Cost,
        after: Cost,
        *,
        seconds: float,
        status: str,
        details: Mapping[str, Any],
        ran: bool = True,
        warning: str = "",
    ) -> StageReport:
        return StageReport(stage, ran, status, seconds, before, after, details, warning)

    def verify(self, instance: Instance, timetable: Timetable) -> Verification:
        cost = fake_cost(instance.weights, timetable)
        hard = {"Unassigned": cost.hard} if cost.hard else {}
        return Verification(hard, fake_criteria(timetable), cost.soft, ())

    def versions(self) -> dict[str, str]:
        return {"fake": "1"}

    def maybe_raise(self, step: str, weights: Weights | None = None) -> None:
        """Fail in a step; with ``raise_for`` only where ``time`` has this weight."""
        if weights is not None and self.raise_for not in (None, weights["time"]):
            return
        if self.raise_in == step:
            raise RuntimeError(f"fake failure in {step}")


@dataclass(frozen=True)
class FakeJob:
    job_id: str = "job-1"
    fencing_token: int = 1
    attempt: int = 1
    time_limit_seconds: float = 2.0
    seed: int = 7
    options: Mapping[str, Any] = field(default_factory=lambda: {"profiles": PROFILES})
    progress: int = 0
    sequence: int = 0


@dataclass
class Row:
    """A job in the store."""

    job: FakeJob
    instance: Instance | Exception
    status: str = "queued"
    token: int = 0
    attempt: int = 0
    lease_until: float = 0.0
    asked: str | None = None
    variants: tuple[VariantOutcome, ...] = ()
    manifest: dict[str, Any] = field(default_factory=dict)
    message: str = ""
    issues: tuple[Issue, ...] = ()
    writes: int = 0
    progress: int = 0
    sequence: int = 0


class FakeJobStore:
    """Jobs in memory, by the contract of ``cluster.ports``."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.away = False
        self._lock = threading.RLock()

    def enqueue(
        self, job: FakeJob | None = None, instance: Instance | Exception | None = None
    ) -> FakeJob:
        job = job or FakeJob()
        with self._lock:
            self.rows[job.job_id] = Row(job, instance or fake_instance())
        return job

    def row(self, job_id: str = "job-1") -> Row:
        return self.rows[job_id]

    def ask(self, kind: str, job_id: str = "job-1") -> None:
        self.rows[job_id].asked = kind

    def set_away(self, away: bool) -> None:
        self.away = away

    def tend(self) -> None:
        self._require()

    def claim(self, worker: str, lease_seconds: float) -> FakeJob | None:
        self._require()
        with self._lock:
            now = time.monotonic()
            for row in self.rows.values():
                expired = row.status == "running" and row.lease_until <= now
                if row.status == "queued" or expired:
                    row.status, row.lease_until = "running", now + lease_seconds
                    row.token += 1
                    row.attempt += 1
                    return _evolved(row)
        return None

    def heartbeat(self, job_id: str, token: int, lease_seconds: float) -> bool:
        self._require()
        with self._lock:
            row = self.rows[job_id]
            if row.token != token or row.status != "running":
                return False
            row.lease_until = time.monotonic() + lease_seconds
            return True

    def load_instance(self, job_id: str) -> Instance:
        self._require()
        instance = self.rows[job_id].instance
        if isinstance(instance, Exception):
            raise instance
        return instance

    def requested_stop(self, job_id: str) -> str | None:
        self._require()
        return self.rows[job_id].asked

    def shown(self, progress: Mapping[str, Any]) -> None:
        """Keep for the next claim what a message has shown."""
        row = self.rows[str(progress["job_id"])]
        row.progress = max(row.progress, int(progress["progress"]))
        row.sequence = max(row.sequence, int(progress["sequence"]))

    def complete(
        self,
        job_id: str,
        token: int,
        instance: Instance,
        variants: Sequence[VariantOutcome],
        manifest: dict[str, Any],
    ) -> bool:
        return self._end(
            job_id, token, "completed", variants=tuple(variants), manifest=manifest
        )

    def fail(
        self, job_id: str, token: int, message: str, issues: Sequence[Issue]
    ) -> bool:
        return self._end(job_id, token, "failed", message=message, issues=tuple(issues))

    def cancelled(self, job_id: str, token: int) -> bool:
        return self._end(job_id, token, "cancelled")

    def _end(self, job_id: str, token: int, status: str, **values: Any) -> bool:
        self._require()
        with self._lock:
            row = self.rows[job_id]
            if row.token != token or row.status != "running":
                return row.token == token and row.status == status
            row.status = status
            row.writes += 1
            for name, value in values.items():
                setattr(row, name, value)
            return True

    def _require(self) -> None:
        if self.away:
            raise ConnectionError("the store is away")


def _evolved(row: Row) -> FakeJob:
    job = row.job
    return FakeJob(
        job_id=job.job_id,
        fencing_token=row.token,
        attempt=row.attempt,
        time_limit_seconds=job.time_limit_seconds,
        seed=job.seed,
        options=job.options,
        progress=row.progress,
        sequence=row.sequence,
    )


class FakeSink:
    """Progress messages in memory; the job's row keeps how far it was shown."""

    def __init__(self, jobs: FakeJobStore | None = None) -> None:
        self._jobs = jobs
        self.messages: list[dict[str, Any]] = []
        self.away = False

    def publish(self, progress: dict[str, Any]) -> None:
        if self.away:
            raise ConnectionError("the sink is away")
        if self._jobs is not None:
            self._jobs.shown(progress)
        self.messages.append(progress)


class FakeCheckpointStore:
    """Checkpoints in memory, of the jobs of a store."""

    def __init__(self, jobs: FakeJobStore) -> None:
        self._jobs = jobs
        self.saved: dict[str, bytes] = {}
        self.away = False

    def save(self, job_id: str, token: int, content: bytes) -> bool:
        self._require()
        row = self._jobs.row(job_id)
        if row.token != token or row.status != "running":
            return False
        self.saved[job_id] = content
        return True

    def load(self, job_id: str) -> bytes | None:
        self._require()
        is_running = self._jobs.row(job_id).status == "running"
        return self.saved.get(job_id) if is_running else None

    def _require(self) -> None:
        if self.away:
            raise ConnectionError("the store is away")


class FakeStores:
    """All stores of one process."""

    def __init__(self) -> None:
        self.jobs = FakeJobStore()
        self.checkpoints = FakeCheckpointStore(self.jobs)
        self.progress = FakeSink(self.jobs)

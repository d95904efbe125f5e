"""The shell around one job's coordination: threads, stores and a pool of variants.

A plain class without Ray; ``actors.py`` gives it a pool of actors, tests one of
threads. Whatever may block (the store, the engine, the sink) has a thread of its own,
and tells the loop what happened by an event.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, Protocol, assert_never

from solvers.exceptions import InputError
from solvers.model import Timetable

from .coordination import JobCoordinator, Phase
from .engine import Engine
from .keeping import LeaseKeeper
from .messages import (
    Begin,
    Conclude,
    Ending,
    Event,
    Finish,
    Instruction,
    KillVariant,
    LaunchVariant,
    OfferTimetable,
    Prepare,
    PublishProgress,
    SaveCheckpoint,
    StopPreparation,
    StopVariant,
    Tick,
    Write,
    Written,
)
from .params import ClusterParams
from .ports import ClaimedJob, Stores
from .priority import give_way
from .profiles import Profile, default_profiles, profiles_of
from .publishing import Publisher
from .seeding import variant_seed
from .sharing import shared_share
from .steps import JobSteps
from .variant import VariantTask

__all__ = ["Supervisor", "VariantPool"]

log = logging.getLogger(__name__)

LOOP_SECONDS = 0.1
FLUSH_SECONDS = 15.0


class VariantPool(Protocol):
    """Where variants run."""

    def warm_up(self) -> None:
        """Let the variants load the engine; does not wait."""

    def share(self, start: Any) -> None:
        """Make the shared start reachable for every variant, once."""

    def launch(self, task: VariantTask) -> None:
        """Start a variant; what comes of it is polled."""

    def offer(self, number: int, launch: int, timetable: Timetable) -> None:
        """Show a variant another's timetable."""

    def stop(self, number: int, launch: int) -> None:
        """Ask a variant to end now."""

    def kill(self, number: int, launch: int) -> None:
        """End a variant's process."""

    def poll(self) -> list[Event]:
        """What variants have said since; does not wait."""

    def release(self) -> None:
        """Stop whatever still runs and let go of everything."""


class Supervisor:
    """Runs one claimed job to its end.

    Parameters
    ----------
    job
        The claim.
    stores
        Storage of this process.
    engine
        The timetabling engine.
    pool
        Where variants run.
    params
        Parameters of the cluster.
    speed
        Speed of one of five variants against one alone, in (0, 1].
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        job: ClaimedJob,
        stores: Stores,
        engine: Engine,
        pool: VariantPool,
        params: ClusterParams,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._job = job
        self._stores = stores
        self._pool = pool
        self._params = params
        self._clock = clock
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._abandoned = threading.Event()
        self._next_tick = 0.0
        profiles, self._refusal = _profiles(job)
        self._steps = JobSteps(
            job,
            stores,
            engine,
            profiles,
            params,
            warm_up=pool.warm_up,
            share=pool.share,
            tell=self._events.put,
            speed=speed,
        )
        self._was_shared = shared_share(speed) > 0
        self._machine = JobCoordinator(
            str(job.job_id),
            [profile.priority for profile in profiles],
            job.time_limit_seconds,
            params,
            percent_floor=job.progress,
            attempts_left=max(0, params.max_attempts - job.attempt),
        )
        self._retry_seconds: float | None = None
        self._shown: dict[str, Any] = {}
        self._threads: list[threading.Thread] = []
        self._saving: threading.Thread | None = None

    def abandon(self) -> None:
        """Let go of the job without a word; its lease is given back or runs out."""
        self._abandoned.set()
        self._steps.abandon()

    @property
    def is_quiet(self) -> bool:
        """Whether no step of the job is still at work."""
        return not any(thread.is_alive() for thread in self._threads)

    def run(self) -> Ending:
        """Run the job; returns how it ended."""
        first = self._job.sequence + 1
        publisher = Publisher(self._stores.progress, first_sequence=first)
        keeper = LeaseKeeper(
            self._job, self._stores.jobs, self._params, self._events.put
        )
        try:
            return self._loop(publisher)
        except Exception as error:
            log.exception("Supervision failed.", extra=self._extra("supervision"))
            return self._last_words(f"{type(error).__name__}: {error}", publisher)
        finally:
            self._steps.abandon()
            keeper.stop()
            self._give_back()
            self._pool.release()
            publisher.close(FLUSH_SECONDS)

    def _loop(self, publisher: Publisher) -> Ending:
        self._hear(Begin(), publisher)
        while self._machine.phase is not Phase.ENDED:
            if self._abandoned.is_set():
                return Ending.LOST
            for event in [*self._incoming(), *self._pool.poll(), *self._due_tick()]:
                self._hear(event, publisher)
        return self._machine.ending or Ending.LOST

    def _incoming(self) -> list[Event]:
        try:
            events = [self._events.get(timeout=LOOP_SECONDS)]
        except queue.Empty:
            return []
        while not self._events.empty():
            events.append(self._events.get())
        return events

    def _due_tick(self) -> list[Event]:
        now = self._clock()
        if now < self._next_tick:
            return []
        self._next_tick = now + self._params.progress_seconds
        return [Tick()]

    def _hear(self, event: Event, publisher: Publisher) -> None:
        for instruction in self._machine.handle(event, self._clock()):
            self._carry_out(instruction, publisher)

    def _carry_out(self, instruction: Instruction, publisher: Publisher) -> None:
        match instruction:
            case Prepare():
                self._in_thread(self._prepare, instruction)
            case StopPreparation():
                self._steps.stop_preparation()
            case LaunchVariant():
                self._pool.launch(self._task(instruction))
            case OfferTimetable(number, launch, _, timetable):
                self._pool.offer(number, launch, timetable)
            case StopVariant(number, launch):
                self._pool.stop(number, launch)
            case KillVariant(number, launch):
                self._pool.kill(number, launch)
            case SaveCheckpoint():
                self._save(instruction)
            case Conclude():
                self._in_thread(self._steps.conclude, instruction)
            case Write():
                self._in_thread(self._steps.write, instruction)
            case PublishProgress(progress):
                self._shown = progress
                publisher.publish(progress)
            case Finish(ending, retry_seconds):
                self._retry_seconds = retry_seconds
                log.info("Job ended: %s.", ending, extra=self._extra("job_ended"))
            case _:
                assert_never(instruction)

    def _prepare(self, order: Prepare) -> Event:
        give_way(self._params.niceness)
        if self._refusal is not None:
            raise self._refusal
        return self._steps.prepare(order)

    def _in_thread(self, step: Callable[[Any], Event], order: Instruction) -> None:
        def run() -> None:
            try:
                self._events.put(step(order))
            except Exception as error:
                log.exception("Step failed.", extra=self._extra(step.__name__))
                self._events.put(self._steps.failure(error))

        thread = threading.Thread(target=run, name=step.__name__, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _save(self, order: SaveCheckpoint) -> None:
        """Save in a thread; one that a slow store holds up lets the next one pass."""
        if self._saving is None or not self._saving.is_alive():
            self._saving = threading.Thread(
                target=self._steps.save, args=(order,), name="save", daemon=True
            )
            self._saving.start()

    def _task(self, order: LaunchVariant) -> VariantTask:
        return VariantTask(
            number=order.number,
            launch=order.launch,
            weights=self._steps.weights_of(order.number),
            seed=variant_seed(self._job.seed, order.number, order.launch),
            seconds=order.seconds,
            refinement_share=self._params.shares.refinement,
            num_islands=self._params.islands_per_variant,
            resume=order.resume,
            first_position=self._first_position(order),
        )

    def _first_position(self, order: LaunchVariant) -> float:
        """A start that was searched before is not melted down again."""
        first = self._params.shares.parting if self._was_shared else 0.0
        return first + (1 - first) * order.first_fraction

    def _give_back(self) -> None:
        """Let the job be claimed again soon; else its lease would have to run out."""
        if self._retry_seconds is None:
            return
        job, seconds = self._job, self._retry_seconds
        extra = self._extra("give_back")
        try:
            self._stores.jobs.heartbeat(job.job_id, job.fencing_token, seconds)
        except Exception as error:
            log.warning("Not given back: %r", error, extra=extra)
        else:
            log.warning("Tried again in %g s.", seconds, extra=extra)

    def _last_words(self, message: str, publisher: Publisher) -> Ending:
        """Fail the job when its coordination is broken, if the store still listens."""
        answer = self._steps.write(Write(Ending.FAILED, message=message))
        if answer != Written(True):
            return Ending.LOST
        publisher.publish({**self._shown, "status": "failed", "message": message})
        return Ending.FAILED

    def _extra(self, action: str) -> dict[str, str]:
        return {"action": action, "job_id": str(self._job.job_id)}


def _profiles(job: ClaimedJob) -> tuple[tuple[Profile, ...], InputError | None]:
    """Profiles of a job, or the shipped ones and why the job's were refused."""
    try:
        return profiles_of(job.options), None
    except InputError as error:
        return default_profiles(), error

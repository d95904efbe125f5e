"""What one job does that may block: load, prepare, conclude and write."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from solvers.exceptions import InputError, TimetablingError
from solvers.model import Cost, Instance, Weights

from .checkpoint import Checkpoint
from .concluding import conclude
from .engine import Engine
from .exceptions import ClusterError, ProtocolError
from .manifest import compose_manifest
from .messages import (
    Conclude,
    Concluded,
    Ending,
    Event,
    PreparationAdvanced,
    Prepare,
    Prepared,
    SaveCheckpoint,
    StepFailed,
    Write,
    WriteFailed,
    Written,
)
from .params import ClusterParams
from .ports import ClaimedJob, Stores
from .profiles import Profile
from .retrying import Retry
from .sharing import shared_seconds

__all__ = ["JobSteps"]

log = logging.getLogger(__name__)


class JobSteps:
    """The steps of one job; each runs in a thread and ends in an event.

    Parameters
    ----------
    job, stores
        The claim and the storage of this process.
    engine
        The timetabling engine.
    profiles
        Weight profiles of the variants.
    params
        Parameters of the cluster.
    warm_up
        Lets the variants load the engine, without waiting.
    share
        Makes the prepared start reachable for the variants.
    tell
        Takes events on the way.
    speed
        Speed of one of five variants against one alone, in (0, 1].
    """

    def __init__(
        self,
        job: ClaimedJob,
        stores: Stores,
        engine: Engine,
        profiles: Sequence[Profile],
        params: ClusterParams,
        *,
        warm_up: Callable[[], None],
        share: Callable[[Any], None],
        tell: Callable[[Event], None],
        speed: float = 1.0,
    ) -> None:
        self._job = job
        self._jobs = stores.jobs
        self._checkpoints = stores.checkpoints
        self._engine = engine
        self._profiles = profiles
        self._params = params
        self._warm_up = warm_up
        self._share = share
        self._tell = tell
        self._speed = speed
        self._began = monotonic()
        self._abandoned = threading.Event()
        self._preparation_stopped = threading.Event()
        self._instance: Instance | None = None
        self._start: Any = None
        self._manifest: dict[str, Any] = {}
        self._resumed_seconds = 0.0

    def stop_preparation(self) -> None:
        """Let the shared stages return with what they have."""
        self._preparation_stopped.set()

    def abandon(self) -> None:
        """Let everything that waits give up."""
        self._preparation_stopped.set()
        self._abandoned.set()

    def weights_of(self, number: int) -> Weights:
        """Weights of a variant of the loaded instance."""
        return self._profiles[number - 1].weights_for(self._loaded().weights)

    def prepare(self, order: Prepare) -> Event:
        """Load the instance and run what the variants share."""
        self._advance("loading", "Loading the term", searching=False)
        instance = self._retry().call(
            lambda: self._jobs.load_instance(self._job.job_id), "load_instance"
        )
        self._advance("warming", "Warming up the engine", searching=False)
        self._engine.warm_up(instance)
        self._warm_up()
        resumed = self._checkpoint_for(instance)
        if resumed is None:
            start = self._start_of(instance, order.seconds)
        else:
            start = self._engine.resume(
                instance, resumed.start, seed=self._job.seed, on_stage=self._advance
            )
            self._resumed_seconds = resumed.used_seconds
        began = monotonic()
        verification = self._engine.verify(instance, start.timetable)
        self._instance, self._start = instance, start
        self._share(start)
        cost = Cost(verification.total_hard, verification.cost)
        return Prepared(cost, monotonic() - began, resumed)

    def _checkpoint_for(self, instance: Instance) -> Checkpoint | None:
        """What an earlier attempt has left; one that does not fit is passed over."""
        if self._job.attempt == 1:
            return None
        content = self._retry().call(
            lambda: self._checkpoints.load(self._job.job_id), "load_checkpoint"
        )
        if content is None:
            return None
        try:
            checkpoint = Checkpoint.from_bytes(content)
        except ValueError as error:
            log.warning(
                "Checkpoint unreadable: %s.", error, extra=self._extra("resume")
            )
            return None
        if checkpoint.fits(instance):
            return checkpoint
        log.warning("Checkpoint does not fit.", extra=self._extra("resume"))
        return None

    def save(self, order: SaveCheckpoint) -> None:
        """Keep a checkpoint; without one, another attempt would begin anew."""
        checkpoint = Checkpoint(
            order.used_seconds, order.position, self._start.timetable, order.best
        )
        job_id, token = self._job.job_id, self._job.fencing_token
        try:
            self._checkpoints.save(job_id, token, checkpoint.to_bytes())
        except Exception as error:
            extra = self._extra("checkpoint")
            log.warning("No checkpoint this time: %r", error, extra=extra)

    def _start_of(self, instance: Instance, seconds: float) -> Any:
        """Run the stages that the variants share, and what they search together."""
        self._advance("communities")
        began = monotonic()
        stopped = self._preparation_stopped.is_set
        start = self._engine.prepare(
            instance,
            seconds=seconds,
            seed=self._job.seed,
            on_stage=self._advance,
            should_stop=stopped,
        )
        limit, shares = self._job.time_limit_seconds, self._params.shares
        seconds = shared_seconds(limit, monotonic() - began, self._speed, shares)
        if not seconds or stopped():
            return start
        self._advance("shared")
        return self._engine.improve(
            start,
            seconds=seconds,
            seed=self._job.seed,
            on_cost=lambda cost: self._advance("shared", cost=cost),
            should_stop=stopped,
        )

    def conclude(self, order: Conclude) -> Event:
        """Verify, adopt and compose the manifest."""
        outcomes = conclude(
            order.entries,
            instance=self._loaded(),
            start=self._start,
            profiles=self._profiles,
            seed=self._job.seed,
            engine=self._engine,
        )
        self._manifest = compose_manifest(
            self._job,
            outcomes,
            self._params,
            self._engine.versions(),
            elapsed_seconds=monotonic() - self._began,
            resumed_seconds=self._resumed_seconds,
        )
        return Concluded(outcomes)

    def write(self, order: Write) -> Event:
        """End the job in the store, however long the store is away."""
        try:
            return Written(self._retry().call(lambda: self._send(order), "write"))
        except Exception as error:
            return WriteFailed(f"{type(error).__name__}: {error}")

    def failure(self, error: Exception) -> StepFailed:
        """Event that a step has raised."""
        if isinstance(error, InputError):
            return StepFailed(str(error), error.issues)
        # What the engine itself raises would be raised again by the next attempt.
        is_final = isinstance(error, (TimetablingError, ClusterError))
        message = f"{type(error).__name__}: {error}"
        return StepFailed(message, may_retry=not is_final)

    def _send(self, order: Write) -> bool:
        job, token = self._job.job_id, self._job.fencing_token
        match order.ending:
            case Ending.COMPLETED:
                return self._jobs.complete(
                    job, token, self._loaded(), order.outcomes, self._manifest
                )
            case Ending.FAILED:
                return self._jobs.fail(job, token, order.message, order.issues)
            case Ending.CANCELLED:
                return self._jobs.cancelled(job, token)
            case Ending.LOST:
                return False

    def _advance(
        self,
        stage: str,
        text: str = "",
        *,
        searching: bool = True,
        cost: Cost | None = None,
    ) -> None:
        self._tell(PreparationAdvanced(stage, text, searching, cost))

    def _extra(self, action: str) -> dict[str, str]:
        return {"action": action, "job_id": str(self._job.job_id)}

    def _loaded(self) -> Instance:
        if self._instance is None:
            raise ProtocolError("A step came before the preparation.")
        return self._instance

    def _retry(self) -> Retry:
        return Retry(
            first_seconds=self._params.backoff_seconds,
            longest_seconds=self._params.max_backoff_seconds,
            patience_seconds=self._params.store_patience_seconds,
            stopped=self._abandoned,
        )

"""What the cluster needs from the world: Protocols that storage satisfies by shape.

The adapters (``erp_bridge``) never import this package, nor this package them; the
composition root hands a picklable :data:`StoresFactory` to the dispatcher, and every
actor that needs storage calls it in its own process.

The storage contract
--------------------
* A job is claimed by one worker at a time. The claim carries a *fencing token* that
  grows with every claim of the job; a write with an older token changes nothing and
  answers False.
* A claim lives as long as its lease; a job whose lease ran out may be claimed anew,
  ``attempt`` one higher. ``heartbeat`` with ``lease_seconds=0`` gives the job back.
* ``complete``, ``fail`` and ``cancelled`` end a job once. A repeated call with the same
  token is harmless.
* A checkpoint is for the next claim of a job that was lost. The store keeps the newest
  one and forgets it when the job ends.
* ``tend`` is called several times a second by whoever claims, busy or not. It does what
  the store must do now and then, returns soon, and raises only where a claim would.
* Any method may raise while the store is unreachable; the cluster waits and retries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

from solvers.exceptions import Issue
from solvers.model import Instance

from .outcome import VariantOutcome

__all__ = [
    "CheckpointStore",
    "ClaimedJob",
    "JobStore",
    "ProgressSink",
    "StopKind",
    "Stores",
    "StoresFactory",
]

StopKind = Literal["cancel", "finish"]


class ClaimedJob(Protocol):
    """A job that this worker may run until its lease ends."""

    @property
    def job_id(self) -> str:
        """Unique id of the job."""

    @property
    def fencing_token(self) -> int:
        """Token that every write must carry."""

    @property
    def attempt(self) -> int:
        """How many times the job has been claimed, this time included; >= 1."""

    @property
    def time_limit_seconds(self) -> float:
        """Search seconds of the whole five-variant job, > 0."""

    @property
    def seed(self) -> int:
        """Seed that all randomness of the job comes from, >= 0."""

    @property
    def progress(self) -> int:
        """Percentage that an earlier attempt has shown, 0 at first."""

    @property
    def sequence(self) -> int:
        """Number of the last message of an earlier attempt, 0 at first."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Further wishes, e.g. ``profiles``; see ``cluster.profiles``."""


class JobStore(Protocol):
    """Jobs, their inputs and their results."""

    def tend(self) -> None:
        """Do what the store itself must do now and then."""

    def claim(self, worker: str, lease_seconds: float) -> ClaimedJob | None:
        """Claim the next job in fair order, None when nothing waits."""

    def heartbeat(self, job_id: str, token: int, lease_seconds: float) -> bool:
        """Prolong the lease; False when another worker holds the job or it ended."""

    def load_instance(self, job_id: str) -> Instance:
        """Build the job's instance.

        Raises
        ------
        InputError
            If the stored input makes no instance.
        """

    def requested_stop(self, job_id: str) -> StopKind | None:
        """What a person asked of the running job."""

    def complete(
        self,
        job_id: str,
        token: int,
        instance: Instance,
        variants: Sequence[VariantOutcome],
        manifest: dict[str, Any],
    ) -> bool:
        """Save all variants and end the job in one transaction; False if fenced."""

    def fail(
        self, job_id: str, token: int, message: str, issues: Sequence[Issue]
    ) -> bool:
        """End the job as failed; False if fenced."""

    def cancelled(self, job_id: str, token: int) -> bool:
        """End the job as cancelled; False if fenced."""


class ProgressSink(Protocol):
    """Where the one writer of a job's progress writes."""

    def publish(self, progress: dict[str, Any]) -> None:
        """Show one progress message; see ``cluster.progress`` for its shape."""


class CheckpointStore(Protocol):
    """What lost attempts leave to the next."""

    def save(self, job_id: str, token: int, content: bytes) -> bool:
        """Keep a checkpoint in place of the last one; False if fenced."""

    def load(self, job_id: str) -> bytes | None:
        """Return the newest checkpoint of a job that has not ended, None without."""


class Stores(Protocol):
    """The storage of one process."""

    @property
    def jobs(self) -> JobStore:
        """Jobs and results."""

    @property
    def progress(self) -> ProgressSink:
        """Progress messages."""

    @property
    def checkpoints(self) -> CheckpointStore:
        """Checkpoints of running jobs."""


StoresFactory = Callable[[], Stores]

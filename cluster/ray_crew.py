"""A dispatcher's processes: supervisors that wait for jobs and warm variants to lend.

Creating an actor and importing the engine takes seconds, so both are kept ready. The
first supervisor compiles the kernels; the variants come after it and load them from the
cache.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any

import ray
from ray.exceptions import RayError

from .autoscaling import CapacityWish
from .dispatching import JobEnd
from .messages import Ending
from .params import ClusterParams
from .ports import ClaimedJob
from .profiles import NUM_VARIANTS
from .ray_pool import is_done, reason_of

__all__ = ["RayCrew"]

log = logging.getLogger(__name__)

RETURN_SECONDS = 4.0
ABANDON_SECONDS = 3.0


@dataclass(slots=True)
class _Expected:
    """An actor that is to be ready when it says that it is idle.

    A new one may take its time; one that comes back from a job has a ``deadline``.
    """

    actor: Any
    answer: Any
    deadline: float = inf

    @classmethod
    def back(cls, actor: Any) -> _Expected:
        return cls(actor, actor.is_idle.remote(), monotonic() + RETURN_SECONDS)


@dataclass(slots=True)
class _Assignment:
    """A supervisor at work."""

    job: ClaimedJob
    supervisor: Any
    lent: list[Any]
    result: Any


class RayCrew:
    """Supervisors and variants as Ray actors.

    Parameters
    ----------
    spawn_supervisor, spawn_variant
        Make an actor each.
    params
        Parameters of the cluster.
    ask_for_cpus
        Tells an autoscaler how many CPUs running jobs would like to have.
    """

    def __init__(
        self,
        spawn_supervisor: Callable[[], Any],
        spawn_variant: Callable[[], Any],
        params: ClusterParams,
        ask_for_cpus: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._wish = CapacityWish(ask_for_cpus, params)
        self._spawn_supervisor = spawn_supervisor
        self._spawn_variant = spawn_variant
        self._params = params
        self._supervisors: list[Any] = []
        self._variants: list[Any] = []
        self._expected_supervisors: list[_Expected] = []
        self._expected_variants: list[_Expected] = []
        self._assignments: list[_Assignment] = []
        self._ended: list[JobEnd] = []
        self._warm: Any = None
        self._is_warm = False

    @property
    def is_ready(self) -> bool:
        """Whether a supervisor waits for a job."""
        return bool(self._supervisors)

    @property
    def num_idle_variants(self) -> int:
        """Variants that wait to be lent."""
        return len(self._variants)

    def tend(self) -> list[JobEnd]:
        """Replace what was lost; returns the jobs that ended since.

        Should a step raise, the ended jobs are returned by the next call.
        """
        for item in [*self._assignments]:
            if is_done(item.result):
                self._end(item)
        self._supervisors += _arrived(self._expected_supervisors)
        self._variants += _arrived(self._expected_variants)
        self._refill()
        self._wish.tell(len(self._assignments))
        ended, self._ended = self._ended, []
        return ended

    def start(self, job: ClaimedJob) -> None:
        """Start a supervisor on a claimed job, with warm variants."""
        lent = [self._lend() for _ in range(NUM_VARIANTS)]
        supervisor = self._supervisors.pop()
        result = supervisor.run.remote(job, lent)
        self._assignments.append(_Assignment(job, supervisor, lent, result))

    def close(self) -> None:
        """Let supervisors abandon their jobs, then end every process."""
        self._wish.tell(0)
        for item in self._assignments:
            item.supervisor.abandon.remote()
        results = [item.result for item in self._assignments]
        if results:
            ray.wait(results, num_returns=len(results), timeout=ABANDON_SECONDS)
        for actor in self._actors():
            ray.kill(actor, no_restart=True)

    def _actors(self) -> list[Any]:
        lent = [actor for item in self._assignments for actor in item.lent]
        at_work = [item.supervisor for item in self._assignments]
        expected = [*self._expected_supervisors, *self._expected_variants]
        coming = [item.actor for item in expected]
        return [*lent, *at_work, *coming, *self._supervisors, *self._variants]

    def _lend(self) -> Any:
        """Variant that is warm, or is becoming so, or is made for the job.

        The supervisor warms it up once its own kernels are compiled.
        """
        if self._variants:
            return self._variants.pop()
        for item in self._expected_variants:
            if item.deadline == inf:
                self._expected_variants.remove(item)
                return item.actor
        return self._spawn_variant()

    def _end(self, item: _Assignment) -> None:
        self._assignments.remove(item)
        self._expected_variants += [_Expected.back(actor) for actor in item.lent]
        try:
            ending = Ending(ray.get(item.result))
        except RayError as error:
            ray.kill(item.supervisor, no_restart=True)
            extra = {"action": "supervisor_lost", "job_id": str(item.job.job_id)}
            log.warning("A supervisor was lost.", extra=extra)
            self._ended.append(JobEnd(item.job, None, reason_of(error)))
            return
        self._ended.append(JobEnd(item.job, ending))
        if ending is Ending.LOST:
            # Its process, or its node, may be what is wrong.
            ray.kill(item.supervisor, no_restart=True)
            return
        self._expected_supervisors.append(_Expected.back(item.supervisor))

    def _refill(self) -> None:
        if self._num_supervisors() < self._params.max_concurrent_jobs:
            actor = self._spawn_supervisor()
            self._expected_supervisors.append(_Expected(actor, actor.is_idle.remote()))
            self._warm = actor.warm_up.remote()
        if self._warm is not None and is_done(self._warm):
            self._warm, self._is_warm = None, True
        if self._is_warm and self._num_variants() < self._params.warm_variants:
            actor = self._spawn_variant()
            self._expected_variants.append(_Expected(actor, actor.warm_up.remote()))

    def _num_supervisors(self) -> int:
        idle = len(self._supervisors) + len(self._expected_supervisors)
        return idle + len(self._assignments)

    def _num_variants(self) -> int:
        num_lent = sum(len(item.lent) for item in self._assignments)
        return len(self._variants) + len(self._expected_variants) + num_lent


def _arrived(expected: list[_Expected]) -> list[Any]:
    """Take out actors that are idle; end those that are not in time, or are lost.

    Raises
    ------
    RayError
        If a new actor could not be made.
    """
    arrived = []
    for item in [*expected]:
        is_idle = is_done(item.answer) and _is_idle(item, expected)
        if is_idle:
            expected.remove(item)
            arrived.append(item.actor)
        elif item in expected and monotonic() > item.deadline:
            expected.remove(item)
            ray.kill(item.actor, no_restart=True)
    return arrived


def _is_idle(item: _Expected, expected: list[_Expected]) -> bool:
    try:
        is_idle = bool(ray.get(item.answer))
    except RayError:
        expected.remove(item)
        ray.kill(item.actor, no_restart=True)
        if item.deadline == inf:
            raise
        return False
    if not is_idle:
        item.answer = item.actor.is_idle.remote()
    return is_idle

"""The Ray actors: thin shells around plain classes, and the only ``ray.remote``.

::

    dispatcher  --owns-->  supervisors (one per running job)
                --owns-->  variants (a warm pool, lent to supervisors)
    variant     --owns-->  islands (those that do not share the variant's process)

What an actor owns dies with it; a job whose processes died is claimed again when its
lease has run out.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Sequence
from typing import Any

import ray
from ray.autoscaler.sdk import request_resources

from .dispatching import Dispatcher
from .engine import Engine
from .islands_away import IslandShell
from .messages import VariantEnded, VariantReported
from .params import ClusterParams
from .placement import (
    SUPERVISOR_CPUS,
    thread_limits,
    variant_cpus,
    variant_speed,
)
from .ports import ClaimedJob, Stores, StoresFactory
from .priority import give_way
from .ray_crew import RayCrew
from .ray_islands import IslandActors, RayIslands
from .ray_pool import RayVariantPool
from .state import DispatcherState
from .supervision import Supervisor
from .variant import VariantRun, VariantTask

__all__ = ["DispatcherShell", "find_dispatcher", "open_pool", "spawn_dispatcher"]

log = logging.getLogger(__name__)


class VariantShell:
    """A process that runs one variant after another; reports come from its threads."""

    def __init__(self, engine: Engine, params: ClusterParams) -> None:
        os.environ.update(thread_limits(params))
        self._engine = engine
        self._params = params
        self._lock = threading.Lock()
        self._key = ""
        self._run: VariantRun | None = None
        self._num_runs = 0
        self._stopped: set[str] = set()
        self._island_actors = IslandActors(
            lambda num_islands: _spawn_island(engine, params, num_islands), params
        )

    def warm_up(self) -> bool:
        """Load everything that a first run would wait for; True when it is there."""
        give_way(self._params.niceness)
        self._engine.warm_up()
        return True

    def is_idle(self) -> bool:
        """Whether no variant runs here."""
        return self._num_runs == 0

    def run(self, key: str, task: VariantTask, start: Sequence[Any]) -> VariantEnded:
        """Run a variant; ``start`` holds the reference of the shared start."""
        give_way(self._params.niceness)
        islands = RayIslands(start, self._island_actors, self._params)
        with self._lock:
            self._num_runs += 1
        try:
            return self._begin(key, task, ray.get(start[0]), islands).run()
        finally:
            with self._lock:
                self._num_runs -= 1
                self._key, self._run = "", None
                self._stopped.discard(key)
            islands.close()

    def _begin(
        self, key: str, task: VariantTask, start: Any, islands: RayIslands
    ) -> VariantRun:
        self._engine.warm_up(start.instance)
        run = VariantRun(
            task, start, self._engine, islands, self._params.growth_seconds
        )
        with self._lock:
            self._key, self._run = key, run
            if key in self._stopped:
                run.stop()
        return run

    def report(self, key: str, known: int) -> tuple[int, VariantReported] | None:
        """Version of the best and a report, None when this run is not on."""
        run = self._current(key)
        return None if run is None else run.report(known)

    def offer(self, key: str, timetable: Any) -> None:
        """Show the run another variant's timetable."""
        if (run := self._current(key)) is not None:
            run.offer(timetable)

    def stop(self, key: str) -> None:
        """End the run soon, even if it has not begun yet."""
        with self._lock:
            self._stopped.add(key)
            run = self._run if self._key == key else None
        if run is not None:
            run.stop()

    def _current(self, key: str) -> VariantRun | None:
        with self._lock:
            return self._run if self._key == key else None


class SupervisorShell:
    """A process that runs one job after another."""

    def __init__(
        self, factory: StoresFactory, engine: Engine, params: ClusterParams, cpus: float
    ) -> None:
        self._factory = factory
        self._engine = engine
        self._params = params
        self._cpus = cpus
        self._stores: Stores | None = None
        self._supervisor: Supervisor | None = None
        self._is_running = False

    def warm_up(self) -> None:
        """Compile the kernels into the cache."""
        give_way(self._params.niceness)
        self._engine.warm_up()

    def is_idle(self) -> bool:
        """Whether no job runs here, nor anything that a job has left behind."""
        if self._is_running:
            return False
        if self._supervisor is not None and self._supervisor.is_quiet:
            self._supervisor = None
        return self._supervisor is None

    def run(self, job: ClaimedJob, variants: Sequence[Any]) -> str:
        """Run a job with lent variants; returns how it ended."""
        self._is_running = True
        try:
            return str(self._supervise(job, variants).run())
        finally:
            self._is_running = False

    def abandon(self) -> None:
        """Let go of the running job without a word."""
        if self._supervisor is not None:
            self._supervisor.abandon()

    def _supervise(self, job: ClaimedJob, variants: Sequence[Any]) -> Supervisor:
        if self._stores is None:
            self._stores = self._factory()
        pool = RayVariantPool(variants, self._spawn_variant)
        self._supervisor = Supervisor(
            job,
            self._stores,
            self._engine,
            pool,
            self._params,
            speed=variant_speed(_num_cpus(), self._params),
        )
        return self._supervisor

    def _spawn_variant(self) -> Any:
        return _spawn_variant(self._engine, self._params, self._cpus)


class DispatcherShell:
    """The dispatcher's process: a loop in a thread, begun by the constructor.

    Ray runs the constructor again when it restarts the actor, so a lost dispatcher
    begins anew without anybody's help.
    """

    def __init__(
        self, factory: StoresFactory, engine: Engine, params: ClusterParams
    ) -> None:
        cpus = variant_cpus(_num_cpus(), params)
        crew = RayCrew(
            lambda: _spawn_supervisor(factory, engine, params, cpus),
            lambda: _spawn_variant(engine, params, cpus),
            params,
            lambda num_cpus: request_resources(num_cpus=num_cpus),
        )
        worker = f"{params.name}@{socket.gethostname()}:{os.getpid()}"
        self._dispatcher = Dispatcher(factory, crew, params, worker)
        self._thread = threading.Thread(
            target=self._dispatcher.run, name="dispatcher", daemon=True
        )
        self._thread.start()

    def state(self) -> DispatcherState:
        """Say how it goes."""
        if not self._thread.is_alive():
            raise RuntimeError("The dispatcher's loop has ended.")
        return self._dispatcher.state()

    def shutdown(self) -> None:
        """Give running jobs back and end all processes; returns when done."""
        self._dispatcher.stop()
        self._thread.join()


_Island = ray.remote(IslandShell)
_Variant = ray.remote(VariantShell)
_Supervisor = ray.remote(SupervisorShell)
_Dispatcher = ray.remote(DispatcherShell)


def _num_cpus() -> float:
    """Logical CPUs of the cluster."""
    return float(ray.cluster_resources().get("CPU", 1.0))


def _spawn_island(engine: Engine, params: ClusterParams, num_islands: int) -> Any:
    return _Island.options(
        num_cpus=num_islands,
        max_concurrency=num_islands + 1,
        scheduling_strategy="SPREAD",
    ).remote(engine, params)


def _spawn_variant(engine: Engine, params: ClusterParams, cpus: float) -> Any:
    return _Variant.options(
        num_cpus=cpus,
        max_concurrency=8,
        scheduling_strategy="SPREAD",
    ).remote(engine, params)


def _spawn_supervisor(
    factory: StoresFactory, engine: Engine, params: ClusterParams, cpus: float
) -> Any:
    return _Supervisor.options(num_cpus=SUPERVISOR_CPUS, max_concurrency=4).remote(
        factory, engine, params, cpus
    )


def open_pool(engine: Engine, params: ClusterParams, cpus: float) -> RayVariantPool:
    """Open a pool of variants for a caller that is no supervisor; none is lent."""
    return RayVariantPool([], lambda: _spawn_variant(engine, params, cpus))


def spawn_dispatcher(
    factory: StoresFactory, engine: Engine, params: ClusterParams
) -> Any:
    """Start the dispatcher actor of this name, or find the one that runs."""
    return _Dispatcher.options(
        name=params.name,
        namespace=params.namespace,
        lifetime="detached" if params.detached else None,
        get_if_exists=True,
        num_cpus=0,
        max_concurrency=8,
        max_restarts=-1,
    ).remote(factory, engine, params)


def find_dispatcher(params: ClusterParams) -> Any:
    """Return the handle of the running dispatcher; ValueError if there is none."""
    return ray.get_actor(params.name, namespace=params.namespace)

"""Typed facade over the dispatcher actor: start it, find it, ask it, end it.

Ray must be initialized; nothing here starts or stops Ray itself.
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError

from .actors import find_dispatcher, spawn_dispatcher
from .engine import Engine
from .exceptions import DispatcherUnavailable
from .params import ClusterParams
from .ports import StoresFactory
from .solving import SolversEngine
from .state import DispatcherState

__all__ = ["DispatcherClient", "connect", "start_dispatcher"]

LOOK_SECONDS = 0.1


class DispatcherClient:
    """A dispatcher of this Ray cluster."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def state(self, timeout_seconds: float = 2.0) -> DispatcherState:
        """Ask the dispatcher for its state.

        Raises
        ------
        DispatcherUnavailable
            If it does not answer in time.
        """
        try:
            answer = ray.get(self._actor.state.remote(), timeout=timeout_seconds)
        except (RayError, GetTimeoutError) as error:
            raise DispatcherUnavailable(f"No answer: {error}") from error
        return answer  # type: ignore[no-any-return]

    def wait_until_ready(self, timeout_seconds: float = 120.0) -> DispatcherState:
        """Wait until jobs are claimed.

        Raises
        ------
        DispatcherUnavailable
            If that takes too long.
        """
        deadline = monotonic() + timeout_seconds
        while (left := deadline - monotonic()) > 0:
            state = self.state(left)
            if state.status == "ready":
                return state
            sleep(LOOK_SECONDS)
        raise DispatcherUnavailable("The dispatcher does not become ready.")

    def shutdown(self, timeout_seconds: float = 10.0) -> None:
        """Give running jobs back to the queue and end all processes."""
        try:
            ray.get(self._actor.shutdown.remote(), timeout=timeout_seconds)
        except (RayError, GetTimeoutError):
            pass
        finally:
            ray.kill(self._actor, no_restart=True)


def start_dispatcher(
    factory: StoresFactory,
    params: ClusterParams | None = None,
    *,
    engine: Engine | None = None,
) -> DispatcherClient:
    """Start the dispatcher of this name, or find the one that runs; returns at once.

    Parameters
    ----------
    factory
        Picklable; called in every actor that needs storage.
    params
        Defaults when None.
    engine
        Picklable; the real engine when None.
    """
    chosen = params or ClusterParams()
    engine = engine or SolversEngine()
    return DispatcherClient(spawn_dispatcher(factory, engine, chosen))


def connect(params: ClusterParams | None = None) -> DispatcherClient:
    """Find the dispatcher that runs in this Ray cluster.

    Raises
    ------
    DispatcherUnavailable
        If there is none.
    """
    try:
        return DispatcherClient(find_dispatcher(params or ClusterParams()))
    except ValueError as error:
        raise DispatcherUnavailable from error

"""The dispatcher as a Ray Serve application, for clusters that no driver watches.

Serve keeps the one replica alive; the dispatcher lives and dies with it, and one that
does not answer is replaced. What it was running is claimed again from PostgreSQL.
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING

from ray import serve as ray_serve

from .settings import Settings, settings_of_cluster

if TYPE_CHECKING:
    from ray.serve import Application

    from cluster import DispatcherClient

__all__ = ["build_from_environment"]

_PATIENCE_SECONDS = 5.0
_START_SECONDS = 120.0
_LOOK_SECONDS = 0.5
_RETRIES = 1000
"""Serve takes the smaller of this and RAY_SERVE_MAX_PER_REPLICA_RETRY_COUNT."""


class Keeper:
    """Starts the dispatcher, and says whether it answers."""

    def __init__(self, settings: Settings) -> None:
        from .telemetry import configure_logging

        configure_logging(settings.log_level)
        self._client = _answering_dispatcher(settings)

    def check_health(self) -> None:
        """Raise if the dispatcher does not answer; Serve asks, and replaces us."""
        self._client.state(_PATIENCE_SECONDS)

    def __del__(self) -> None:
        """Give running jobs back to the queue; Serve calls it as the replica ends."""
        self._client.shutdown()


def _answering_dispatcher(settings: Settings) -> DispatcherClient:
    """Start the dispatcher, or find the one that runs, and wait for its answer.

    Serve asks for our health as soon as the constructor returns, and after few failures
    in a row it starts no further replica: not even a machine that is busy starting
    everything anew may be too slow for that.

    Raises
    ------
    DispatcherUnavailable
        If none answers within minutes.
    """
    from cluster import DispatcherUnavailable, start_dispatcher

    from .cluster_params import cluster_params
    from .storage import stores_factory

    deadline = monotonic() + _START_SECONDS
    while True:
        client = start_dispatcher(stores_factory(settings), cluster_params(settings))
        try:
            client.state(max(_PATIENCE_SECONDS, deadline - monotonic()))
        except DispatcherUnavailable:
            # Its node may be gone; the next one has another.
            if monotonic() > deadline:
                raise
            sleep(_LOOK_SECONDS)
        else:
            return client


def build_from_environment(args: dict[str, str]) -> Application:
    """Bind the keeper by the settings of the environment, for ``serve deploy``.

    Parameters
    ----------
    args
        Of the Serve configuration; there are none.

    Raises
    ------
    ValueError
        If a setting is missing that all processes must share.
    """
    deployment = ray_serve.deployment(
        name="dispatcher",
        num_replicas=1,
        ray_actor_options={"num_cpus": 0},
        health_check_period_s=5,
        health_check_timeout_s=15,
        graceful_shutdown_timeout_s=15,
        max_constructor_retry_count=_RETRIES,
    )
    return deployment(Keeper).bind(settings_of_cluster())

"""The dispatcher as a Ray Serve application, for clusters that no driver watches.

Serve keeps the one replica alive; the dispatcher lives and dies with it, and one that
does not answer is replaced. What it was running is claimed again from PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ray import serve as ray_serve

from .settings import Settings, settings_of_cluster

if TYPE_CHECKING:
    from ray.serve import Application

__all__ = ["build_from_environment"]

_PATIENCE_SECONDS = 5.0


class Keeper:
    """Starts the dispatcher, and says whether it answers."""

    def __init__(self, settings: Settings) -> None:
        from cluster import start_dispatcher

        from .cluster_params import cluster_params
        from .storage import stores_factory
        from .telemetry import configure_logging

        configure_logging(settings.log_level)
        self._client = start_dispatcher(
            stores_factory(settings), cluster_params(settings)
        )

    def check_health(self) -> None:
        """Raise if the dispatcher does not answer; Serve asks, and replaces us."""
        self._client.state(_PATIENCE_SECONDS)

    def __del__(self) -> None:
        """Give running jobs back to the queue; Serve calls it as the replica ends."""
        self._client.shutdown()


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
    )
    return deployment(Keeper).bind(settings_of_cluster())

"""The API as a Ray Serve application."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ray import serve as ray_serve
from ray.serve.schema import LoggingConfig

from .settings import Settings, settings_of_cluster

if TYPE_CHECKING:
    from fastapi import FastAPI
    from ray.serve import Application

__all__ = ["build", "build_from_environment", "deploy", "remove"]

_APP = "horarium-api"
_MAX_ONGOING = 1000
_REPLICA_CPUS = 0.1


def deploy(settings: Settings) -> None:
    """Start Serve in the connected Ray cluster and run the API; returns when it is up.

    Parameters
    ----------
    settings
        Complete: both URLs and the secret are known.
    """
    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    ray_serve.start(
        http_options={"host": settings.host, "port": settings.port},
        logging_config=_quiet(),
    )
    ray_serve.run(build(settings), name=_APP, route_prefix="/")


def remove() -> None:
    """End the API's replicas, open requests first; Serve itself ends with Ray."""
    ray_serve.delete(_APP)


def build_from_environment(args: dict[str, str]) -> Application:
    """Bind the ingress by the settings of the environment, for ``serve deploy``.

    Parameters
    ----------
    args
        Of the Serve configuration; there are none.

    Raises
    ------
    ValueError
        If a URL or the secret is not set: what is embedded would differ per replica.
    """
    return build(settings_of_cluster())


def _quiet() -> LoggingConfig:
    """Serve's own logs: only what goes wrong, and no access log."""
    return LoggingConfig(log_level="WARNING", enable_access_log=False)


def build(settings: Settings) -> Application:
    """Bind the ingress; the app itself is made in each replica.

    Parameters
    ----------
    settings
        Complete: both URLs and the secret are known.
    """

    def make_app() -> FastAPI:
        from serve.app import create_app
        from serve.storage import open_services
        from serve.telemetry import configure_logging

        configure_logging(settings.log_level)
        opened = open_services(settings)
        return create_app(opened.services, on_stop=opened.close)

    deployment = ray_serve.deployment(
        name="api",
        num_replicas=settings.replicas,
        max_ongoing_requests=_MAX_ONGOING,
        ray_actor_options={"num_cpus": _REPLICA_CPUS},
        graceful_shutdown_timeout_s=3,
        graceful_shutdown_wait_loop_s=0.2,
        logging_config=_quiet(),
    )
    return deployment(ray_serve.ingress(make_app)()).bind()

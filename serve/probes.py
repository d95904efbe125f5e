"""The lines of ``/health``: each asks one server behind the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .exceptions import Unavailable
from .ports import Probe

__all__ = ["dispatcher_probe", "ping_probe", "ray_probe"]

_PATIENCE_SECONDS = 2.0


def ping_probe(ping: Callable[[], None]) -> Probe:
    """Make a probe of what returns if a server answers."""

    def probe() -> Mapping[str, Any]:
        ping()
        return {}

    return probe


def ray_probe() -> Mapping[str, Any]:
    """Count the nodes and CPUs of the Ray cluster."""
    import ray

    if not ray.is_initialized():
        raise Unavailable("This process is in no Ray cluster.")
    nodes = sum(bool(node["Alive"]) for node in ray.nodes())
    return {"nodes": nodes, "cpus": ray.cluster_resources().get("CPU", 0)}


def dispatcher_probe() -> Mapping[str, Any]:
    """Ask the dispatcher how it goes."""
    import ray

    from cluster import DispatcherUnavailable, connect

    if not ray.is_initialized():
        raise Unavailable("This process is in no Ray cluster.")
    try:
        state = connect().state(_PATIENCE_SECONDS)
    except DispatcherUnavailable as error:
        raise Unavailable("The dispatcher does not answer.") from error
    return {
        "state": state.status,
        "running_jobs": len(state.running),
        "idle_variants": state.idle_variants,
        "jobs_ended": state.jobs_ended,
    }

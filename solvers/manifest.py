"""The run manifest: all that is needed to repeat a run and to judge its figures."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib import metadata
from typing import Any

from solvers.model import Instance

__all__ = ["run_manifest", "versions"]

_PACKAGES = ("horarium", "numpy", "numba", "ortools", "networkx", "gymnasium")


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = [("python", platform.python_version())]
    for name in _PACKAGES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append((name, "unknown"))
    return tuple(found)


def versions() -> dict[str, str]:
    """Versions of the engine and of what it computes with."""
    return dict(_versions())


def run_manifest(
    instance: Instance, seed: int, limits: dict[str, Any]
) -> dict[str, Any]:
    """Describe a run in plain values.

    Parameters
    ----------
    instance
        The problem; its weights are recorded.
    seed
        Seed of the run.
    limits
        Budgets and parameters, plain values.
    """
    return {
        "instance": instance.name,
        "seed": seed,
        "weights": dict(instance.weights),
        "limits": limits,
        "machine": {"cpus": os.cpu_count(), "architecture": platform.machine()},
        "versions": versions(),
    }

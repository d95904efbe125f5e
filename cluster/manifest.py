"""What a job's result was made with: enough to make it again. Pure but for versions."""

from __future__ import annotations

import dataclasses
import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from .outcome import VariantOutcome
from .params import ClusterParams
from .ports import ClaimedJob

__all__ = ["compose_manifest"]


def compose_manifest(
    job: ClaimedJob,
    outcomes: Sequence[VariantOutcome],
    params: ClusterParams,
    versions: Mapping[str, str],
    *,
    elapsed_seconds: float,
    resumed_seconds: float = 0.0,
) -> dict[str, Any]:
    """Compose the manifest; JSON-ready.

    Parameters
    ----------
    job
        The claimed job.
    outcomes
        Its variants.
    params
        Parameters of the cluster.
    versions
        Versions by distribution name.
    elapsed_seconds
        Wall seconds from the claim to the end of the search.
    resumed_seconds
        Search seconds that lost attempts have left a checkpoint of.
    """
    return {
        "job_id": str(job.job_id),
        "attempt": job.attempt,
        "seed": job.seed,
        "time_limit_seconds": job.time_limit_seconds,
        "elapsed_seconds": round(elapsed_seconds, 3),
        "resumed_seconds": round(resumed_seconds, 3),
        "cluster": dataclasses.asdict(params),
        "versions": dict(versions),
        "machine": {
            "platform": platform.platform(),
            "python": platform.python_version(),
            "cpus": os.cpu_count(),
        },
        "variants": [_variant(outcome) for outcome in outcomes],
    }


def _variant(outcome: VariantOutcome) -> dict[str, Any]:
    return {
        "number": outcome.number,
        "priority": outcome.priority,
        "focus": outcome.focus,
        "weights": dict(outcome.weights),
        "seed": outcome.seed,
        "seconds": round(outcome.seconds, 3),
        "adopted_from": outcome.adopted_from,
        "warnings": list(outcome.warnings),
    }

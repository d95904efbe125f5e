"""How much of the cluster an actor reserves. Pure.

Ray's CPUs are logical: they decide where actors fit, not how fast they are. Five
variants must fit beside the service on two cores, and take a core per island where
there are enough.
"""

from __future__ import annotations

import math

from .params import ClusterParams
from .profiles import NUM_VARIANTS

__all__ = [
    "SUPERVISOR_CPUS",
    "island_groups",
    "most_islands",
    "room_for_islands",
    "thread_limits",
    "variant_cpus",
    "variant_speed",
]

SUPERVISOR_CPUS = 0.1
SEARCH_SHARE = 0.6
GROWN_SHARE = 0.9
STEP = 0.05


def variant_cpus(total_cpus: float, params: ClusterParams) -> float:
    """Logical CPUs that a variant actor reserves.

    Parameters
    ----------
    total_cpus
        Logical CPUs of the cluster, > 0.
    params
        Parameters of the cluster.
    """
    if params.variant_cpus is not None:
        return params.variant_cpus
    fair = SEARCH_SHARE * total_cpus / (NUM_VARIANTS * params.max_concurrent_jobs)
    if fair >= 1:
        return float(min(params.islands_per_actor, math.floor(fair)))
    return max(STEP, round(math.floor(fair / STEP) * STEP, 2))


def variant_speed(total_cpus: float, params: ClusterParams) -> float:
    """Speed of one of five variants against one alone on the cluster, in (0, 1].

    Parameters
    ----------
    total_cpus
        Logical CPUs of the cluster, > 0.
    params
        Parameters of the cluster.
    """
    islands = NUM_VARIANTS * params.islands_per_variant * params.max_concurrent_jobs
    return min(1.0, total_cpus / islands)


def island_groups(num_islands: int, params: ClusterParams, free_cpus: float) -> int:
    """Number of island actors beside the variant's own process, 0 when none fit.

    Parameters
    ----------
    num_islands
        Islands of the archipelago.
    params
        Parameters of the cluster.
    free_cpus
        Logical CPUs that nobody has reserved.
    """
    elsewhere = max(0, num_islands - params.islands_per_actor)
    groups = math.ceil(elsewhere / params.islands_per_actor)
    return groups if free_cpus >= elsewhere else 0


def most_islands(total_cpus: float, params: ClusterParams) -> int:
    """Islands that a variant may have come to on a cluster of this size.

    Every variant of every job that may run has the same share, so that none need know
    what the others have, and a job that comes later finds its CPUs free.

    Parameters
    ----------
    total_cpus
        Logical CPUs of the cluster, > 0.
    params
        Parameters of the cluster.
    """
    num_variants = NUM_VARIANTS * params.max_concurrent_jobs
    share = math.floor(GROWN_SHARE * total_cpus / num_variants)
    most = max(params.islands_per_variant, params.max_islands_per_variant)
    return min(most, max(params.islands_per_variant, share))


def room_for_islands(
    num_islands: int, params: ClusterParams, total_cpus: float, free_cpus: float
) -> int:
    """Islands that a variant may add now in one further actor, 0 for none.

    Parameters
    ----------
    num_islands
        Islands that are alive, >= 0.
    params
        Parameters of the cluster.
    total_cpus, free_cpus
        Logical CPUs of the cluster, and those that nobody has reserved.
    """
    missing = most_islands(total_cpus, params) - num_islands
    group = min(params.islands_per_actor, missing)
    return group if 0 < group <= free_cpus else 0


def thread_limits(params: ClusterParams) -> dict[str, str]:
    """Environment that keeps numeric libraries within an actor's share.

    An actor sets it before it imports them. A Ray runtime environment would do so too,
    but keeps Ray from using the processes that it has started ahead.
    """
    names = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return dict.fromkeys(names, str(params.threads_per_actor))

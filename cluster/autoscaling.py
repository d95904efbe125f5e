"""What Ray's autoscaler is asked to have CPUs for. Pure but for the given call.

Actors that wait for a CPU are demand that the autoscaler sees by itself. Archipelagos
would never be seen to want more than there is, as they grow only into free CPUs; so the
wish of running jobs is said aloud, and taken back when they end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from .params import ClusterParams
from .profiles import NUM_VARIANTS

__all__ = ["CapacityWish", "wanted_cpus"]

log = logging.getLogger(__name__)


def wanted_cpus(num_jobs: int, params: ClusterParams) -> int:
    """CPUs that running jobs would like to have, one for each island.

    Parameters
    ----------
    num_jobs
        Jobs that run, >= 0.
    params
        Parameters of the cluster.
    """
    return num_jobs * NUM_VARIANTS * params.requested_islands


class CapacityWish:
    """Tells the autoscaler when the wish has changed.

    The autoscaler remembers the last wish until it hears another one, also that of a
    dispatcher that died; so the first is told even if it is for nothing.

    Parameters
    ----------
    ask
        Takes the number of CPUs.
    params
        Parameters of the cluster.
    """

    def __init__(self, ask: Callable[[int], None], params: ClusterParams) -> None:
        self._ask = ask
        self._params = params
        self._told: int | None = None

    def tell(self, num_jobs: int) -> None:
        """Say for how many running jobs there should be room.

        An autoscaler that does not listen is told again by the next call.
        """
        wanted = wanted_cpus(num_jobs, self._params)
        if wanted == self._told or not self._params.requested_islands:
            return
        try:
            self._ask(wanted)
        except Exception as error:
            extra = {"action": "request_cpus"}
            log.warning("The autoscaler was not told: %r", error, extra=extra)
            return
        self._told = wanted

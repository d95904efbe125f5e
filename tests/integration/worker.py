"""The cluster's own supervision of jobs with the real engine, in threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

from cluster import ClusterParams
from cluster.messages import Ending
from cluster.solving import SolversEngine
from cluster.supervision import Supervisor
from erp_bridge import WorkerStores
from solvers.params import SolveParams
from solvers.search import AnnealingParams
from tests.cluster.pools import ThreadPool

__all__ = ["working"]

_QUICK = SolveParams(annealing=AnnealingParams(event_work=2000, student_work=400))
_PARAMS = ClusterParams(heartbeat_seconds=1.0, lease_seconds=60.0)
_POLL_SECONDS = 0.1


@contextmanager
def working(stores: WorkerStores) -> Iterator[Queue[Ending]]:
    """Run all jobs, one after the other, until the end; gives how they ended.

    A queue, because a supervisor returns a little after its job is seen to end.
    """
    stop = threading.Event()
    endings: Queue[Ending] = Queue()

    def work() -> None:
        engine = SolversEngine(_QUICK)
        while not stop.wait(_POLL_SECONDS):
            claim = stores.jobs.claim("worker", _PARAMS.lease_seconds)
            if claim is not None:
                pool = ThreadPool(engine)
                run = Supervisor(claim, stores, engine, pool, _PARAMS)
                endings.put(run.run())

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield endings
    finally:
        stop.set()
        worker.join()

"""Ray nodes on one machine, each held to a share of a processor.

What a node may use is a budget that fills at a constant rate. When its processes have
used more than that they are stopped by SIGSTOP until it is paid back, so that over a
second the node has its share and no more, whatever the others do. The shares of all
nodes together must be there for this to say anything.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Any, Self

from .cpu import Process, processes_below

__all__ = ["NodeBudget", "SimulatedNodes"]

LOOK_SECONDS = 0.02
BURST_SECONDS = 0.1


@dataclass(slots=True)
class NodeBudget:
    """Whether a node may compute now. Pure.

    Parameters
    ----------
    share
        Processors that it has, > 0; fractions are meant.
    """

    share: float
    _credit: float = 0.0
    _last: tuple[float, float] | None = field(default=None)

    def may_run(self, now: float, used: float) -> bool:
        """Take in how much was used in all, and say whether more may be.

        Parameters
        ----------
        now
            Monotonic seconds.
        used
            Processor seconds of the node since any moment.
        """
        if self._last is not None:
            then, before = self._last
            earned = self.share * (now - then) - (used - before)
            self._credit = min(self._credit + earned, self.share * BURST_SECONDS)
        self._last = (now, used)
        return self._credit >= 0


class SimulatedNodes:
    """A head without processors to lend and some nodes, for the time of a ``with``.

    Parameters
    ----------
    num_nodes
        Nodes beside the head, >= 1.
    share
        Processors of the machine that each may use, > 0.
    num_cpus
        Logical CPUs of each.
    """

    def __init__(self, num_nodes: int, share: float, num_cpus: int) -> None:
        self._num_nodes = num_nodes
        self._share = share
        self._num_cpus = num_cpus
        self._cluster: Any = None
        self._nodes: list[_Node] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="shares", daemon=True)

    def __enter__(self) -> Self:
        import ray
        from ray.cluster_utils import Cluster

        head = {"num_cpus": 0, "include_dashboard": False}
        self._cluster = Cluster(initialize_head=True, head_node_args=head)
        joined = [
            self._cluster.add_node(num_cpus=self._num_cpus)
            for _ in range(self._num_nodes)
        ]
        ray.init(address=self._cluster.address, log_to_driver=False)
        self._nodes = [_Node(_raylet_of(node), self._share) for node in joined]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import ray

        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        for node in self._nodes:
            node.wake()
        ray.shutdown()
        self._cluster.shutdown()

    def limit(self) -> None:
        """Hold the nodes to their shares from now on; they start without a limit."""
        self._thread.start()

    def used(self) -> tuple[float, ...]:
        """Processor seconds of every node since it began."""
        return tuple(node.used() for node in self._nodes)

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            for node in self._nodes:
                node.look(monotonic())


class _Node:
    """Processes of a node, running or stopped."""

    def __init__(self, raylet: int, share: float) -> None:
        self._raylet = raylet
        self._budget = NodeBudget(share)
        self._runs = True
        self._seen = Seen()

    def used(self) -> float:
        return self._seen.take_in(processes_below(self._raylet))

    def look(self, now: float) -> None:
        processes = processes_below(self._raylet)
        runs = self._budget.may_run(now, self._seen.take_in(processes))
        # One that has just begun is not stopped yet.
        if runs != self._runs or not runs:
            self._tell(processes, signal.SIGCONT if runs else signal.SIGSTOP)
        self._runs = runs

    def wake(self) -> None:
        self._tell(processes_below(self._raylet), signal.SIGCONT)

    def _tell(self, processes: Sequence[Process], number: signal.Signals) -> None:
        """Workers only: a raylet that is stopped would be missed by the head."""
        for process in processes:
            if process.pid != self._raylet:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, number)


class Seen:
    """Processor seconds of processes, of those as well that have ended since.

    A raylet does not wait for its workers, so that their seconds go to nobody when they
    end: what was seen of each last is kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: dict[int, float] = {}

    def take_in(self, processes: Sequence[Process]) -> float:
        """Take in a reading; return the seconds of all processes seen so far."""
        with self._lock:
            for process in processes:
                before = self._seconds.get(process.pid, 0.0)
                self._seconds[process.pid] = max(before, process.own)
            return sum(self._seconds.values())


def _raylet_of(node: Any) -> int:
    return int(node.all_processes["raylet"][0].process.pid)

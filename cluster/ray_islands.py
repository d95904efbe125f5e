"""A variant's islands: the first in its own process, further ones in actors.

Used by the threads of one variant.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import ray
from ray.exceptions import RayError

from .engine import Scenario
from .island import IslandHandle, IslandRun, IslandTask
from .islands_away import RemoteIsland
from .params import ClusterParams
from .placement import island_groups, room_for_islands
from .ray_pool import is_done, reason_of

__all__ = ["RayIslands"]

log = logging.getLogger(__name__)


class RayIslands:
    """Makes the islands of one run, and ends their actors.

    Parameters
    ----------
    start
        One object reference in a list: the shared start.
    spawn
        Makes an actor for a number of islands.
    params
        Parameters of the cluster.
    """

    def __init__(
        self, start: Sequence[Any], spawn: Callable[[int], Any], params: ClusterParams
    ) -> None:
        self._start = list(start)
        self._spawn = spawn
        self._params = params
        self._actors: list[Any] = []

    def make(
        self, tasks: Sequence[IslandTask], scenario: Scenario
    ) -> Sequence[IslandHandle]:
        """Make the first islands here, the others in actors if the cluster has room."""
        size = self._params.islands_per_actor
        groups = 0
        if len(tasks) > size:
            groups = island_groups(len(tasks), self._params, _free_cpus())
        num_here = size if groups else len(tasks)
        there = [tasks[i : i + size] for i in range(num_here, len(tasks), size)]
        away = self._send_away(there)
        left = tasks[num_here + len(away) :]
        here = [*tasks[:num_here], *left]
        return [*(IslandRun(task, scenario) for task in here), *away]

    def room(self, num_islands: int) -> int:
        """Islands that one further actor may hold now, 0 where none is due."""
        total = float(ray.cluster_resources().get("CPU", 0.0))
        return room_for_islands(num_islands, self._params, total, _free_cpus())

    def more(self, tasks: Sequence[IslandTask]) -> Sequence[IslandHandle]:
        """Make further islands in one actor; none if it does not begin in time."""
        return self._send_away([tasks])

    def close(self) -> None:
        """End every actor."""
        for actor in self._actors:
            ray.kill(actor, no_restart=True)
        self._actors = []

    def _send_away(self, groups: Sequence[Sequence[IslandTask]]) -> list[IslandHandle]:
        """Begin groups of islands in actors; the first that did so in time."""
        actors = [self._spawn(len(group)) for group in groups]
        self._actors += actors
        begun = [
            actor.begin.remote(list(group), self._start)
            for actor, group in zip(actors, groups, strict=True)
        ]
        if begun:
            patience = self._params.island_start_seconds
            ray.wait(begun, num_returns=len(begun), timeout=patience)
        num_begun = 0
        while num_begun < len(begun) and _has_begun(begun[num_begun]):
            num_begun += 1
        for actor in actors[num_begun:]:
            self._actors.remove(actor)
            ray.kill(actor, no_restart=True)
        return [
            RemoteIsland(actor, index)
            for actor, group in zip(actors[:num_begun], groups, strict=False)
            for index in range(len(group))
        ]


def _has_begun(ref: Any) -> bool:
    """Whether an actor has made its islands; one that was lost on the way has not.

    Raises
    ------
    RayTaskError
        If making them has raised.
    """
    if not is_done(ref):
        return False
    try:
        ray.get(ref)
    except ray.exceptions.RayTaskError:
        raise
    except RayError as error:
        log.warning(
            "Islands did not begin: %s",
            reason_of(error),
            extra={"action": "island_lost"},
        )
        return False
    return True


def _free_cpus() -> float:
    return float(ray.available_resources().get("CPU", 0.0))

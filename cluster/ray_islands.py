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

__all__ = ["IslandActors", "RayIslands"]

log = logging.getLogger(__name__)


class IslandActors:
    """A variant's actors for islands; they stay warm between its runs.

    Where an autoscaler is asked for CPUs they are ended instead, so that it may take
    the nodes away again.

    Parameters
    ----------
    spawn
        Makes an actor for a number of islands.
    params
        Parameters of the cluster.
    """

    def __init__(self, spawn: Callable[[int], Any], params: ClusterParams) -> None:
        self._spawn = spawn
        self._stays_warm = params.requested_islands == 0
        self._idle: dict[int, list[Any]] = {}

    @property
    def num_idle_islands(self) -> int:
        """Islands that idle actors have room, and reserved CPUs, for."""
        return sum(size * len(actors) for size, actors in self._idle.items())

    def take(self, num_islands: int) -> Any:
        """Take an idle actor, or make one in the place of those of another size."""
        if idle := self._idle.get(num_islands):
            return idle.pop()
        for actors in self._idle.values():
            for actor in actors:
                ray.kill(actor, no_restart=True)
        self._idle = {}
        return self._spawn(num_islands)

    def give_back(self, actor: Any, num_islands: int) -> None:
        """Take back an actor that searches no more."""
        if not self._stays_warm:
            ray.kill(actor, no_restart=True)
            return
        actor.rest.remote()
        self._idle.setdefault(num_islands, []).append(actor)


class RayIslands:
    """Makes the islands of one run.

    Parameters
    ----------
    start
        One object reference in a list: the shared start.
    actors
        Where actors come from and go to.
    params
        Parameters of the cluster.
    """

    def __init__(
        self, start: Sequence[Any], actors: IslandActors, params: ClusterParams
    ) -> None:
        self._start = list(start)
        self._actors = actors
        self._params = params
        self._taken: list[tuple[Any, int]] = []

    def make(
        self, tasks: Sequence[IslandTask], scenario: Scenario
    ) -> Sequence[IslandHandle]:
        """Make the first islands here, the others in actors if the cluster has room."""
        size = self._params.islands_per_actor
        groups = 0
        if len(tasks) > size:
            groups = island_groups(len(tasks), self._params, self._free_cpus())
        num_here = size if groups else len(tasks)
        there = [tasks[i : i + size] for i in range(num_here, len(tasks), size)]
        away, left = self._send_away(there)
        here = [*tasks[:num_here], *left]
        return [*(IslandRun(task, scenario) for task in here), *away]

    def room(self, num_islands: int) -> int:
        """Islands that one further actor may hold now, 0 where none is due."""
        total = float(ray.cluster_resources().get("CPU", 0.0))
        free = self._free_cpus()
        return room_for_islands(num_islands, self._params, total, free)

    def more(self, tasks: Sequence[IslandTask]) -> Sequence[IslandHandle]:
        """Make further islands in one actor; none if it does not begin in time."""
        away, _ = self._send_away([tasks])
        return away

    def close(self) -> None:
        """Give every actor back."""
        for actor, num_islands in self._taken:
            self._actors.give_back(actor, num_islands)
        self._taken = []

    def _send_away(
        self, groups: Sequence[Sequence[IslandTask]]
    ) -> tuple[list[IslandHandle], list[IslandTask]]:
        """Begin groups of islands in actors; returns them, and what did not begin."""
        actors = [self._actors.take(len(group)) for group in groups]
        begun = [
            actor.begin.remote(list(group), self._start)
            for actor, group in zip(actors, groups, strict=True)
        ]
        if begun:
            patience = self._params.island_start_seconds
            ray.wait(begun, num_returns=len(begun), timeout=patience)
        away: list[IslandHandle] = []
        left: list[IslandTask] = []
        for actor, group, ref in zip(actors, groups, begun, strict=True):
            if _has_begun(ref):
                self._taken.append((actor, len(group)))
                away += [RemoteIsland(actor, index) for index in range(len(group))]
            else:
                ray.kill(actor, no_restart=True)
                left += group
        return away, left

    def _free_cpus(self) -> float:
        """Logical CPUs that nobody has reserved, or an idle actor of this variant."""
        free = float(ray.available_resources().get("CPU", 0.0))
        return free + self._actors.num_idle_islands


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

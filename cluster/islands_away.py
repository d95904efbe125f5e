"""Islands of a variant in a process of their own; both ends of the call."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import ray
from ray.exceptions import RayError

from .engine import Engine
from .exceptions import VariantLost
from .island import IslandReport, IslandRun, IslandTask
from .params import ClusterParams
from .placement import thread_limits
from .priority import give_way

__all__ = ["IslandShell", "RemoteIsland"]


class IslandShell:
    """Islands of one variant in a process of their own."""

    def __init__(self, engine: Engine, params: ClusterParams) -> None:
        os.environ.update(thread_limits(params))
        self._engine = engine
        self._niceness = params.niceness
        self._islands: list[IslandRun] = []

    def begin(self, tasks: Sequence[IslandTask], start: Sequence[Any]) -> None:
        """Make islands of their tasks; ``start`` holds one object reference."""
        shared = ray.get(start[0])
        self._engine.warm_up(shared.instance)
        scenario = self._engine.scenario(shared, tasks[0].weights)
        self._islands = [IslandRun(task, scenario) for task in tasks]

    def step(
        self, index: int, migrants: Sequence[Any], seconds: float, fraction: float
    ) -> IslandReport:
        """Search one epoch on one island."""
        give_way(self._niceness)
        return self._islands[index].step(migrants, seconds, fraction)

    def rest(self) -> None:
        """Forget the islands; others may be begun later."""
        self._islands = []

    def stop(self) -> None:
        """Let running epochs end soon."""
        for island in self._islands:
            island.stop()


class RemoteIsland:
    """Handle of one island in an :class:`IslandShell`."""

    def __init__(self, actor: Any, index: int) -> None:
        self._actor = actor
        self._index = index

    def step(
        self, migrants: Sequence[Any], seconds: float, fraction: float
    ) -> IslandReport:
        """Search one epoch there."""
        try:
            answer = self._actor.step.remote(self._index, migrants, seconds, fraction)
            return ray.get(answer)  # type: ignore[no-any-return]
        except RayError as error:
            raise VariantLost("An island's process is gone.") from error

    def stop(self) -> None:
        """Let the running epoch end soon."""
        self._actor.stop.remote()

"""The real engine's instance under a variant's weights, and the islands on it.

``solvers`` is imported where it is used, as in :mod:`cluster.solving`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from solvers.model import Cost, Instance, Timetable, Weights

from .engine import Refined, StopFlag

if TYPE_CHECKING:
    from solvers.ga import Island
    from solvers.model import InstanceArrays
    from solvers.params import SolveParams
    from solvers.pipeline import Start
    from solvers.result import StageReport
    from solvers.search import SearchState

__all__ = ["SharedStart", "SolversIsland", "SolversScenario"]

FEASIBILITY_FIRST = 0.5


@dataclass(frozen=True, slots=True)
class SharedStart:
    """The instance and what its variants share; lies in the object store once."""

    instance: Instance
    start: Start

    @property
    def timetable(self) -> Timetable:
        """The start itself."""
        return self.start.timetable

    @property
    def stages(self) -> Sequence[StageReport]:
        """Reports of the shared stages."""
        return self.start.stages


class SolversIsland:
    """An island of :mod:`solvers.ga` that seeks feasibility first."""

    def __init__(self, island: Island) -> None:
        self._island = island

    @property
    def work(self) -> int:
        """Moves tried so far."""
        return self._island.work

    def advance(self, seconds: float, fraction: float) -> None:
        """Search for some seconds at ``fraction`` of the schedule, in [0, 1]."""
        deadline = perf_counter() + seconds
        if self._island.best_cost.hard and fraction < FEASIBILITY_FIRST:
            self._island.find_feasible(lambda: perf_counter() >= deadline)
        if (left := deadline - perf_counter()) > 0:
            self._island.advance(left, fraction)

    def emigrants(self, count: int) -> list[Any]:
        """Copies of the best."""
        return list(self._island.emigrants(count))

    def receive(self, migrants: Sequence[Any]) -> None:
        """Take in migrants."""
        self._island.receive(migrants)

    def best(self) -> tuple[Cost, Timetable]:
        """Best timetable so far and its cost."""
        return self._island.best()

    def stop(self) -> None:
        """Let a running ``advance`` return soon."""
        self._island.stop()


class SolversScenario:
    """An instance under a variant's weights, in this process."""

    def __init__(
        self, shared: SharedStart, weights: Weights, params: SolveParams
    ) -> None:
        from solvers.model.compilation import reweight

        self._instance = shared.instance.replace(weights=weights)
        self._start = shared.start
        self._arrays: InstanceArrays = reweight(
            shared.instance, shared.start.arrays, weights
        )
        self._params = params
        self._scorer: SearchState | None = None
        self._lock = threading.Lock()

    def price(self, timetable: Timetable) -> Cost:
        """Cost of any timetable."""
        from solvers.search import SearchState

        with self._lock:
            if self._scorer is None:
                self._scorer = SearchState(self._arrays, 0)
            self._scorer.load(timetable)
            return self._scorer.cost

    def migrant(self, timetable: Timetable) -> Any:
        """Make a migrant of a timetable from elsewhere."""
        from solvers.ga import Migrant

        return Migrant(self.price(timetable), timetable)

    def island(self, seed: int, index: int, resume: Timetable | None) -> SolversIsland:
        """Make an island that begins at ``resume``, or at the start when None."""
        from solvers.pipeline import make_island

        island = make_island(
            self._instance,
            self._arrays,
            self._start,
            seed,
            params=self._params,
            index=index,
        )
        if resume is not None:
            island.load(resume)
        return SolversIsland(island)

    def refine(
        self,
        timetable: Timetable,
        *,
        seconds: float,
        seed: int,
        should_stop: StopFlag,
    ) -> Refined:
        """Run stage 3."""
        from solvers.pipeline import Budget, refine_stage

        budget = Budget(
            seconds=seconds,
            moves=None,
            asked_to_stop=should_stop,
            on_report=lambda stage, cost, moves: None,
        )
        refined, stage = refine_stage(
            self._arrays, timetable, params=self._params, seed=seed, budget=budget
        )
        after = stage.cost_after or self.price(refined)
        return Refined(refined, after, (stage,))

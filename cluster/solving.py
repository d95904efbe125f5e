"""The real engine behind the cluster's :class:`~cluster.engine.Engine`.

``solvers`` is imported where it is used: whoever only asks a dispatcher for its state
need not load compilers and solvers.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from typing import TYPE_CHECKING, Any

from solvers.model import Cost, Instance, Timetable, Weights

from .engine import StopFlag
from .scenario import SharedStart, SolversScenario
from .warming import tiny_instance

if TYPE_CHECKING:
    from solvers.params import SolveParams
    from solvers.result import StageReport
    from solvers.verification import Verification

__all__ = ["SharedStart", "SolversEngine", "SolversScenario"]

MOST_WORKERS = 8
RESUMED = "An earlier attempt was lost; the search went on from its checkpoint."

_warm = threading.Lock()
_is_warm = threading.Event()
_is_warm_for_grids = threading.Event()


@dataclass(frozen=True, slots=True)
class SolversEngine:
    """The stages of :mod:`solvers`.

    Parameters
    ----------
    params
        Parameters of the search; the defaults when None. The cluster has its own time
        shares and numbers of workers.
    """

    params: SolveParams | None = None

    def warm_up(self, instance: Instance | None = None) -> None:
        """Run every stage on a tiny instance, once per process.

        The kernels for grids, which few institutions need, are compiled when the first
        grid comes: they would delay the first start on a machine by half.
        """
        from solvers.grid import may_be_grid, warm_up

        with _warm:
            if not _is_warm.is_set():
                self._rehearse()
                _is_warm.set()
            if instance is None or _is_warm_for_grids.is_set():
                return
            if may_be_grid(instance):
                warm_up()
                _is_warm_for_grids.set()

    def _rehearse(self) -> None:
        instance = tiny_instance()
        start = self.prepare(
            instance,
            seconds=0.1,
            seed=0,
            on_stage=lambda stage: None,
            should_stop=lambda: False,
        )
        scenario = self.scenario(start, instance.weights)
        start = self.improve(
            start,
            seconds=0.1,
            seed=0,
            on_cost=lambda cost: None,
            should_stop=lambda: False,
        )
        island = scenario.island(0, 0, None)
        for fraction in (0.0, 0.9):
            island.advance(0.01, fraction)
        scenario.refine(start.timetable, seconds=0.1, seed=0, should_stop=lambda: False)
        self.verify(instance, start.timetable)

    def prepare(
        self,
        instance: Instance,
        *,
        seconds: float,
        seed: int,
        on_stage: Callable[[str], None],
        should_stop: StopFlag,
    ) -> SharedStart:
        """Run stages 1 and 2a; nothing else runs then, so all cores may help."""
        from solvers.pipeline import prepare

        start = prepare(
            instance,
            seconds=seconds,
            seed=seed,
            workers=_num_workers(),
            should_stop=should_stop,
            on_stage=on_stage,
            params=self._params(),
        )
        return SharedStart(instance, start)

    def resume(
        self,
        instance: Instance,
        timetable: Timetable,
        *,
        seed: int,
        on_stage: Callable[[str], None],
    ) -> SharedStart:
        """Cluster and compile anew; CP-SAT is not needed again."""
        from solvers.communities import detect_communities
        from solvers.model import compile_instance
        from solvers.pipeline import Start
        from solvers.result import StageReport

        on_stage("communities")
        communities = detect_communities(instance, seed=seed)
        status = f"{communities.num} communities"
        stages = (
            StageReport("communities", True, status, communities.seconds),
            StageReport("cpsat", False, "resumed", 0.0, warning=RESUMED),
        )
        start = Start(compile_instance(instance), communities, timetable, stages)
        return SharedStart(instance, start)

    def improve(
        self,
        start: SharedStart,
        *,
        seconds: float,
        seed: int,
        on_cost: Callable[[Cost], None],
        should_stop: StopFlag,
    ) -> SharedStart:
        """Search at the institution's weights with an island per core."""
        from solvers.pipeline import Budget, evolve

        timetable, stage = evolve(
            start.instance,
            start.start.arrays,
            start.start,
            params=replace(self._params(), workers=_num_workers()),
            seed=seed,
            budget=Budget(
                seconds=seconds,
                moves=None,
                asked_to_stop=should_stop,
                on_report=lambda stage, cost, moves: on_cost(cost),
            ),
        )
        stages = (*start.start.stages, replace(stage, name="shared"))
        return replace(
            start, start=replace(start.start, timetable=timetable, stages=stages)
        )

    def scenario(self, start: SharedStart, weights: Weights) -> SolversScenario:
        """Look at the shared start under some weights."""
        return SolversScenario(start, weights, self._params())

    def report(
        self,
        stage: str,
        before: Cost,
        after: Cost,
        *,
        seconds: float,
        status: str,
        details: Mapping[str, Any],
        ran: bool = True,
        warning: str = "",
    ) -> StageReport:
        """Report of a stage that the cluster ran or not."""
        from solvers.result import StageReport

        return StageReport(stage, ran, status, seconds, before, after, details, warning)

    def verify(self, instance: Instance, timetable: Timetable) -> Verification:
        """Score a timetable from first principles."""
        from solvers.verification import verify

        return verify(instance, timetable)

    def versions(self) -> dict[str, str]:
        """Versions of the engine and of Ray."""
        from solvers.manifest import versions

        return {**versions(), "ray": metadata.version("ray")}

    def _params(self) -> SolveParams:
        from solvers.params import SolveParams

        return self.params or SolveParams()


def _num_workers() -> int:
    return min(MOST_WORKERS, len(os.sched_getaffinity(0)))

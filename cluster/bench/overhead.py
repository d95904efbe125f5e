"""One search three ways: the engine's own call, the cluster's code, the same on Ray.

All three begin at the same timetable, with the same seed and number of islands, and
search without refinement, so that moves count the same work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

from cluster.actors import open_pool
from cluster.exceptions import ClusterError
from cluster.messages import VariantEnded
from cluster.params import ClusterParams
from cluster.scenario import SharedStart
from cluster.solving import SolversEngine
from cluster.variant import VariantRun, VariantTask
from solvers.model import Cost, Instance

from .cpu import CpuMeter, CpuUse

if TYPE_CHECKING:
    from solvers.params import SolveParams

__all__ = ["Run", "overhead", "run_here", "run_on_ray", "run_solver", "start_of"]

POLL_SECONDS = 0.1
WARM_SECONDS = 2.0
NAMES = ("solver", "here", "ray")


@dataclass(frozen=True, slots=True)
class Run:
    """One search, measured.

    Parameters
    ----------
    name
        ``solver``, ``here`` or ``ray``.
    seed
        Its seed.
    cost
        Cost reached.
    moves
        Moves tried by all islands.
    seconds
        Wall seconds.
    cpu
        Processor seconds of everything.
    """

    name: str
    seed: int
    cost: Cost
    moves: int
    seconds: float
    cpu: CpuUse

    @property
    def moves_per_second(self) -> float:
        """Moves per processor second of everything."""
        return self.moves / max(1e-9, self.cpu.total)


def overhead(base: Run, other: Run) -> float:
    """Part of the moves per processor second that another way loses; < 0 for a gain."""
    return 1.0 - other.moves_per_second / max(1e-9, base.moves_per_second)


def search_only(params: SolveParams | None = None) -> SolveParams:
    """Parameters of a search without the stages before and after it."""
    from solvers.params import SolveParams

    return replace(params or SolveParams(), refinement_share=0.0, cpsat_share=0.0)


def start_of(instance: Instance, seconds: float, seed: int) -> SharedStart:
    """Where all three begin; kernels are compiled on the way."""
    engine = SolversEngine()
    engine.warm_up(instance)
    return engine.prepare(
        instance,
        seconds=seconds,
        seed=seed,
        on_stage=lambda stage: None,
        should_stop=lambda: False,
    )


def task_of(
    start: SharedStart, seconds: float, seed: int, num_islands: int
) -> VariantTask:
    """Search at the instance's own weights."""
    return VariantTask(
        number=1,
        launch=1,
        weights=start.instance.weights,
        seed=seed,
        seconds=seconds,
        refinement_share=0.0,
        num_islands=num_islands,
    )


def run_solver(
    start: SharedStart, cpu_seconds: float, seed: int, num_islands: int
) -> Run:
    """Search by ``solvers.solve`` for a number of processor seconds."""
    from solvers.bench import cpu_clock
    from solvers.pipeline import solve
    from solvers.stop import MaxRuntime

    meter, began = CpuMeter(), perf_counter()
    result = solve(
        start.instance,
        params=replace(search_only(), workers=num_islands),
        stop=MaxRuntime(cpu_seconds / num_islands),
        seed=seed,
        initial=start.timetable,
        clock=cpu_clock(num_islands),
    )
    cost = Cost(result.verification.total_hard, result.cost)
    return _measured("solver", seed, cost, result.stages, began, _own(meter))


def run_here(start: SharedStart, seconds: float, seed: int, num_islands: int) -> Run:
    """Search by the cluster's variant in this process."""
    meter, began = CpuMeter(), perf_counter()
    task = task_of(start, seconds, seed, num_islands)
    ended = VariantRun(task, start, SolversEngine(search_only())).run()
    return _measured("here", seed, ended.cost, ended.stages, began, _own(meter))


def run_on_ray(
    start: SharedStart,
    seconds: float,
    seed: int,
    num_islands: int,
    params: ClusterParams | None = None,
) -> Run:
    """Search by a variant actor of a Ray that this process has started.

    The actor is warm, as the dispatcher keeps it; this process does what a supervisor
    does.
    """
    chosen = params or ClusterParams(
        islands_per_actor=num_islands, max_islands_per_variant=0
    )
    pool = open_pool(
        SolversEngine(search_only()), chosen, float(chosen.islands_per_actor)
    )
    pool.share(start)
    try:
        _end_of(pool, task_of(start, WARM_SECONDS, seed, num_islands))
        meter, began = CpuMeter(), perf_counter()
        task = replace(task_of(start, seconds, seed, num_islands), launch=2)
        ended = _end_of(pool, task)
        return _measured("ray", seed, ended.cost, ended.stages, began, meter.read())
    finally:
        pool.release()


def _end_of(pool: Any, task: VariantTask) -> VariantEnded:
    pool.launch(task)
    while True:
        for event in pool.poll():
            if isinstance(event, VariantEnded):
                return event
            if hasattr(event, "message"):
                raise ClusterError(event.message)
        sleep(POLL_SECONDS)


def _own(meter: CpuMeter) -> CpuUse:
    """Use of this process alone: a Ray that idles beside it does not count here."""
    return CpuUse(driver=meter.read().driver)


def _measured(
    name: str, seed: int, cost: Cost, stages: Any, began: float, cpu: CpuUse
) -> Run:
    moves = sum(
        int(stage.details.get("moves", 0))
        for stage in stages
        if stage.name == "genetic"
    )
    return Run(name, seed, cost, moves, perf_counter() - began, cpu)

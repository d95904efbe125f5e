"""A variant of a job: an archipelago under the variant's own weights, then refinement.

A plain class. One thread drives each island, wherever it lives; reports, offers and the
stop come from other threads at any time.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from statistics import mean
from time import perf_counter
from typing import Any

import numpy as np

from solvers.model import Cost, Timetable, Weights

from .engine import Engine
from .exceptions import ClusterError
from .island import IslandHandle, IslandMaker, IslandsHere, IslandTask
from .messages import VariantEnded, VariantReported
from .migration import Exchange
from .seeding import island_seed, refinement_seed

__all__ = ["VariantRun", "VariantTask"]

log = logging.getLogger(__name__)

EPOCH_SECONDS = 0.5
MOST_ISLANDS = 256
LEAST_GROWTH_SECONDS = 5.0
RECENT_EPOCHS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantTask:
    """What a variant is to do.

    Parameters
    ----------
    number, launch
        Which variant, and which process of it.
    weights
        Weight by criterion.
    seed
        Seed of the variant.
    seconds
        Search seconds, > 0.
    refinement_share
        Part of the seconds that stage 3 gets, in [0, 1).
    num_islands
        Islands of the archipelago, >= 1.
    resume
        Where to begin; None is the shared start.
    first_position
        Where in the islands' schedule to begin, in [0, 1): later for a timetable that
        has been searched before, so that what it has is not melted down.
    """

    number: int
    launch: int
    weights: Weights
    seed: int
    seconds: float
    refinement_share: float = 0.2
    num_islands: int = 2
    resume: Timetable | None = None
    first_position: float = 0.0

    def island_tasks(self) -> tuple[IslandTask, ...]:
        """Tasks of the islands."""
        return tuple(
            self.island_task(island, self.resume) for island in range(self.num_islands)
        )

    def island_task(self, index: int, resume: Timetable | None) -> IslandTask:
        """Task of one island that begins at ``resume``; None is the shared start."""
        seed = island_seed(self.seed, index)
        return IslandTask(weights=self.weights, seed=seed, index=index, resume=resume)


class VariantRun:
    """One launch of a variant.

    Parameters
    ----------
    task
        What to do.
    start
        The shared start.
    engine
        The engine.
    maker
        Makes the islands, here or elsewhere; None makes them here.
    growth_seconds
        Pause between looks for room for further islands, > 0.
    """

    def __init__(
        self,
        task: VariantTask,
        start: Any,
        engine: Engine,
        maker: IslandMaker | None = None,
        growth_seconds: float = 3.0,
    ) -> None:
        self._began = perf_counter()
        self._task = task
        self._start = start
        self._engine = engine
        self._scenario = engine.scenario(start, task.weights)
        self._maker: IslandMaker = maker or IslandsHere()
        self._growth_seconds = growth_seconds
        self._exchange: Exchange[Any] = Exchange(
            task.num_islands, np.random.default_rng(task.seed)
        )
        self._islands: list[IslandHandle] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._offers: list[Timetable] = []
        self._best: tuple[Cost, Timetable] | None = None
        self._version = 0
        self._work: dict[int, int] = {}
        self._stage = "genetic"

    def run(self) -> VariantEnded:
        """Search to the end of the task, or until stopped.

        The seconds count from the construction: compiling the scenario is part of them.
        """
        first = self._task.resume or self._start.timetable
        cost = self._scenario.price(first)
        self._consider(cost, first)
        stages = (self._genetic(cost), *self._refine())
        best_cost, timetable = self._found()
        return VariantEnded(
            self._task.number, self._task.launch, timetable, best_cost, stages
        )

    def report(self, known_version: int = 0) -> tuple[int, VariantReported]:
        """Version of the best and a report, with the timetable if it is newer."""
        with self._lock:
            version, best = self._version, self._best
        cost = None if best is None else best[0]
        is_news = best is not None and version > known_version
        return version, VariantReported(
            self._task.number,
            self._task.launch,
            self._stage,
            self._fraction(),
            cost,
            best[1] if best is not None and is_news else None,
        )

    def offer(self, timetable: Timetable) -> None:
        """Show another variant's timetable; it is priced at the next epoch."""
        with self._lock:
            self._offers = [*self._offers[-7:], timetable]

    def stop(self) -> None:
        """End soon with the best so far."""
        self._stopped.set()
        for island in [*self._islands]:
            island.stop()

    def _genetic(self, before: Cost) -> Any:
        began = perf_counter()
        first = self._maker.make(self._task.island_tasks(), self._scenario)
        with ThreadPoolExecutor(MOST_ISLANDS, "island") as threads:
            drives = self._begin(first, threads)
            while left := wait(drives, self._growth_seconds).not_done:
                drives += self._begin(self._further_islands(len(left)), threads)
        self._require_one(drives)
        return self._genetic_report(before, perf_counter() - began)

    def _begin(
        self, islands: Sequence[IslandHandle], threads: ThreadPoolExecutor
    ) -> list[Future[None]]:
        """Let islands search that are ready to, each in a thread."""
        known = len(self._islands)
        self._islands += islands
        if self._stopped.is_set():
            self.stop()
        return [
            threads.submit(self._drive, index, island)
            for index, island in enumerate(islands, known)
        ]

    def _further_islands(self, num_alive: int) -> Sequence[IslandHandle]:
        """Islands that begin at the best, where the cluster has room for them."""
        left = self._end_of_search() - self._elapsed()
        if left < LEAST_GROWTH_SECONDS or self._is_over():
            return []
        known, (_, best) = len(self._islands), self._found()
        try:
            room = min(MOST_ISLANDS - num_alive, self._maker.room(num_alive))
            tasks = [self._task.island_task(known + i, best) for i in range(room)]
            islands = self._maker.more(tasks) if tasks else []
        except Exception as error:
            # The search goes on with what it has.
            log.warning("No further islands: %r", error, extra={"action": "grow"})
            return []
        self._exchange.grow(len(islands))
        return islands

    def _end_of_search(self) -> float:
        return self._task.seconds * (1 - self._task.refinement_share)

    def _genetic_report(self, before: Cost, seconds: float) -> Any:
        after, _ = self._found()
        work = sum(self._work.values())
        return self._engine.report(
            "genetic",
            before,
            after,
            seconds=seconds,
            status=f"{len(self._islands)} islands, {work:,} moves",
            details={
                "islands": len(self._islands),
                "moves": work,
                "migrants": self._exchange.num_migrants,
            },
        )

    def _drive(self, index: int, island: IslandHandle) -> None:
        try:
            self._search(index, island)
        except ClusterError:
            raise
        except Exception:
            self.stop()
            raise

    def _search(self, index: int, island: IslandHandle) -> None:
        """Search epoch by epoch, as long as another one leaves time for stage 3."""
        end = self._end_of_search()
        excess = deque([0.0], RECENT_EPOCHS)
        while (elapsed := self._elapsed()) + mean(excess) < end and not self._is_over():
            seconds = min(EPOCH_SECONDS, end - elapsed)
            self._weigh_offers()
            migrants = self._exchange.receive(index)
            report = island.step(migrants, seconds, self._position(elapsed / end))
            self._exchange.send(index, report.emigrants)
            self._work[index] = report.work
            excess.append(self._elapsed() - elapsed - seconds)
            if report.timetable is not None:
                self._consider(report.cost, report.timetable)

    def _position(self, fraction: float) -> float:
        first = self._task.first_position
        return min(1.0, first + (1 - first) * fraction)

    def _is_over(self) -> bool:
        """Whether a stop was asked for, or nothing is left to improve."""
        return self._stopped.is_set() or self._found()[0] == Cost(0, 0)

    def _require_one(self, drives: Sequence[Any]) -> None:
        """Go on as long as one island lived; one of this process must not fail."""
        errors = [error for drive in drives if (error := drive.exception())]
        for error in errors:
            if not isinstance(error, ClusterError) or len(errors) == len(drives):
                raise error
            log.warning("An island was lost.", extra={"action": "island_lost"})

    def _refine(self) -> tuple[Any, ...]:
        self._weigh_offers()
        self._stage = "refinement"
        _, timetable = self._found()
        refined = self._scenario.refine(
            timetable,
            seconds=max(0.0, self._task.seconds - self._elapsed()),
            seed=refinement_seed(self._task.seed),
            should_stop=self._stopped.is_set,
        )
        self._consider(refined.cost, refined.timetable)
        return refined.stages

    def _weigh_offers(self) -> None:
        with self._lock:
            offers, self._offers = self._offers, []
        for timetable in offers:
            cost = self._scenario.price(timetable)
            if self._consider(cost, timetable):
                self._exchange.invite([self._scenario.migrant(timetable)])

    def _consider(self, cost: Cost, timetable: Timetable) -> bool:
        with self._lock:
            if self._best is not None and cost >= self._best[0]:
                return False
            self._best = (cost, timetable)
            self._version += 1
            return True

    def _found(self) -> tuple[Cost, Timetable]:
        with self._lock:
            if self._best is None:
                raise ClusterError("A variant has no timetable.")
            return self._best

    def _elapsed(self) -> float:
        return perf_counter() - self._began

    def _fraction(self) -> float:
        return min(1.0, self._elapsed() / self._task.seconds)

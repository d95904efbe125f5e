"""An island: one memetic search with a small population of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from solvers.communities import Communities
from solvers.model import Cost, InstanceArrays, Timetable
from solvers.params import IslandParams
from solvers.search import AnnealingParams
from solvers.specialization import local_search

from .crossover import Block, cross, draw_block
from .population import Individual, Population
from .turns import Turns

__all__ = ["Island", "Migrant", "Neighborhoods"]

Migrant = Individual

Neighborhoods = Callable[
    [Timetable, float, Callable[[], bool]], tuple[Timetable, Cost] | None
]
"""Large-neighborhood operator: timetable, seconds, stop to a better one or None."""

_LNS_SECONDS = 2.0
_MELTED = 0.1
"""Position in an annealing where little is left of what came before it."""


@dataclass(slots=True)
class _Counts:
    steps: int = 0
    crossovers: int = 0
    neighborhoods: int = 0
    neighborhoods_won: int = 0
    received: int = 0
    annealings: int = 1


class Island:
    """Annealing as the workhorse, crossover and large neighborhoods late in it.

    Parameters
    ----------
    arrays
        Compiled instance, shared.
    communities
        Blocks for crossover.
    seed
        Seed of everything random here.
    params, annealing
        Parameters.
    heat
        Factor on the start temperature, > 0, so that islands differ.
    neighborhoods
        Large-neighborhood operator, or None.
    lns_share
        Share of the time that it may take.
    specialize
        Whether an instance on a grid is searched by kernels of its own.
    takes_turns
        Whether it makes several annealings where the budget has moves for them.
    """

    def __init__(
        self,
        arrays: InstanceArrays,
        communities: Communities,
        seed: int,
        *,
        params: IslandParams | None = None,
        annealing: AnnealingParams | None = None,
        heat: float = 1.0,
        neighborhoods: Neighborhoods | None = None,
        lns_share: float = 0.0,
        specialize: bool = True,
        takes_turns: bool = False,
    ) -> None:
        self._params = params or IslandParams()
        self._communities = communities
        self._rng = np.random.default_rng(seed)
        self._annealing = local_search(arrays, seed, annealing, specialize=specialize)
        self._state = self._annealing.state
        self._heat = heat
        self._population = Population(self._params.population)
        self._neighborhoods = neighborhoods
        self._lns_share = lns_share
        self._lns_seconds = 0.0
        self._search_seconds = 0.0
        self._stopped = False
        self._published: Cost | None = None
        self._turns = self._turns_of(arrays) if takes_turns else None
        self._turn = 0
        self._has_melted = True
        self.counts = _Counts()

    @property
    def work(self) -> int:
        """Moves tried so far."""
        return self._state.moves

    @property
    def can_move(self) -> bool:
        """Whether there is anything to search over."""
        return self._state.can_move

    @property
    def diversity(self) -> float:
        """Mean share of events that two members of the population place differently."""
        self._harvest()
        return self._population.diversity

    def load(self, timetable: Timetable) -> None:
        """Start from a timetable."""
        self._state.load(timetable)
        self._harvest()

    def find_feasible(
        self, should_stop: Callable[[], bool], max_moves: int | None = None
    ) -> bool:
        """Search until no hard constraint is violated; return whether that is so.

        Parameters
        ----------
        should_stop
            Asked several times a second.
        max_moves
            Most moves, > 0; no limit by default.
        """
        found = self._annealing.find_feasible(
            lambda: self._stopped or should_stop(), max_moves
        )
        self._publish()
        return found

    def step(self, fraction: float, work: int | None = None) -> None:
        """Search one chunk at a position of the schedule in [0, 1]."""
        if not self._annealing.calibrated:
            self._annealing.calibrate()
            self._annealing.scale_start(self._heat)
        start = perf_counter()
        self.counts.steps += 1
        position = self._take_turn(fraction)
        if self._crosses(fraction):
            self._crossover()
        self._annealing.run(position, work)
        self._publish()
        self._search_seconds += perf_counter() - start
        if self._may_use_neighborhoods(fraction):
            self._use_neighborhoods()

    def _turns_of(self, arrays: InstanceArrays) -> Turns | None:
        params = self._params
        if not params.turn_moves or not params.crossover_after:
            return None
        fewest = params.turn_moves * max(1, len(arrays.movable))
        return Turns(fewest, params.crossover_after, params.most_turns)

    def _take_turn(self, fraction: float) -> float:
        """Begin another annealing when it is time; return the position in it."""
        if self._turns is None:
            return fraction
        turn, position = self._turns.locate(fraction, self._state.moves)
        if turn != self._turn:
            self._harvest()
            self._turn, self._has_melted = turn, False
            if self._turns.is_on(turn):
                self.counts.annealings += 1
            else:
                self._state.load(self._population.best.timetable)
                self._has_melted = True
                # Neighborhoods get their share of what is left, not of all the time.
                self._search_seconds = 0.0
        if not self._has_melted and position >= _MELTED:
            # Else what comes would only be kept if it beat all annealings before.
            self._state.forget_best()
            self._has_melted = True
        return position

    def advance(self, seconds: float, fraction: float) -> None:
        """Search for some seconds at a position of the schedule in [0, 1]."""
        deadline = perf_counter() + seconds
        while not self._stopped:
            self.step(fraction)
            if perf_counter() >= deadline:
                break

    def stop(self, stop: bool = True) -> None:
        """Let running and later searches return soon; called from any thread."""
        self._stopped = stop
        self._state.request_stop(stop)

    def best(self) -> tuple[Cost, Timetable]:
        """Best timetable so far and its cost."""
        self._harvest()
        best = self._population.best
        return best.cost, best.timetable

    @property
    def best_cost(self) -> Cost:
        """Cost of the best so far; may be read from another thread."""
        assert self._published is not None
        return self._published

    def emigrants(self, count: int = 1) -> list[Migrant]:
        """Return copies of the best, for other islands."""
        self._harvest()
        return self._population.members[:count]

    def receive(self, migrants: Sequence[Migrant]) -> None:
        """Take migrants into the population; the search goes on where it is."""
        for migrant in migrants:
            self.counts.received += self._population.add(migrant)
        self._publish()

    def _harvest(self) -> None:
        self._population.add(Individual(self._state.best_cost, self._state.best()))
        self._publish()

    def _publish(self) -> None:
        """Let other threads see the best cost, both its parts at once."""
        known = self._population.best_cost
        now = self._state.best_cost
        self._published = now if known is None else min(known, now)

    def _crosses(self, fraction: float) -> bool:
        params = self._params
        late = fraction >= params.crossover_after
        return late and self.counts.steps % params.crossover_interval == 0

    def _crossover(self) -> None:
        self._harvest()
        if len(self._population.members) < 2:
            return
        first, second = self._population.parents(self._rng)
        block = list(Block)[self._rng.integers(len(Block))]
        arrays = self._state.arrays
        mask = draw_block(arrays, self._communities, second.timetable, block, self._rng)
        self._state.load(cross(first.timetable, second.timetable, mask))
        self.counts.crossovers += 1

    def _may_use_neighborhoods(self, fraction: float) -> bool:
        if self._neighborhoods is None or self._stopped or fraction < 0.5:
            return False
        if self._turns is not None and self._turns.is_on(self._turn):
            return False
        total = self._lns_seconds + self._search_seconds
        return self._lns_seconds < self._lns_share * total

    def _use_neighborhoods(self) -> None:
        assert self._neighborhoods is not None
        start = perf_counter()
        _, timetable = self.best()
        found = self._neighborhoods(timetable, _LNS_SECONDS, self._is_stopped)
        self._lns_seconds += perf_counter() - start
        self.counts.neighborhoods += 1
        if found is not None:
            self.counts.neighborhoods_won += 1
            self._population.add(Individual(found[1], found[0]))
            self._state.load(found[0])
            self._publish()

    def _is_stopped(self) -> bool:
        return self._stopped

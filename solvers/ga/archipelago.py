"""An archipelago in one process: islands as threads over kernels without the GIL.

Migration runs along a ring. Under a time limit islands never wait for each other; under
a work limit they meet after every epoch, so that a run repeats itself exactly.

References
----------
.. [1] Izzo, D., Rucinski, M., Biscani, F. (2012). The generalized island model.
   Parallel Architectures and Bioinspired Algorithms, Springer.
   doi:10.1007/978-3-642-28789-3_7
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from solvers.model import Cost, Timetable

from .island import Island, Migrant

__all__ = ["Archipelago"]

_POLL_SECONDS = 0.25
_MAILBOX = 4
_REPAIR_MOVES = 100_000


class Archipelago:
    """Islands in a ring.

    Parameters
    ----------
    islands
        One at least; they must already hold a timetable.
    migration_interval
        Steps of an island between two migrations, >= 1.
    """

    def __init__(self, islands: Sequence[Island], migration_interval: int = 8) -> None:
        self._islands = tuple(islands)
        self._interval = migration_interval
        self._mail: tuple[deque[Migrant], ...] = tuple(
            deque(maxlen=_MAILBOX) for _ in islands
        )

    @property
    def work(self) -> int:
        """Moves tried by all islands."""
        return sum(island.work for island in self._islands)

    @property
    def best_cost(self) -> Cost:
        """Cost of the best timetable of any island."""
        return min(island.best_cost for island in self._islands)

    def best(self) -> tuple[Cost, Timetable]:
        """Best timetable of any island."""
        return min((island.best() for island in self._islands), key=lambda b: b[0])

    def find_feasible(
        self,
        should_stop: Callable[[], bool],
        on_poll: Callable[[], None],
        max_moves: int | None = None,
    ) -> bool:
        """Search on hard violations until an island has none; the others follow it.

        Parameters
        ----------
        should_stop
            Asked several times a second.
        on_poll
            Called between chunks of a fraction of a second.
        max_moves
            Most moves of all islands, >= 0; no limit by default.

        Returns
        -------
        bool
            Whether a timetable without violation was found.
        """
        last = None if max_moves is None else self.work + max_moves
        share = _REPAIR_MOVES
        with ThreadPoolExecutor(len(self._islands)) as pool:
            while self._can_move and self.best_cost.hard and not should_stop():
                if last is not None:
                    share = min(share, (last - self.work) // len(self._islands))
                if share <= 0:
                    break
                self._repair(pool, share, should_stop)
                on_poll()
        cost, timetable = self.best()
        for island in self._islands:
            if cost.hard == 0 and island.best_cost.hard:
                island.load(timetable)
        return cost.hard == 0

    def _repair(
        self, pool: ThreadPoolExecutor, moves: int, should_stop: Callable[[], bool]
    ) -> None:
        def repair(island: Island) -> bool:
            return island.find_feasible(should_stop, moves)

        list(pool.map(repair, self._islands))

    @property
    def _can_move(self) -> bool:
        return any(island.can_move for island in self._islands)

    def run_for_time(
        self,
        fraction: Callable[[], float],
        should_stop: Callable[[], bool],
        on_poll: Callable[[], None],
    ) -> None:
        """Search until asked to stop; islands migrate without waiting.

        Parameters
        ----------
        fraction
            Position in the schedule, in [0, 1]; called from island threads.
        should_stop
            Asked several times a second from this thread.
        on_poll
            Called several times a second from this thread.
        """
        done = False

        def search(index: int) -> None:
            island = self._islands[index]
            while not done:
                island.step(fraction())
                if island.counts.steps % self._interval == 0:
                    self._exchange(index)

        with ThreadPoolExecutor(len(self._islands)) as pool:
            running = [pool.submit(search, i) for i in range(len(self._islands))]
            try:
                while self._can_move and not should_stop():
                    on_poll()
                    if wait(running, _POLL_SECONDS, "FIRST_EXCEPTION").done:
                        break
            finally:
                done = True
                for island in self._islands:
                    island.stop()
            for future in running:
                future.result()
        for island in self._islands:
            island.stop(False)

    def run_for_work(
        self, moves: int, should_stop: Callable[[], bool], on_poll: Callable[[], None]
    ) -> None:
        """Search ``moves`` in all; islands meet after every epoch."""
        first = self.work
        with ThreadPoolExecutor(len(self._islands)) as pool:
            while (used := self.work - first) < moves and not should_stop():
                if not self._can_move:
                    break
                position = used / moves
                left = max(1, (moves - used) // len(self._islands))

                def epoch(
                    island: Island, position: float = position, left: int = left
                ) -> None:
                    before = island.work
                    for _ in range(self._interval):
                        room = left - (island.work - before)
                        if room <= 0:
                            break
                        island.step(position, min(room, 100_000))

                list(pool.map(epoch, self._islands))
                for index in range(len(self._islands)):
                    self._post(index)
                for index in range(len(self._islands)):
                    self._collect(index)
                on_poll()

    def _exchange(self, index: int) -> None:
        self._post(index)
        self._collect(index)

    def _post(self, index: int) -> None:
        if len(self._islands) > 1:
            following = (index + 1) % len(self._islands)
            self._mail[following].extend(self._islands[index].emigrants(1))

    def _collect(self, index: int) -> None:
        box = self._mail[index]
        arrived = []
        while box:
            arrived.append(box.popleft())
        self._islands[index].receive(arrived)

"""Asynchronous migration: bounded mailboxes between islands. Pure and thread-safe.

Nobody waits for anybody: an island empties its mailbox when it comes by, and a slow
island's mailbox forgets the oldest migrants instead of growing.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

import numpy as np

from .topology import Topology, ring_with_random_links

__all__ = ["Exchange", "Mailbox"]

M = TypeVar("M")


class Mailbox(Generic[M]):
    """Migrants that wait for an island, at most ``capacity``, the newest kept."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("capacity >= 1 is needed.")
        self._waiting: deque[M] = deque(maxlen=capacity)
        self._lock = threading.Lock()

    def put(self, migrants: Iterable[M]) -> None:
        """Add migrants; the oldest are forgotten when there is no room."""
        with self._lock:
            self._waiting.extend(migrants)

    def take(self) -> list[M]:
        """Remove and return all that wait, oldest first."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken

    def __len__(self) -> int:
        return len(self._waiting)


class Exchange(Generic[M]):
    """The mailboxes of an archipelago, which may grow, and the graph between them.

    The random links are drawn anew for every sending, so that over time every island
    reaches every other.

    Parameters
    ----------
    num_islands
        Number of islands, >= 1.
    rng
        Source of the random links.
    num_links
        Random links per sending beside the ring, >= 0.
    capacity
        Migrants that one mailbox holds, >= 1.
    """

    def __init__(
        self,
        num_islands: int,
        rng: np.random.Generator,
        *,
        num_links: int = 1,
        capacity: int = 8,
    ) -> None:
        self._capacity = capacity
        self._mailboxes = [Mailbox[M](capacity) for _ in range(num_islands)]
        self._num_links = num_links
        self._rng = rng
        self._lock = threading.Lock()
        self._num_received = [0] * num_islands

    @property
    def num_migrants(self) -> int:
        """Migrants that islands have taken out of their mailboxes."""
        return sum(self._num_received)

    def grow(self, num_islands: int) -> None:
        """Take further islands into the ring, behind the last one."""
        with self._lock:
            self._num_received += [0] * num_islands
            self._mailboxes += [Mailbox[M](self._capacity) for _ in range(num_islands)]

    def send(self, island: int, migrants: list[M]) -> None:
        """Put an island's emigrants into the mailboxes of its targets."""
        if migrants:
            for target in self._targets(island):
                self._mailboxes[target].put(migrants)

    def receive(self, island: int) -> list[M]:
        """Empty an island's mailbox."""
        arrived = self._mailboxes[island].take()
        self._num_received[island] += len(arrived)
        return arrived

    def invite(self, migrants: list[M]) -> None:
        """Put migrants from outside the archipelago into every mailbox."""
        for mailbox in self._mailboxes:
            mailbox.put(migrants)

    def _targets(self, island: int) -> tuple[int, ...]:
        with self._lock:
            topology: Topology = ring_with_random_links(
                len(self._mailboxes), self._num_links, self._rng
            )
        return topology[island]

"""Processor seconds of a tree of processes, by part, from ``/proc``."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CpuMeter", "CpuUse", "Process", "processes_below"]

_TICKS = os.sysconf("SC_CLK_TCK")
_ACTOR = "ray::"


@dataclass(frozen=True, slots=True)
class Process:
    """A living process.

    Parameters
    ----------
    pid, parent
        Its id and its parent's.
    own, children
        Processor seconds that it has used, and those of its children that have ended.
    title
        What it calls itself; its program's name while it starts.
    """

    pid: int
    parent: int
    own: float
    children: float
    title: str


@dataclass(frozen=True, slots=True)
class CpuUse:
    """Processor seconds by part.

    Parameters
    ----------
    driver
        The process that measures.
    actors
        Ray's workers.
    system
        All else below the driver: raylets, the head's services, and what has ended.
    """

    driver: float = 0.0
    actors: float = 0.0
    system: float = 0.0

    @property
    def total(self) -> float:
        """Sum of all parts."""
        return self.driver + self.actors + self.system

    def since(self, earlier: CpuUse) -> CpuUse:
        """What was used after an earlier reading; no part is less than 0."""
        return CpuUse(
            max(0.0, self.driver - earlier.driver),
            max(0.0, self.actors - earlier.actors),
            max(0.0, self.system - earlier.system),
        )


class CpuMeter:
    """Reads what a process and all below it use, from its making on.

    A process that ends leaves its seconds to its parent, so that they move from its
    part to ``system`` but are not lost.

    Parameters
    ----------
    root
        Id of the process; this one when None.
    """

    def __init__(self, root: int | None = None) -> None:
        self._root = root or os.getpid()
        self._first = self._read()

    def read(self) -> CpuUse:
        """Seconds used since the making."""
        return self._read().since(self._first)

    def _read(self) -> CpuUse:
        driver = actors = system = 0.0
        for process in processes_below(self._root):
            system += process.children
            if process.pid == self._root:
                driver += process.own
            elif process.title.startswith(_ACTOR):
                actors += process.own
            else:
                system += process.own
        return CpuUse(driver, actors, system)


def processes_below(root: int) -> list[Process]:
    """Return a process and its living descendants."""
    known = {process.pid: process for process in _all_processes()}
    return [process for process in known.values() if _is_below(process, root, known)]


def _is_below(process: Process, root: int, known: Mapping[int, Process]) -> bool:
    seen: Process | None = process
    while seen is not None:
        if seen.pid == root:
            return True
        seen = known.get(seen.parent)
    return False


def _all_processes() -> Iterator[Process]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            # It may end while it is read.
            with contextlib.suppress(OSError, IndexError, ValueError):
                yield _process(int(name))


def _process(pid: int) -> Process:
    folder = Path("/proc") / str(pid)
    stat = (folder / "stat").read_text()
    # The program's name stands in parentheses and may contain anything.
    fields = stat.rpartition(")")[2].split()
    own, children = (
        sum(int(fields[at]) for at in pair) / _TICKS for pair in ((11, 12), (13, 14))
    )
    title = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return Process(pid, int(fields[1]), own, children, title)

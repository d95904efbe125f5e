"""What every CP-SAT model of one instance shares."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from solvers.model import Instance, InstanceArrays, compile_instance

from .list_scores import ListScores

__all__ = ["Problem"]


class Problem:
    """An instance with its arrays and what is derived from them once.

    Parameters
    ----------
    instance
        The problem.
    arrays
        Its compiled form; compiled here if not given.
    """

    def __init__(
        self, instance: Instance, arrays: InstanceArrays | None = None
    ) -> None:
        self.instance = instance
        self.arrays = compile_instance(instance) if arrays is None else arrays

    @cached_property
    def scores(self) -> ListScores:
        """Evaluates the whole-list constraints."""
        return ListScores(self.instance, self.arrays)

    @cached_property
    def overlap_tables(self) -> frozenset[int]:
        """Numbers of the time relations that say: must not overlap."""
        overlap = self.arrays.overlap
        same = [np.array_equal(table, overlap) for table in self.arrays.tables]
        return frozenset(np.flatnonzero(same).tolist())

    @cached_property
    def disjoint_lists(self) -> list[tuple[int, ...]]:
        """Events of each required list whose events must not overlap, longest first."""
        lists = {
            c.events
            for c in self.instance.constraints
            if c.required and c.type in ("NotOverlap", "SameAttendees")
        }
        return sorted((x for x in lists if len(x) > 2), key=lambda x: (-len(x), x))

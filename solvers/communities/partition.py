"""Communities of events: parts of the problem that barely disturb each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from solvers.model import Instance

from .conflict_graph import conflict_graph

__all__ = ["Communities", "detect_communities"]

LOOSE_SIZE = 40
"""Events without any neighbor are gathered in communities of this size."""


@dataclass(frozen=True, slots=True, eq=False)
class Communities:
    """A partition of the events.

    Parameters
    ----------
    label
        ``(num_events,)`` int32, community of each event, ``0 .. num - 1``; larger
        communities come first.
    num
        Number of communities.
    modularity
        Of the partition in the conflict graph, in [-0.5, 1].
    seconds
        What building the graph and clustering took.
    """

    label: NDArray[np.int32]
    num: int
    modularity: float
    seconds: float = 0.0

    def __post_init__(self) -> None:
        label = np.array(self.label, dtype=np.int32).reshape(-1)
        label.flags.writeable = False
        object.__setattr__(self, "label", label)

    def members(self, community: int) -> NDArray[np.int32]:
        """Event indices of a community, ascending."""
        return np.flatnonzero(self.label == community).astype(np.int32)

    def __reduce__(
        self,
    ) -> tuple[type[Communities], tuple[NDArray[np.int32], int, float, float]]:
        return type(self), (self.label, self.num, self.modularity, self.seconds)


def detect_communities(instance: Instance, *, seed: int = 0) -> Communities:
    """Cluster the conflict graph by Louvain's method.

    Parameters
    ----------
    instance
        The problem.
    seed
        Of the order in which events are visited; equal seeds give equal communities.

    References
    ----------
    .. [1] Blondel, V., Guillaume, J.-L., Lambiotte, R., Lefebvre, E. (2008). Fast
       unfolding of communities in large networks. doi 10.1088/1742-5468/2008/10/P10008.
    """
    started = perf_counter()
    graph = conflict_graph(instance)
    joined = [node for node in graph if graph.degree(node)]
    core = graph.subgraph(joined)
    groups = nx.community.louvain_communities(core, seed=seed) if joined else []
    modularity = nx.community.modularity(core, groups) if joined else 0.0
    loose = [node for node in graph if not graph.degree(node)]
    parts = [*map(sorted, groups), *_chunks(loose)]
    parts.sort(key=lambda part: (-len(part), part))
    label = _labels(parts, instance.num_events)
    return Communities(label, len(parts), modularity, perf_counter() - started)


def _chunks(events: list[int]) -> list[list[int]]:
    starts = range(0, len(events), LOOSE_SIZE)
    return [events[start : start + LOOSE_SIZE] for start in starts]


def _labels(parts: Iterable[list[int]], num_events: int) -> NDArray[np.int32]:
    label = np.zeros(num_events, np.int32)
    for number, part in enumerate(parts):
        label[part] = number
    return label

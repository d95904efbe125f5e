"""The conflict graph: which events disturb each other, and how much."""

from __future__ import annotations

import networkx as nx

from solvers.model import Instance

from .pairs import (
    Pairs,
    attendee_pairs,
    constraint_pairs,
    merge_pairs,
    room_pairs,
    strongest_pairs,
    student_pairs,
)

__all__ = ["conflict_graph"]

MOST_EDGES = 90_000


def conflict_graph(instance: Instance, *, degree: int | None = None) -> nx.Graph[int]:
    """Build the weighted conflict graph of an instance's events.

    An edge joins two events that share a constraint, an instructor, a batch, students
    (expected number) or a scarce room; its weight adds these reasons up. The graph is
    sparsified: an edge stays if it is among the heaviest of one of its ends.

    Parameters
    ----------
    instance
        The problem.
    degree
        How many heaviest edges every event keeps, > 0. By default 24, fewer when the
        instance has more than some 4,000 events.

    Returns
    -------
    networkx.Graph
        Nodes ``0 .. num_events - 1``; edge attribute ``weight`` > 0.
    """
    num_events = instance.num_events
    if degree is None:
        degree = max(6, min(24, MOST_EDGES // max(1, num_events)))
    sources = (constraint_pairs, attendee_pairs, room_pairs, student_pairs)
    every = Pairs.concatenate(source(instance) for source in sources)
    pairs = strongest_pairs(merge_pairs(every, num_events), num_events, degree)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(num_events))
    columns = (pairs.first.tolist(), pairs.second.tolist(), pairs.weight.tolist())
    graph.add_weighted_edges_from(zip(*columns, strict=True))
    return graph

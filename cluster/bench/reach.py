"""One archipelago spread over simulated nodes."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.params import ClusterParams
from cluster.scenario import SharedStart
from solvers.model import Cost

from .nodes import SimulatedNodes
from .overhead import run_on_ray

__all__ = ["Reached", "search_on_nodes"]


@dataclass(frozen=True, slots=True)
class Reached:
    """What a search on some nodes came to.

    Parameters
    ----------
    cost
        Cost reached.
    moves
        Moves of all islands.
    seconds
        Wall seconds.
    node_seconds
        Processor seconds of every node.
    """

    cost: Cost
    moves: int
    seconds: float
    node_seconds: tuple[float, ...]


def params_for(num_nodes: int, num_islands: int) -> ClusterParams:
    """Parameters that give every node the same number of islands.

    Raises
    ------
    ValueError
        If the islands cannot be shared out evenly.
    """
    if num_islands % num_nodes:
        raise ValueError(f"{num_islands} islands on {num_nodes} nodes are uneven.")
    return ClusterParams(
        islands_per_variant=num_islands,
        islands_per_actor=num_islands // num_nodes,
        max_islands_per_variant=0,
        island_start_seconds=60.0,
    )


def search_on_nodes(
    nodes: SimulatedNodes,
    num_nodes: int,
    start: SharedStart,
    seconds: float,
    seed: int,
    num_islands: int,
) -> Reached:
    """Search for some wall seconds with the islands shared out over the nodes."""
    before = nodes.used()
    params = params_for(num_nodes, num_islands)
    run = run_on_ray(start, seconds, seed, num_islands, params)
    used = tuple(b - a for a, b in zip(before, nodes.used(), strict=True))
    return Reached(run.cost, run.moves, run.seconds, used)

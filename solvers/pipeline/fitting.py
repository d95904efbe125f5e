"""Fit the shares of a search to the kind of instance."""

from __future__ import annotations

from dataclasses import replace

from solvers.model import InstanceArrays
from solvers.params import SolveParams
from solvers.specialization import is_specialized

__all__ = ["fitted"]


def fitted(params: SolveParams, arrays: InstanceArrays) -> SolveParams:
    """Return the parameters that a search of this instance shall follow.

    Where kernels of a grid run, the shares of everything else are bounded by
    ``params.grid``; a share that is smaller already stays. Its annealing cools by what
    is accepted and makes use of all the time there is: it takes no turns.
    """
    if not params.specialize or not is_specialized(arrays):
        return params
    grid = params.grid
    after = max(params.island.crossover_after, grid.crossover_after)
    return replace(
        params,
        cpsat_share=min(params.cpsat_share, grid.cpsat),
        refinement_share=min(params.refinement_share, grid.refinement),
        lns_share=min(params.lns_share, grid.lns),
        island=replace(params.island, crossover_after=after, turn_moves=0),
    )

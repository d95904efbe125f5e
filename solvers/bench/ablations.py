"""Ablations: the same search without one of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from solvers.exceptions import InputError, Issue
from solvers.params import SolveParams

__all__ = ["ABLATIONS", "without"]

_NEVER = 2**62

_Change = Callable[[SolveParams], SolveParams]


def _without_crossover(params: SolveParams) -> SolveParams:
    return replace(params, island=replace(params.island, crossover_interval=_NEVER))


def _without_migration(params: SolveParams) -> SolveParams:
    return replace(params, island=replace(params.island, migration_interval=_NEVER))


def _without_chains(params: SolveParams) -> SolveParams:
    return replace(params, annealing=replace(params.annealing, chain_rate=0.0))


def _without_swaps(params: SolveParams) -> SolveParams:
    return replace(params, annealing=replace(params.annealing, swap_rate=0.0))


ABLATIONS: Mapping[str, _Change] = MappingProxyType(
    {
        "cpsat": lambda params: replace(params, cpsat_share=0.0),
        "lns": lambda params: replace(params, lns_share=0.0),
        "refinement": lambda params: replace(params, refinement_share=0.0),
        "grid": lambda params: replace(params, specialize=False),
        "crossover": _without_crossover,
        "migration": _without_migration,
        "chains": _without_chains,
        "swaps": _without_swaps,
    }
)
"""Parts that can be left out, by name.

``chains`` and ``swaps`` are moves of the general kernels; ``grid`` is the search
specialized in grid instances.
"""


def without(params: SolveParams, parts: Sequence[str]) -> SolveParams:
    """Leave parts of the search out.

    Parameters
    ----------
    params
        Parameters to change.
    parts
        Names out of ``ABLATIONS``.

    Raises
    ------
    InputError
        If a name is unknown.
    """
    for part in parts:
        if part not in ABLATIONS:
            detail = f"{part} is none of {', '.join(ABLATIONS)}."
            raise InputError(Issue("unknown_part", detail))
        params = ABLATIONS[part](params)
    return params

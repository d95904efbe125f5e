"""Who should choose operators? Selectors from one start with one amount of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from solvers.exceptions import InputError, Issue
from solvers.grid import OPERATORS as GRID_OPERATORS
from solvers.model import Cost, Instance
from solvers.operators import SearchOperator
from solvers.params import RefinementParams, SolveParams
from solvers.pipeline import Start, prepare
from solvers.refinement import (
    UCB,
    Fixed,
    QLearning,
    RoundRobin,
    Selector,
    Uniform,
    refine,
)
from solvers.search import Operator
from solvers.specialization import local_search, operators_of

__all__ = ["SELECTORS", "SelectorTrial", "compare_selectors", "selectors_named"]

_START_MOVES = 5_000_000
_CHUNKS = 30
"""Chunks of the short annealing that the comparison starts from."""

_Maker = Callable[[int, RefinementParams, Sequence[str]], Selector]


def _q_learning(
    seed: int, params: RefinementParams, operators: Sequence[str]
) -> Selector:
    return QLearning(
        len(operators),
        np.random.default_rng(seed),
        learning_rate=params.learning_rate,
        discount=params.discount,
        exploration=params.exploration,
    )


def _single(name: str) -> _Maker:
    return lambda seed, params, operators: Fixed(operators.index(name))


_LEARNERS: dict[str, _Maker] = {
    "q-learning": _q_learning,
    "ucb": lambda seed, params, operators: UCB(len(operators)),
    "uniform": lambda seed, params, operators: Uniform(np.random.default_rng(seed)),
    "round-robin": lambda seed, params, operators: RoundRobin(),
}
_SINGLES: dict[str, _Maker] = {
    name: _single(name)
    for name in dict.fromkeys([*map(str, Operator), *GRID_OPERATORS])
}
SELECTORS: Mapping[str, _Maker] = MappingProxyType({**_LEARNERS, **_SINGLES})
"""Makers of selectors by name; operators' names choose always that one."""


def selectors_named(names: Sequence[str]) -> list[str]:
    """Check names of selectors; ``all`` stands for every one.

    Raises
    ------
    InputError
        If a name is unknown.
    """
    if "all" in names:
        return list(SELECTORS)
    if unknown := [name for name in names if name not in SELECTORS]:
        known = ", ".join(SELECTORS)
        detail = f"{', '.join(unknown)} is none of {known}."
        raise InputError(Issue("unknown_selector", detail))
    return list(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class SelectorTrial:
    """One refinement.

    Parameters
    ----------
    selector, seed
        Who chose, and the seed of search and choice.
    before, after
        Costs of the common start and of the refined timetable.
    """

    selector: str
    seed: int
    before: Cost
    after: Cost


def compare_selectors(
    instance: Instance,
    selectors: Sequence[str],
    *,
    moves: int,
    seeds: Sequence[int],
    params: SolveParams,
) -> list[SelectorTrial]:
    """Refine the same start with each selector, all with the same number of moves.

    The start of every seed is made without clocks and shortly annealed, so that there
    is something left to refine. Selectors whose operator is not there, or cannot move
    anything in the instance, are left out.

    Parameters
    ----------
    instance
        The problem.
    selectors
        Names out of ``SELECTORS``.
    moves
        Of every refinement, > 0.
    seeds
        One trial of each selector for each.
    params
        Parameters.
    """
    trials = []
    steps = max(1, moves // params.refinement.step_work)
    for seed in seeds:
        prepared = prepare(
            instance, seconds=None, moves=min(moves, _START_MOVES), seed=seed
        )
        start, operators = _annealed(prepared, seed, params)
        names = [operator.name for operator in operators]
        legal = {operator.name for operator in operators if operator.possible}
        for name in selectors:
            if name in _SINGLES and name not in legal:
                continue
            report = refine(
                start.arrays,
                start.timetable,
                fraction=lambda: 0.0,
                should_stop=lambda: False,
                params=params.refinement,
                seed=seed,
                max_steps=steps,
                selector=SELECTORS[name](seed, params.refinement, names),
                specialize=params.specialize,
            )
            trials.append(SelectorTrial(name, seed, report.before, report.after))
    return trials


def _annealed(
    start: Start, seed: int, params: SolveParams
) -> tuple[Start, Sequence[SearchOperator]]:
    search = local_search(
        start.arrays, seed, params.annealing, specialize=params.specialize
    )
    search.state.load(start.timetable)
    for chunk in range(_CHUNKS):
        search.run(chunk / _CHUNKS, params.annealing.event_work // 4)
    annealed = replace(start, timetable=search.state.best())
    return annealed, operators_of(search.state)

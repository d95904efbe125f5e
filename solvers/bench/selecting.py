"""Who should choose operators? Selectors from one start with one amount of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from solvers.exceptions import InputError, Issue
from solvers.model import Cost, Instance
from solvers.params import RefinementParams, SolveParams
from solvers.pipeline import Start, prepare
from solvers.refinement import (
    UCB,
    Fixed,
    QLearning,
    RoundRobin,
    Selector,
    TimetableRefinementEnv,
    Uniform,
    refine,
)
from solvers.search import Annealing, Operator, SearchState

__all__ = ["SELECTORS", "SelectorTrial", "compare_selectors", "selectors_named"]

_OPERATORS = tuple(Operator)
_START_MOVES = 5_000_000
_CHUNKS = 30
"""Chunks of the short annealing that the comparison starts from."""

_Maker = Callable[[int, RefinementParams], Selector]


def _q_learning(seed: int, params: RefinementParams) -> Selector:
    return QLearning(
        len(_OPERATORS),
        np.random.default_rng(seed),
        learning_rate=params.learning_rate,
        discount=params.discount,
        exploration=params.exploration,
    )


_LEARNERS: dict[str, _Maker] = {
    "q-learning": _q_learning,
    "ucb": lambda seed, params: UCB(len(_OPERATORS)),
    "uniform": lambda seed, params: Uniform(np.random.default_rng(seed)),
    "round-robin": lambda seed, params: RoundRobin(),
}
_SINGLES: dict[str, _Maker] = {
    str(operator): lambda seed, params, index=index: Fixed(index)  # type: ignore[misc]
    for index, operator in enumerate(_OPERATORS)
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
    is something left to refine. Selectors whose operator cannot move anything in the
    instance are left out.

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
        start = _annealed(prepared, seed, params)
        legal = set(_legal(start))
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
                selector=SELECTORS[name](seed, params.refinement),
            )
            trials.append(SelectorTrial(name, seed, report.before, report.after))
    return trials


def _annealed(start: Start, seed: int, params: SolveParams) -> Start:
    state = SearchState(start.arrays, seed)
    state.load(start.timetable)
    annealing = Annealing(state, params.annealing)
    for chunk in range(_CHUNKS):
        annealing.run(chunk / _CHUNKS, params.annealing.event_work // 4)
    return replace(start, timetable=state.best())


def _legal(start: Start) -> list[str]:
    mask = TimetableRefinementEnv(start.arrays, start.timetable).action_mask()
    return [
        str(operator) for operator, legal in zip(_OPERATORS, mask, strict=True) if legal
    ]

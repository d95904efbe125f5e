"""Stage 3: an agent chooses operators, starting from the best timetable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from solvers.model import Cost, InstanceArrays, Timetable
from solvers.params import RefinementParams

from .env import TimetableRefinementEnv
from .selectors import QLearning, Selector

__all__ = ["OperatorUse", "RefineReport", "refine"]


@dataclass(slots=True)
class OperatorUse:
    """How often an operator was chosen, and the soft cost it took off the best."""

    calls: int = 0
    gained: int = 0


@dataclass(frozen=True, slots=True)
class RefineReport:
    """What stage 3 did; ``after <= before`` always.

    Parameters
    ----------
    timetable
        Best timetable, the input if nothing better was found.
    before, after
        Their costs.
    steps
        Steps of the environment.
    seconds
        In total.
    operators
        Use of each operator by name.
    """

    timetable: Timetable
    before: Cost
    after: Cost
    steps: int
    seconds: float
    operators: dict[str, OperatorUse] = field(default_factory=dict)


def refine(
    arrays: InstanceArrays,
    timetable: Timetable,
    *,
    fraction: Callable[[], float],
    should_stop: Callable[[], bool],
    params: RefinementParams | None = None,
    seed: int = 0,
    max_steps: int = 1_000_000,
    selector: Selector | None = None,
    on_step: Callable[[Cost], None] | None = None,
    specialize: bool = True,
) -> RefineReport:
    """Refine a timetable until asked to stop.

    Parameters
    ----------
    arrays, timetable
        Compiled instance and where to begin.
    fraction
        Share of the stage's budget used, in [0, 1].
    should_stop
        Asked before every step.
    params
        Parameters.
    seed
        Of search and agent.
    max_steps
        Most steps, >= 0; with it a run repeats itself exactly.
    selector
        Who chooses; a fresh Q-learning agent by default.
    on_step
        Called with the best cost after every step.
    specialize
        Whether an instance on a grid is searched by kernels of its own.
    """
    params = params or RefinementParams()
    start = perf_counter()
    env = TimetableRefinementEnv(
        arrays,
        timetable,
        step_work=params.step_work,
        max_steps=max(1, max_steps),
        specialize=specialize,
    )
    observation, info = env.reset(seed=seed)
    agent = selector or _agent(env, params, seed)
    before: Cost = info["best"]
    uses = {operator.name: OperatorUse() for operator in env.operators}
    steps = 0
    ended = not info["action_mask"].any() or before == (0, 0)
    while not ended and steps < max_steps and not should_stop():
        if max_steps == 1_000_000:
            env.use_budget(fraction())
        best: Cost = info["best"]
        action = agent.choose(observation, info["action_mask"])
        observation, reward, ended, _, info = env.step(np.int64(action))
        agent.learn(action, reward, observation)
        use = uses[env.operators[action].name]
        use.calls += 1
        use.gained += best.soft - info["best"].soft
        steps += 1
        if on_step is not None:
            on_step(info["best"])
    after: Cost = env.state.best_cost
    better = env.state.best() if after < before else timetable
    seconds = perf_counter() - start
    return RefineReport(better, before, min(before, after), steps, seconds, uses)


def _agent(
    env: TimetableRefinementEnv, params: RefinementParams, seed: int
) -> QLearning:
    return QLearning(
        len(env.operators),
        np.random.default_rng(seed),
        learning_rate=params.learning_rate,
        discount=params.discount,
        exploration=params.exploration,
    )

"""The gymnasium environment in which operators are chosen."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from solvers.model import Cost, InstanceArrays, Timetable
from solvers.specialization import LocalState, local_search, operators_of

__all__ = ["ENV_ID", "TimetableRefinementEnv", "register_env"]

ENV_ID = "horarium/TimetableRefinement-v0"
NUM_FEATURES = 4

Observation = NDArray[np.float32]


class TimetableRefinementEnv(gym.Env[Observation, np.int64]):
    """Refine a timetable by choosing which operator searches next.

    ## Description
    An episode starts from a given timetable. Every step one operator searches a fixed
    number of moves at a temperature that falls over the episode; the best timetable
    seen is kept, so an episode cannot end worse than it began.

    ## Action Space
    ``Discrete(K)``: index into ``operators``, which are those of the search that fits
    the instance. ``info["action_mask"]`` is 0 for operators that cannot move anything.

    ## Observation Space
    ``Box(0, 1, (4,), float32)``:

    | index | feature |
    |---|---|
    | 0 | share of the budget used |
    | 1 | 1 while the current timetable breaks hard constraints, else 0 |
    | 2 | gap of the current soft cost above the best, capped at 1 |
    | 3 | steps since the best improved, divided by 20, capped at 1 |

    ## Rewards
    Relative fall of the best cost in the step, times 1000; a fall of hard violations
    counts 1000 each. Every step has the same work, so this is gain per unit of work.

    ## Starting State
    The timetable given, or ``options={"timetable": ...}`` of ``reset``.

    ## Episode End
    Terminated at cost 0 without violations; truncated after ``max_steps``.

    Parameters
    ----------
    arrays
        Compiled instance.
    timetable
        Where episodes start.
    step_work
        Moves of one step, > 0.
    max_steps
        Steps of an episode, > 0.
    seed
        Seed of the search's own generator.
    specialize
        Whether an instance on a grid is searched by kernels of its own.
    """

    metadata = {"render_modes": []}  # noqa: RUF012

    def __init__(
        self,
        arrays: InstanceArrays,
        timetable: Timetable,
        *,
        step_work: int = 50_000,
        max_steps: int = 200,
        seed: int = 0,
        specialize: bool = True,
    ) -> None:
        self._arrays = arrays
        self._specialize = specialize
        self._found_state(seed)
        self.action_space = spaces.Discrete(len(self.operators))
        self.observation_space = spaces.Box(0.0, 1.0, (NUM_FEATURES,), np.float32)
        self._start = timetable
        self._step_work = step_work
        self._max_steps = max_steps
        self._steps = 0
        self._stagnation = 0
        self._hot = 1.0
        self._used: float | None = None

    def _found_state(self, seed: int) -> None:
        self._state = local_search(
            self._arrays, seed, specialize=self._specialize
        ).state
        self.operators = operators_of(self._state)

    @property
    def state(self) -> LocalState:
        """The assignment searched, with its best-so-far."""
        return self._state

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode."""
        super().reset(seed=seed)
        if seed is not None:
            self._found_state(seed)
        start = (options or {}).get("timetable", self._start)
        self._state.load(start)
        self._steps = self._stagnation = 0
        self._used = None
        changes = self._state.soft_changes(2000)
        self._hot = float(np.percentile(changes, 10)) if len(changes) else 1.0
        return self._observe(), self._info()

    def step(
        self, action: np.int64
    ) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Let the chosen operator search."""
        before = self._state.best_cost
        temperature = max(0.15, 0.25 * self._hot * (1.0 - self._fraction()))
        self.operators[int(action)].search(
            self._step_work, temperature, max(1000.0, 100.0 * self._hot)
        )
        after = self._state.best_cost
        self._steps += 1
        self._stagnation = 0 if after < before else self._stagnation + 1
        if self._stagnation >= 20:
            self._state.restore_best()
            self._stagnation = 0
        reward = _reward(before, after)
        truncated = self._steps >= self._max_steps
        return self._observe(), reward, after == (0, 0), truncated, self._info()

    def use_budget(self, fraction: float) -> None:
        """Tell the share of an outer budget that is used; it replaces the steps'."""
        self._used = min(1.0, max(0.0, fraction))

    def _fraction(self) -> float:
        return self._steps / self._max_steps if self._used is None else self._used

    def _observe(self) -> Observation:
        now, best = self._state.cost, self._state.best_cost
        gap = (now.soft - best.soft) / max(1, best.soft)
        features = (
            min(1.0, self._fraction()),
            float(now.hard > 0),
            min(1.0, max(0.0, 10 * gap)),
            min(1.0, self._stagnation / 20),
        )
        return np.array(features, np.float32)

    def _info(self) -> dict[str, Any]:
        return {"action_mask": self.action_mask(), "best": self._state.best_cost}

    def action_mask(self) -> NDArray[np.int8]:
        """``(K,)`` int8, 1 where an operator can move something."""
        legal = [operator.possible for operator in self.operators]
        return np.array(legal, np.int8)


def _reward(before: Cost, after: Cost) -> float:
    fewer = before.hard - after.hard
    if fewer:
        return 1000.0 * fewer
    return 1000.0 * (before.soft - after.soft) / max(1, before.soft)


def register_env() -> None:
    """Register the environment with gymnasium; safe to call twice."""
    if ENV_ID not in gym.registry:
        gym.register(ENV_ID, entry_point=f"{__name__}:TimetableRefinementEnv")

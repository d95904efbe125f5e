"""Selectors: who chooses the next operator. Q-learning and its honest baselines.

References
----------
.. [1] Watkins, C. J. C. H., Dayan, P. (1992). Q-learning. Machine Learning 8, 279-292.
   doi:10.1007/BF00992698
.. [2] Auer, P., Cesa-Bianchi, N., Fischer, P. (2002). Finite-time analysis of the
   multiarmed bandit problem. Machine Learning 47, 235-256. doi:10.1023/A:1013689704352
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fixed", "QLearning", "RoundRobin", "Selector", "UCB", "Uniform"]

Observation = NDArray[np.float32]
Mask = NDArray[np.int8]

_BINS = (3, 2, 3, 3)


class Selector(Protocol):
    """Chooses an action among legal ones and learns from what it brought."""

    def choose(self, observation: Observation, mask: Mask) -> int:
        """Return a legal action."""

    def learn(self, action: int, reward: float, observation: Observation) -> None:
        """Take note of the reward and of what is observed after it."""


class Uniform:
    """Every legal operator is equally probable."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def choose(self, observation: Observation, mask: Mask) -> int:
        """Return a random legal action."""
        return int(self._rng.choice(np.flatnonzero(mask)))

    def learn(self, action: int, reward: float, observation: Observation) -> None:
        """Learn nothing."""


class RoundRobin:
    """Legal operators take turns."""

    def __init__(self) -> None:
        self._turn = -1

    def choose(self, observation: Observation, mask: Mask) -> int:
        """Return the next legal action."""
        self._turn += 1
        legal = np.flatnonzero(mask)
        return int(legal[self._turn % len(legal)])

    def learn(self, action: int, reward: float, observation: Observation) -> None:
        """Learn nothing."""


class Fixed:
    """Always the same operator."""

    def __init__(self, action: int) -> None:
        self._action = action

    def choose(self, observation: Observation, mask: Mask) -> int:
        """Return the operator, or the first legal one where it is none."""
        return self._action if mask[self._action] else int(np.flatnonzero(mask)[0])

    def learn(self, action: int, reward: float, observation: Observation) -> None:
        """Learn nothing."""


class UCB:
    """Upper confidence bounds on the mean reward of each operator [2]_."""

    def __init__(self, num_actions: int, exploration: float = 0.5) -> None:
        self._count = np.zeros(num_actions)
        self._mean = np.zeros(num_actions)
        self._exploration = exploration

    def choose(self, observation: Observation, mask: Mask) -> int:
        """Return the action with the highest bound, each legal one once first."""
        untried = np.flatnonzero((self._count == 0) & (mask > 0))
        if len(untried):
            return int(untried[0])
        scale = max(1e-9, float(np.abs(self._mean).max()))
        tried = np.maximum(self._count, 1)
        width = np.sqrt(np.log(self._count.sum()) / tried)
        bound = self._mean / scale + self._exploration * width
        return int(np.argmax(np.where(mask > 0, bound, -np.inf)))

    def learn(self, action: int, reward: float, observation: Observation) -> None:
        """Update the mean of the action."""
        self._count[action] += 1
        self._mean[action] += (reward - self._mean[action]) / self._count[action]


class QLearning:
    """Tabular Q-learning, epsilon-greedy with falling epsilon [1]_.

    States are bins of the observation. Values start equal, so that an untrained agent
    chooses at random, not the first operator.

    Parameters
    ----------
    num_actions
        Operators.
    rng
        Generator of the choices.
    learning_rate, discount
        In (0, 1] and [0, 1).
    exploration
        Epsilon at the start of the budget; it falls to a tenth at its end.
    """

    def __init__(
        self,
        num_actions: int,
        rng: np.random.Generator,
        *,
        learning_rate: float = 0.2,
        discount: float = 0.8,
        exploration: float = 0.3,
    ) -> None:
        self.table = np.zeros((*_BINS, num_actions))
        self._rng = rng
        self._rate = learning_rate
        self._discount = discount
        self._exploration = exploration
        self._at: tuple[int, ...] = (0,) * len(_BINS)

    def choose(self, observation: Observation, mask: Mask) -> int:
        """Return a legal action: mostly the best valued, ties at random."""
        self._at = self._bin(observation)
        legal = np.flatnonzero(mask)
        epsilon = self._exploration * (1.0 - 0.9 * float(observation[0]))
        if self._rng.random() < epsilon:
            return int(self._rng.choice(legal))
        values = self.table[self._at][legal]
        return int(self._rng.choice(legal[values == values.max()]))

    def learn(self, action: int, reward: float, observation: Observation) -> None:
        """Move the value of the last choice toward reward and best next value."""
        following = float(self.table[self._bin(observation)].max())
        cell = (*self._at, action)
        target = reward + self._discount * following
        self.table[cell] += self._rate * (target - self.table[cell])

    @staticmethod
    def _bin(observation: Observation) -> tuple[int, ...]:
        scaled = observation * np.array(_BINS)
        return tuple(np.minimum(scaled.astype(int), np.array(_BINS) - 1).tolist())

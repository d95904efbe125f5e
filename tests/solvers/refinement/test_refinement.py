"""Stage 3 is a sound environment and never makes a timetable worse."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from solvers.model import InstanceArrays, Timetable, compile_instance
from solvers.params import RefinementParams
from solvers.refinement import (
    ENV_ID,
    UCB,
    QLearning,
    RoundRobin,
    Selector,
    TimetableRefinementEnv,
    Uniform,
    refine,
    register_env,
)
from solvers.search import SearchState
from tests.strategies import random_instance

SMALL = RefinementParams(step_work=300)


def _start(seed: int) -> tuple[InstanceArrays, Timetable]:
    arrays = compile_instance(random_instance(seed))
    state = SearchState(arrays, seed)
    state.randomize()
    state.section_students()
    return arrays, state.timetable()


def _never() -> bool:
    return False


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_the_environment_passes_gymnasiums_checker() -> None:
    """Spaces, seeding and signatures are as Gymnasium wants them."""
    arrays, start = _start(1)
    check_env(
        TimetableRefinementEnv(arrays, start, step_work=50, max_steps=5),
        skip_render_check=True,
    )


def test_the_environment_is_registered_by_name() -> None:
    """gym.make builds it after registration, which may happen twice."""
    register_env()
    register_env()
    arrays, start = _start(1)
    env = gym.make(
        ENV_ID, arrays=arrays, timetable=start, max_steps=3, disable_env_checker=True
    )
    observation, info = env.reset(seed=1)
    assert env.observation_space.contains(observation)
    assert info["action_mask"].any()


@pytest.mark.parametrize("seed", range(6))
def test_refinement_never_returns_worse(seed: int) -> None:
    """The cost after is at most the cost before, and is the timetable's."""
    arrays, start = _start(seed)
    report = refine(
        arrays,
        start,
        fraction=lambda: 0.0,
        should_stop=_never,
        params=SMALL,
        seed=seed,
        max_steps=30,
    )
    assert report.after <= report.before
    state = SearchState(arrays, 0)
    state.load(report.timetable)
    assert state.cost == report.after
    assert sum(use.calls for use in report.operators.values()) == report.steps


def test_equal_seeds_refine_equally() -> None:
    """Under a limit of steps a run repeats itself."""
    arrays, start = _start(2)
    first, second = (
        refine(
            arrays,
            start,
            fraction=lambda: 0.0,
            should_stop=_never,
            params=SMALL,
            seed=7,
            max_steps=25,
        )
        for _ in range(2)
    )
    assert first.timetable == second.timetable
    assert first.operators == second.operators


def test_a_stop_before_the_first_step_returns_the_input() -> None:
    """Nothing is searched once stop is asked."""
    arrays, start = _start(2)
    report = refine(arrays, start, fraction=lambda: 0.0, should_stop=lambda: True)
    assert report.steps == 0
    assert report.timetable is start


@pytest.mark.parametrize(
    "selector",
    [
        Uniform(np.random.default_rng(0)),
        RoundRobin(),
        UCB(4),
        QLearning(4, np.random.default_rng(0)),
    ],
)
def test_selectors_choose_legal_actions_only(selector: Selector) -> None:
    """Masked operators are never chosen."""
    mask = np.array([0, 1, 0, 1], np.int8)
    observation = np.zeros(4, np.float32)
    chosen = set()
    for step in range(60):
        action = selector.choose(observation, mask)
        selector.learn(action, float(step % 3), observation)
        chosen.add(action)
    assert chosen == {1, 3}


def test_an_untrained_agent_is_a_uniform_one() -> None:
    """An empty table prefers no operator."""
    agent = QLearning(4, np.random.default_rng(0), exploration=0.0)
    mask = np.ones(4, np.int8)
    observation = np.zeros(4, np.float32)
    counts = np.bincount([agent.choose(observation, mask) for _ in range(800)])
    assert len(counts) == 4
    assert counts.min() > 140


def test_the_agent_learns_what_pays() -> None:
    """With one operator rewarded it is chosen nearly always."""
    agent = QLearning(3, np.random.default_rng(0), exploration=0.2)
    mask = np.ones(3, np.int8)
    observation = np.array([0.9, 0, 0, 0], np.float32)
    for _ in range(300):
        action = agent.choose(observation, mask)
        agent.learn(action, 1.0 if action == 2 else 0.0, observation)
    last = [agent.choose(observation, mask) for _ in range(100)]
    assert last.count(2) > 80

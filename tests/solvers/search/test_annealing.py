"""The annealing leaves violations that no weight drives out."""

from typing import Any

from solvers.formats.institution import build_instance
from solvers.model import compile_instance
from solvers.sample import sample_institution
from solvers.search import Annealing, AnnealingParams, SearchState


class _Frozen(SearchState):
    """Finds no move once it is frozen, and raises the hard weight to its bound."""

    frozen = False

    def anneal_events(self, *args: Any, **options: Any) -> float:
        if not self.frozen:
            return super().anneal_events(*args, **options)
        return float(options.get("growth", (0, 0, 1.0))[2])


def _feasible() -> _Frozen:
    instance = build_instance(sample_institution(scale=0.05, seed=1))
    state = _Frozen(compile_instance(instance), 1)
    state.randomize()
    state.section_students()
    assert Annealing(state).find_feasible(lambda: False, 3_000_000)
    return state


def test_a_state_that_stays_infeasible_returns_to_its_best() -> None:
    """Three chunks at the highest weight are enough; before, nothing is undone."""
    state = _feasible()
    annealing = Annealing(state, AnnealingParams(event_work=200, student_work=1))
    annealing.calibrate()
    best = state.best_cost
    while state.cost.hard == 0:
        state.anneal_events(50, 1e12, 1.0)
    state.frozen = True
    broken = state.cost.hard
    annealing.run(0.5)
    annealing.run(0.5)
    assert state.cost.hard == broken
    annealing.run(0.5)
    assert state.cost == state.best_cost <= best

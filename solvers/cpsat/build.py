"""Build and solve one model: free events, everything else fixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .assignment import Assignment
from .candidates import Candidates
from .cuts import cut_broken_lists
from .lists import ListRules
from .model import PlacementModel, Scope
from .problem import Problem
from .solving import Limits, Solved, run_solver

__all__ = ["any_empty", "free_mask", "solve_with_cuts"]

MOST_CUT_ROUNDS = 8


def free_mask(problem: Problem, events: Iterable[int]) -> NDArray[np.bool_]:
    """``(num_events,)`` bool, True at the given events."""
    mask = np.zeros(problem.arrays.num_events, bool)
    mask[list(events)] = True
    return mask


def solve_with_cuts(
    problem: Problem, model: PlacementModel, assignment: Assignment, limits: Limits
) -> tuple[Assignment | None, Solved]:
    """Add whole-list rules, solve, and cut off what breaks the others, until none does.

    Parameters
    ----------
    problem, model
        The problem, and its model with all pairwise rules.
    assignment
        Placements of the fixed events.
    limits
        For all rounds together.

    Returns
    -------
    tuple
        The last solution, None if there was none, and the last outcome of the solver.
        After too many rounds the solution may still break a required rule.
    """
    lists = ListRules(model, assignment)
    lists.add()
    touched = [] if model.scope is Scope.ROOMS else lists.touched()
    spent = 0.0
    found: Assignment | None = None
    for _ in range(MOST_CUT_ROUNDS):
        model.finish()
        solved = run_solver(model.cp, limits.within(limits.seconds - spent))
        spent += solved.used
        if not solved.feasible:
            break
        found = model.apply(solved, assignment)
        if not cut_broken_lists(model, problem.scores, touched, found):
            break
        if spent > limits.seconds:
            break
    return found, solved


def any_empty(candidates: Sequence[Candidates]) -> bool:
    """Whether some event has no candidate at all."""
    return any(len(c) == 0 for c in candidates)

"""Decide a small instance at once: a feasible start, or proof that there is none."""

from __future__ import annotations

import numpy as np

from .assignment import Assignment
from .build import any_empty, free_mask, solve_with_cuts
from .candidates import pair_candidates
from .model import PlacementModel, Scope
from .problem import Problem
from .rules import add_rules
from .solving import Limits
from .surroundings import Surroundings

__all__ = ["hopeless_events", "num_candidates", "solve_exactly"]


def num_candidates(problem: Problem) -> int:
    """Number of (time, room) candidates of all events."""
    arrays = problem.arrays
    return int((np.diff(arrays.time_ptr) * np.diff(arrays.room_ptr)).sum())


def hopeless_events(problem: Problem) -> list[int]:
    """Events whose every room is unavailable at every one of their times."""
    arrays = problem.arrays
    hopeless = []
    for event in range(arrays.num_events):
        times = arrays.time_ids[arrays.time_ptr[event] : arrays.time_ptr[event + 1]]
        rooms = arrays.room_ids[arrays.room_ptr[event] : arrays.room_ptr[event + 1]]
        if (arrays.blocked[rooms[:, None], times[None, :]] > 0).all():
            hopeless.append(event)
    return hopeless


def solve_exactly(
    problem: Problem, assignment: Assignment, limits: Limits
) -> tuple[Assignment | None, bool]:
    """Search over all placements of all events with every hard rule in force.

    Returns
    -------
    tuple
        A solution or None, and whether it is proved that there is none.
    """
    events = range(problem.arrays.num_events)
    surroundings = Surroundings(assignment, free_mask(problem, events))
    candidates = [
        pair_candidates(assignment, surroundings, event).strict() for event in events
    ]
    if any_empty(candidates):
        return None, True
    model = PlacementModel(
        problem.arrays, candidates, scope=Scope.BOTH, strict=True, with_soft=False
    )
    add_rules(problem, model)
    found, solved = solve_with_cuts(problem, model, assignment, limits)
    return found, solved.infeasible

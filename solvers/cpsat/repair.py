"""Repair hard violations across the borders of communities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .assignment import Assignment, IntArray
from .audit import Clashes, find_clashes
from .budget import Budget
from .build import free_mask, solve_with_cuts
from .candidates import pair_candidates
from .model import PlacementModel, Scope
from .params import CpsatParams
from .problem import Problem
from .related import breadth_first, related_events, room_rivals
from .rules import add_rules
from .size import NeighborhoodSize
from .solving import Limits, Solved
from .surroundings import Surroundings

__all__ = ["Repaired", "repair"]

FIRST_FREE, LEAST_FREE, MOST_FREE = 48, 16, 200
CALL_SECONDS, LEAST_SECONDS = 2.0, 0.05
CALL_SHARE = 0.3
"""Most of what is left that one call may use."""
GRACE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Repaired:
    """Outcome of the repair.

    Parameters
    ----------
    assignment
        With as few hard violations as found.
    clashes
        What is left.
    rounds
        Neighborhoods solved.
    """

    assignment: Assignment
    clashes: Clashes
    rounds: int


def repair(
    problem: Problem,
    assignment: Assignment,
    budget: Budget,
    params: CpsatParams,
    rng: np.random.Generator,
) -> Repaired:
    """Free clashing events with their neighbors, again and again, until none clash.

    Parameters
    ----------
    problem
        The problem.
    assignment
        Complete placements.
    budget
        When to end.
    params
        Caps; in deterministic mode also the number of rounds.
    rng
        Chooses where to begin.

    Returns
    -------
    Repaired
        Never with more violations than before.
    """
    clashes = find_clashes(problem, assignment)
    size, rounds = NeighborhoodSize(FIRST_FREE, LEAST_FREE, MOST_FREE), 0
    while clashes.total and not _enough(rounds, budget, params):
        rounds += 1
        events = _neighborhood(problem, assignment, clashes, size.size, rng)
        seconds = min(CALL_SECONDS, max(LEAST_SECONDS, CALL_SHARE * budget.left))
        limits = budget.limits(seconds, 10_000 + rounds)
        changed, solved = solve_relaxed(
            problem, assignment, events, limits, params, rng
        )
        size.update(optimal=solved.optimal, seconds=solved.used)
        found = find_clashes(problem, changed)
        if found.total <= clashes.total:
            assignment, clashes = changed, found
    return Repaired(assignment, clashes, rounds)


def solve_relaxed(
    problem: Problem,
    assignment: Assignment,
    events: list[int],
    limits: Limits,
    params: CpsatParams,
    rng: np.random.Generator,
) -> tuple[Assignment, Solved]:
    """Place the given events anew with as few violations as possible."""
    surroundings = Surroundings(assignment, free_mask(problem, events))
    candidates = [
        pair_candidates(assignment, surroundings, event).best(
            params.max_candidates, rng
        )
        for event in events
    ]
    model = PlacementModel(
        problem.arrays, candidates, scope=Scope.BOTH, strict=False, with_soft=False
    )
    add_rules(problem, model)
    limits = limits.until(model.hard_price, GRACE_SECONDS)
    found, solved = solve_with_cuts(problem, model, assignment, limits)
    return (assignment if found is None else found), solved


def _enough(rounds: int, budget: Budget, params: CpsatParams) -> bool:
    if params.deterministic and rounds >= params.deterministic_rounds:
        return True
    return budget.over()


def _neighborhood(
    problem: Problem,
    assignment: Assignment,
    clashes: Clashes,
    size: int,
    rng: np.random.Generator,
) -> list[int]:
    """A clashing event, what it clashes with, and their neighbors."""
    weight = clashes.of_event / clashes.of_event.sum()
    seed = int(rng.choice(len(weight), p=weight))

    def neighbors(event: int) -> IntArray:
        related = related_events(problem, event)
        rivals = room_rivals(problem, assignment, event)
        near = np.union1d(related, rivals)
        clashing = near[clashes.of_event[near] > 0]
        others = np.setdiff1d(near, clashing)
        rng.shuffle(others)
        return np.concatenate((clashing, others))[: len(clashing) + 8]

    return breadth_first([seed], size, neighbors, rng)

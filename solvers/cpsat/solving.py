"""Run CP-SAT within limits, so that it stops when asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from ortools.sat.python import cp_model

__all__ = ["Limits", "Solved", "run_solver"]

POLL_SECONDS = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one solver call may use.

    Parameters
    ----------
    seconds
        Most wall seconds; most deterministic time in deterministic mode.
    workers
        Solver threads; 1 in deterministic mode.
    seed
        Solver seed.
    deterministic
        Whether the solver's own measure of work counts instead of clocks.
    grace
        Seconds to go on after the first solution of an objective below ``goal``; None
        goes on to the limit. In deterministic mode the call ends at once instead.
    goal
        Objective that is good enough to stop soon.
    should_stop
        Polled; the call ends soon after it returns True.
    on_spent
        Told what each solver call used, in the measure of ``seconds``.
    """

    seconds: float
    workers: int = 1
    seed: int = 0
    deterministic: bool = False
    grace: float | None = None
    goal: float = float("inf")
    should_stop: Callable[[], bool] | None = None
    on_spent: Callable[[float], None] = lambda used: None

    def within(self, seconds: float) -> Limits:
        """Same with another limit of time."""
        return replace(self, seconds=max(0.01, seconds))

    def until(self, goal: float, grace: float) -> Limits:
        """Same, ending some seconds after an objective below the goal."""
        return replace(self, goal=goal, grace=grace)


@dataclass(frozen=True, slots=True)
class Solved:
    """Outcome of a solver call.

    Parameters
    ----------
    feasible, optimal, infeasible
        What is known; all False when nothing was found in time.
    value
        Truth of a literal in the best solution; only if ``feasible``.
    used
        Wall seconds, or deterministic time in deterministic mode.
    """

    feasible: bool
    optimal: bool
    infeasible: bool
    value: Callable[[Any], bool]
    used: float


class _FirstGood(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._goal = limits.goal
        self._at_once = limits.deterministic and limits.grace is not None
        self.found_at: float | None = None

    def on_solution_callback(self) -> None:
        if self.found_at is None and self.objective_value < self._goal:
            self.found_at = perf_counter()
            if self._at_once:
                self.stop_search()


def run_solver(model: cp_model.CpModel, limits: Limits) -> Solved:
    """Solve a model.

    Parameters
    ----------
    model
        The model, with its hint.
    limits
        Time, threads, seed and stop.

    Returns
    -------
    Solved
        Never raises for a model without solutions.
    """
    solver = cp_model.CpSolver()
    _set_parameters(solver.parameters, limits)
    started = perf_counter()
    first = _FirstGood(limits)
    done = threading.Event()
    watch = threading.Thread(
        target=_watch, args=(solver, first, limits, done), daemon=True
    )
    watched = _needs_watch(limits)
    if watched:
        watch.start()
    try:
        status = solver.solve(model, first)
    finally:
        done.set()
        if watched:
            watch.join()
    used = perf_counter() - started
    if limits.deterministic:
        used = float(solver.deterministic_time)
    limits.on_spent(used)
    return Solved(
        feasible=status in (cp_model.OPTIMAL, cp_model.FEASIBLE),
        optimal=status == cp_model.OPTIMAL,
        infeasible=status == cp_model.INFEASIBLE,
        value=lambda literal: bool(solver.boolean_value(literal)),
        used=used,
    )


def _set_parameters(parameters: Any, limits: Limits) -> None:
    parameters.random_seed = limits.seed % 2**31
    parameters.num_workers = limits.workers
    # Probing and symmetry cost more than they bring on models of a few seconds.
    parameters.cp_model_probing_level = 0
    parameters.symmetry_level = 0
    parameters.linearization_level = 1
    if limits.deterministic:
        parameters.num_workers = 1
        parameters.max_deterministic_time = limits.seconds
    else:
        parameters.max_time_in_seconds = limits.seconds


def _needs_watch(limits: Limits) -> bool:
    graced = limits.grace is not None and not limits.deterministic
    return graced or limits.should_stop is not None


def _watch(
    solver: cp_model.CpSolver,
    first: _FirstGood,
    limits: Limits,
    done: threading.Event,
) -> None:
    # A stop before the solver has started is lost: it is repeated until done.
    while not done.wait(POLL_SECONDS):
        if _must_end(first, limits):
            solver.stop_search()


def _must_end(first: _FirstGood, limits: Limits) -> bool:
    if limits.should_stop is not None and limits.should_stop():
        return True
    if limits.grace is None or limits.deterministic:
        return False
    return first.found_at is not None and perf_counter() - first.found_at > limits.grace

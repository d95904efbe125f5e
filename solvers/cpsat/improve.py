"""CP-SAT as a large-neighborhood operator over the true objective."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

import numpy as np

from solvers.model import Cost, Instance, Timetable
from solvers.verification import verify

from .assignment import Assignment, IntArray
from .audit import find_clashes
from .build import free_mask, solve_with_cuts
from .candidates import Candidates, pair_candidates
from .lists import MODELED_LISTS, list_events
from .model import PlacementModel, Scope
from .params import CpsatParams
from .problem import Problem
from .report import LnsOutcome, LnsStatus
from .rules import add_rules
from .solving import Limits, Solved
from .surroundings import SharedStudents, Surroundings, rows_of

__all__ = ["Scorer", "improve"]

Scorer = Callable[[Timetable], Cost]
"""Exact (hard, soft) cost of a complete timetable."""


def improve(
    instance: Instance,
    timetable: Timetable,
    free_events: Sequence[int],
    *,
    time_limit: float = 2.0,
    seed: int = 0,
    should_stop: Callable[[], bool] | None = None,
    workers: int = 1,
    score: Scorer | None = None,
    before: Cost | None = None,
    params: CpsatParams | None = None,
    problem: Problem | None = None,
) -> LnsOutcome:
    """Place some events anew, as well as possible beside all others.

    Option penalties, preferences, pairwise rules, student conflicts of the current
    enrollments, rooms in use, days used, day loads and room stability are modeled; the
    other whole-list rules count by what each event alone would change. The result is
    returned only if its exact score is no worse.

    Parameters
    ----------
    instance
        The problem.
    timetable
        Current timetable; its enrollments stay.
    free_events
        Event indices to place anew.
    time_limit
        Wall seconds for the solver.
    seed
        Blurs the choice of candidates and seeds the solver.
    should_stop
        Polled while solving.
    workers
        Solver threads.
    score
        Exact scorer, the verifier by default; inject a quicker one.
    before
        Score of ``timetable`` if known.
    params
        Caps and deterministic mode.
    problem
        Compiled instance, to be kept between calls.

    Returns
    -------
    LnsOutcome
        ``after <= before``.
    """
    started = perf_counter()
    params = CpsatParams() if params is None else params
    problem = Problem(instance) if problem is None else problem
    score = _verified(instance) if score is None else score
    before = score(timetable) if before is None else before
    deterministic = params.max_deterministic_time
    limits = Limits(
        seconds=time_limit if deterministic is None else deterministic,
        workers=workers,
        seed=seed,
        deterministic=deterministic is not None,
        should_stop=should_stop,
    )
    unchanged = LnsOutcome(
        timetable, LnsStatus.UNCHANGED, before, before, False, len(free_events), 0.0
    )
    if not len(free_events) or (should_stop is not None and should_stop()):
        return unchanged
    search = _Search(problem, timetable, free_events, params, seed)
    found, solved = search.run(limits)
    outcome = _judged(unchanged, found, solved, score, should_stop)
    return replace(outcome, seconds=perf_counter() - started)


def _judged(
    unchanged: LnsOutcome,
    found: Timetable | None,
    solved: Solved,
    score: Scorer,
    should_stop: Callable[[], bool] | None,
) -> LnsOutcome:
    """Accept what was found only if its exact score is no worse."""
    unchanged = replace(unchanged, optimal=solved.optimal)
    if found is None:
        stopped = should_stop is not None and should_stop()
        status = LnsStatus.STOPPED if stopped else LnsStatus.UNCHANGED
        return replace(unchanged, status=status)
    if found == unchanged.timetable:
        return unchanged
    after = score(found)
    if after > unchanged.before:
        return unchanged
    better = after < unchanged.before
    status = LnsStatus.IMPROVED if better else LnsStatus.EQUAL
    return replace(unchanged, timetable=found, status=status, after=after)


def _verified(instance: Instance) -> Scorer:
    def score(timetable: Timetable) -> Cost:
        verification = verify(instance, timetable)
        return Cost(verification.total_hard, verification.cost)

    return score


class _Search:
    """One neighborhood: its candidates, its model, its solution."""

    def __init__(
        self,
        problem: Problem,
        timetable: Timetable,
        free_events: Sequence[int],
        params: CpsatParams,
        seed: int,
    ) -> None:
        arrays = problem.arrays
        self._problem = problem
        self._enrollments = timetable.enrollments
        self._start = Assignment.of(arrays, timetable)
        self._events = sorted({int(event) for event in free_events})
        self._students = SharedStudents(timetable.enrollments, arrays.num_events)
        free = free_mask(problem, self._events)
        self._surroundings = Surroundings(self._start, free, self._students)
        self._params = params
        self._rng = np.random.default_rng(seed)
        clashes = find_clashes(problem, self._start)
        self._strict = not clashes.of_event[self._events].any()

    def run(self, limits: Limits) -> tuple[Timetable | None, Solved]:
        model = PlacementModel(
            self._problem.arrays,
            [self._candidates(event) for event in self._events],
            scope=Scope.BOTH,
            strict=self._strict,
            with_soft=True,
        )
        fixed = self._surroundings.fixed
        used = frozenset(self._start.rooms[fixed].tolist())
        add_rules(self._problem, model, students=self._students, used_rooms=used)
        found, solved = solve_with_cuts(self._problem, model, self._start, limits)
        if found is None:
            return None, solved
        return found.timetable(self._enrollments), solved

    def _candidates(self, event: int) -> Candidates:
        every = pair_candidates(self._start, self._surroundings, event)
        kept = every.strict() if self._strict else every
        # Unplaced events may have nothing but violations to choose from.
        kept = kept if len(kept) else every
        priced = replace(kept, soft=kept.soft + self._list_prices(event, kept))
        return priced.best(self._params.max_candidates, self._rng)

    def _list_prices(self, event: int, candidates: Candidates) -> IntArray:
        """What each candidate alone changes in the soft rules that are not modeled."""
        arrays = self._problem.arrays
        prices = np.zeros(len(candidates), np.int64)
        numbers = arrays.member_list[rows_of(arrays.member_ptr, event)]
        for number in numbers.tolist():
            costly = arrays.list_penalty[number] * arrays.list_weight[number] > 0
            modeled = int(arrays.list_code[number]) in MODELED_LISTS
            if costly and not modeled and not arrays.list_hard[number]:
                prices += self._price_of_list(number, event, candidates)
        return prices

    def _price_of_list(
        self, number: int, event: int, candidates: Candidates
    ) -> IntArray:
        scores = self._problem.scores
        events = list_events(self._problem.arrays, number)
        events = events[(self._start.time_pos[events] >= 0) & (events != event)]
        times = self._start.times[events].tolist()
        rooms = self._start.rooms[events].tolist()
        here = np.where(self._problem.arrays.list_by_room[number], candidates.rooms, 0)
        choices = np.stack((candidates.times, here))
        distinct, place = np.unique(choices, axis=1, return_inverse=True)
        costs = [
            scores.cost(number, scores.value(number, [*times, time], [*rooms, room]))
            for time, room in distinct.T.tolist()
        ]
        by_choice = np.array(costs, np.int64)
        relative: IntArray = (by_choice - by_choice.min())[place]
        return relative

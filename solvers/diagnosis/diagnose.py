"""Look at an instance before any search: can it work, and if not, why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from solvers.communities import detect_communities
from solvers.cpsat import Problem, construct
from solvers.exceptions import Issue
from solvers.explanation import Words
from solvers.model import Instance, Timetable
from solvers.reduction import Reduction, reduce_domains
from solvers.search import Annealing, SearchState

from .correcting import Correction, correct
from .counting import count_demand
from .elements import hard_only
from .minimizing import Clock
from .placing import Verdict

__all__ = ["Diagnosis", "diagnose"]

IN_TIME = 0.9
"""Share of the limit after which nothing is begun any more."""
START_SHARE = 0.25
START_SECONDS = 0.5
START_SECONDS_PER_EVENT = 0.01
REPAIR_SHARE = 0.2
LEAST_PATIENCE_SECONDS = 0.5
PATIENCE_SECONDS_PER_EVENT = 0.001


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known of an instance before the search.

    Parameters
    ----------
    verdict
        Whether there is a feasible timetable, as far as is proved.
    issues
        Errors that rule out every timetable, and warnings.
    reduction
        Options that no feasible timetable can use.
    correction
        What has to go so that the rest is solvable, with the conflicts that prove it;
        None if nothing was searched.
    seconds
        Time spent.
    """

    verdict: Verdict
    issues: tuple[Issue, ...]
    reduction: Reduction
    correction: Correction | None
    seconds: float

    @property
    def timetable(self) -> Timetable | None:
        """A timetable that keeps everything, or all but the correction's removals."""
        return None if self.correction is None else self.correction.timetable


def diagnose(
    instance: Instance,
    *,
    seconds: float = 30.0,
    workers: int = 1,
    should_stop: Callable[[], bool] = lambda: False,
) -> Diagnosis:
    """Check whether an instance can work, and find what clashes if it cannot.

    Parameters
    ----------
    instance
        The problem.
    seconds
        Wall seconds, > 0; a proof that needs longer is left open, and said to be.
    workers
        Solver threads.
    should_stop
        Polled.

    Returns
    -------
    Diagnosis
        Its timetable is the proof of what is solvable, its conflicts the proof of what
        is not.
    """
    begin = perf_counter()
    clock = Clock(begin + IN_TIME * seconds, should_stop, workers)
    bare = hard_only(instance)
    reduction = reduce_domains(bare)
    issues = [*_empty_domains(instance, reduction), *count_demand(instance)]
    correction = None
    if instance.events and all(event.times for event in instance.events):
        first = _first_timetable(reduction, clock)
        correction = correct(bare, first, clock)
    return Diagnosis(
        _verdict(issues, correction),
        tuple(issues),
        reduction,
        correction,
        perf_counter() - begin,
    )


def _empty_domains(instance: Instance, reduction: Reduction) -> list[Issue]:
    words = Words(instance)
    return [
        Issue(
            "empty_domain",
            f"{words.event(event)} has no time and room that everything else allows.",
            f"/events/{instance.events[event].id}",
        )
        for event in reduction.impossible
    ]


def _first_timetable(reduction: Reduction, clock: Clock) -> Timetable:
    """A complete timetable that breaks little, at best nothing."""
    instance = reduction.instance
    problem = Problem(instance)
    enough = START_SECONDS + START_SECONDS_PER_EVENT * instance.num_events
    report = construct(
        instance,
        detect_communities(instance),
        time_limit=min(enough, START_SHARE * clock.left),
        workers=clock.workers,
        should_stop=clock.should_stop,
        problem=problem,
    )
    state = SearchState(problem.arrays, seed=0)
    state.load(report.timetable)
    patience = _Patience(state, clock.part(REPAIR_SHARE))
    Annealing(state).find_feasible(patience.is_over)
    return reduction.restore(state.best())


class _Patience:
    """Lasts as long as violations become fewer, and some more."""

    def __init__(self, state: SearchState, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._begin = self._improved_at = perf_counter()
        self._hard = state.best_cost.hard
        events = state.arrays.num_events
        self._least = LEAST_PATIENCE_SECONDS + PATIENCE_SECONDS_PER_EVENT * events

    def is_over(self) -> bool:
        now = perf_counter()
        if self._state.best_cost.hard < self._hard:
            self._hard, self._improved_at = self._state.best_cost.hard, now
        waited = now - self._improved_at
        enough = self._least + 0.5 * (self._improved_at - self._begin)
        return self._clock.over or waited > enough


def _verdict(issues: list[Issue], correction: Correction | None) -> Verdict:
    if any(issue.severity == "error" for issue in issues):
        return Verdict.INFEASIBLE
    if correction is None or not correction.removals:
        return Verdict.FEASIBLE
    if any(removal.needed for removal in correction.removals):
        return Verdict.INFEASIBLE
    return Verdict.UNKNOWN

"""Decide a part: a timetable of it, or proof that there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from solvers.cpsat.assignment import Assignment
from solvers.cpsat.build import any_empty, solve_with_cuts
from solvers.cpsat.candidates import Candidates
from solvers.cpsat.model import PlacementModel, Scope
from solvers.cpsat.problem import Problem
from solvers.cpsat.rules import add_rules
from solvers.cpsat.solving import Limits
from solvers.model import Instance, Timetable
from solvers.reduction import Reduction, reduce_domains
from solvers.verification import verify

from .certificate import refuted_by_prices
from .elements import Element, ElementKind
from .parts import Part, part_of

__all__ = ["Answer", "Outside", "Verdict", "decide"]

IntArray = NDArray[np.int64]

Outside = Callable[[int], IntArray]
"""``(num_times, num_rooms)`` clashes of an event of the part with what lies outside."""

MOST_CANDIDATES = 60_000
"""Largest exact model; a larger one would not be built in time."""
TIMES_FIRST = 3_000
"""From this size on, times alone are tried before times and rooms."""
GRACE_SECONDS = 0.3
BRIEF_SECONDS = 0.5
"""What clause learning does not settle by then is often a shortage."""


class Verdict(Enum):
    """What is known of a part."""

    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a part, and how.

    Parameters
    ----------
    verdict
        What is known.
    timetable
        Of the part, if feasible.
    by_prices
        Whether it was refuted by prices: something is short.
    """

    verdict: Verdict
    timetable: Timetable | None = None
    by_prices: bool = False


_INFEASIBLE = Answer(Verdict.INFEASIBLE)
_SHORT = Answer(Verdict.INFEASIBLE, by_prices=True)
_UNKNOWN = Answer(Verdict.UNKNOWN)


def decide(
    part: Part,
    limits: Limits,
    outside: Outside | None = None,
    *,
    prices_first: bool = False,
) -> Answer:
    """Search a timetable of a part, or refute it.

    Parameters
    ----------
    part
        The part; without events it is feasible.
    limits
        Of the solver.
    outside
        What placements cost against everything outside, to be kept low.
    prices_first
        Whether a proof by prices is likely.

    Returns
    -------
    Answer
        With a timetable, checked by the verifier, if feasible.
    """
    if not part.events:
        return Answer(Verdict.FEASIBLE, Timetable.of([], []))
    reduction = reduce_domains(part.instance)
    if reduction.impossible:
        return _INFEASIBLE
    size = _num_candidates(reduction.instance)
    if size > TIMES_FIRST and _has_rooms(part) and _times_refuted(part, limits):
        return _INFEASIBLE
    if size > MOST_CANDIDATES:
        return _UNKNOWN
    return _solve(reduction, limits, outside, prices_first)


def _num_candidates(instance: Instance) -> int:
    return sum(len(e.times) * max(1, len(e.rooms)) for e in instance.events)


def _has_rooms(part: Part) -> bool:
    return Element(ElementKind.ROOMS) in part.elements


def _times_refuted(part: Part, limits: Limits) -> bool:
    """Whether there is no timetable even if nobody needed a room."""
    rooms = Element(ElementKind.ROOMS)
    easier = part_of(part.instance, _own_elements(part) - {rooms})
    return decide(easier, limits).verdict is Verdict.INFEASIBLE


def _own_elements(part: Part) -> set[Element]:
    """Elements of the part in the indices of its own instance."""
    placements = (Element(ElementKind.PLACEMENT, i) for i in range(len(part.events)))
    rules = (
        Element(ElementKind.CONSTRAINT, i)
        for i in range(len(part.instance.constraints))
    )
    return {*placements, *rules, Element(ElementKind.ROOMS)}


def _solve(
    reduction: Reduction, limits: Limits, outside: Outside | None, prices_first: bool
) -> Answer:
    problem = Problem(reduction.instance)
    candidates = [
        _candidates(problem, reduction, event, outside)
        for event in range(reduction.instance.num_events)
    ]
    if any_empty(candidates):
        return _INFEASIBLE
    model = PlacementModel(
        problem.arrays, candidates, scope=Scope.BOTH, strict=True, with_soft=False
    )
    add_rules(problem, model)
    if prices_first and refuted_by_prices(model.cp, limits.seconds):
        return _SHORT
    found, verdict = _searched(problem, model, limits, prices=not prices_first)
    if found is None:
        return verdict
    timetable = reduction.restore(found.timetable())
    if not verify(reduction.original, timetable).feasible:
        return _UNKNOWN
    return Answer(Verdict.FEASIBLE, timetable)


def _searched(
    problem: Problem, model: PlacementModel, limits: Limits, *, prices: bool
) -> tuple[Assignment | None, Answer]:
    """Search briefly, then look for a proof by prices, then search for longer."""
    empty = Assignment.empty(problem.arrays)
    limits = limits.until(float("inf"), GRACE_SECONDS)
    brief = min(BRIEF_SECONDS, limits.seconds) if prices else limits.seconds
    found, solved = solve_with_cuts(problem, model, empty, limits.within(brief))
    if found is None and not solved.infeasible and prices:
        if refuted_by_prices(model.cp, limits.seconds):
            return None, _SHORT
        left = limits.within(limits.seconds - brief)
        found, solved = solve_with_cuts(problem, model, empty, left)
    return found, _INFEASIBLE if solved.infeasible else _UNKNOWN


def _candidates(
    problem: Problem, reduction: Reduction, event: int, outside: Outside | None
) -> Candidates:
    """Placements in open rooms, with what they cost outside."""
    arrays = problem.arrays
    time_pos = np.arange(arrays.time_ptr[event], arrays.time_ptr[event + 1])
    room_pos = np.arange(arrays.room_ptr[event], arrays.room_ptr[event + 1])
    times = arrays.time_ids[time_pos].astype(np.int64)
    rooms = arrays.room_ids[room_pos].astype(np.int64)
    clashes = np.zeros((len(times), len(rooms)), np.int64)
    if outside is not None:
        kept_rooms = list(reduction.rooms_kept[event]) or [0]
        clashes = outside(event)[np.ix_(reduction.times_kept[event], kept_rooms)]
    t, r = (x.ravel() for x in np.indices(clashes.shape))
    every = Candidates(
        event,
        time_pos[t],
        room_pos[r],
        times[t],
        rooms[r],
        clashes.ravel(),
        np.zeros(len(t), np.int64),
        -1,
    )
    closed = arrays.blocked[every.rooms, every.times] > 0
    return every.take(np.flatnonzero(~closed))

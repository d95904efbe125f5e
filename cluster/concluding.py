"""The end of a job: verify every timetable, adopt across variants, compose outcomes."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from solvers.model import Cost, Instance, Timetable, Weights

from .adoption import Candidate, adopt
from .engine import Engine
from .messages import Entry
from .outcome import VariantOutcome
from .profiles import Profile
from .seeding import variant_seed

if TYPE_CHECKING:
    from solvers.verification import Verification

__all__ = ["conclude"]

log = logging.getLogger(__name__)

FINISHED_EARLY = "The job was finished before its search began."


def conclude(
    entries: Sequence[Entry],
    *,
    instance: Instance,
    start: Any,
    profiles: Sequence[Profile],
    seed: int,
    engine: Engine,
) -> tuple[VariantOutcome, ...]:
    """Turn what the variants brought into verified outcomes.

    Parameters
    ----------
    entries
        One per variant, in order.
    instance, start
        The problem and the shared start.
    profiles
        Weight profiles, in the order of the variants.
    seed
        Seed of the job.
    engine
        The engine whose verifier judges.

    Returns
    -------
    tuple
        One outcome per entry; none is worse under its own weights than any other's
        timetable would be.
    """
    weights = [profile.weights_for(instance.weights) for profile in profiles]
    brought = [_with_timetable(entry, start.timetable) for entry in entries]
    judged = _judge(brought, instance, engine)
    candidates = [Candidate(j.total_hard, j.criteria) for j, _ in judged]
    sources = adopt(candidates, weights)
    return tuple(
        _outcome(
            entries[position],
            source=entries[source],
            timetable=brought[source],
            judged=judged[source],
            own=judged[position],
            weights=weights[position],
            profile=profiles[position],
            focus=profiles[position].focus_in(instance.weights),
            shared_stages=tuple(start.stages),
            seed=variant_seed(seed, entries[position].number),
            engine=engine,
        )
        for position, source in enumerate(sources)
    )


def _doubts(
    entry: Entry, criteria: Mapping[str, int], weights: Weights
) -> tuple[str, ...]:
    """Warning if the search had another cost in mind than the verifier finds."""
    verified = weights.cost(criteria)
    if entry.cost is None or entry.cost.soft == verified:
        return ()
    log.error("Search and verifier differ.", extra={"action": "verify"})
    return (f"The search reckoned with cost {entry.cost.soft}, not {verified}.",)


def _with_timetable(entry: Entry, start: Timetable) -> Timetable:
    return start if entry.timetable is None else entry.timetable


def _judge(
    timetables: Sequence[Timetable], instance: Instance, engine: Engine
) -> list[tuple[Verification, float]]:
    """Verification and its seconds, once for each different timetable."""
    known: dict[Timetable, tuple[Verification, float]] = {}
    for timetable in timetables:
        if timetable not in known:
            began = perf_counter()
            verification = engine.verify(instance, timetable)
            known[timetable] = (verification, perf_counter() - began)
    return [known[timetable] for timetable in timetables]


def _outcome(
    entry: Entry,
    *,
    source: Entry,
    timetable: Timetable,
    judged: tuple[Verification, float],
    own: tuple[Verification, float],
    weights: Weights,
    profile: Profile,
    focus: str,
    shared_stages: tuple[Any, ...],
    seed: int,
    engine: Engine,
) -> VariantOutcome:
    raw, seconds = judged
    verification = dataclasses.replace(raw, cost=weights.cost(raw.criteria))
    cost = _cost_of(raw, weights)
    before = _cost_of(own[0], weights)
    searched = entry.stages or _unsearched(entry, before, engine)
    adopted = _adoption(entry, source, before, cost, engine)
    verified = engine.report(
        "verification",
        cost,
        cost,
        seconds=seconds,
        status=f"{cost.hard} hard violations" if cost.hard else "feasible",
        details={},
    )
    return VariantOutcome(
        number=entry.number,
        priority=profile.priority,
        label=profile.label,
        focus=focus,
        weights=dict(weights),
        timetable=timetable,
        verification=verification,
        stages=(*shared_stages, *searched, *adopted, verified),
        seconds=entry.seconds,
        seed=seed,
        adopted_from=None if source.number == entry.number else source.number,
        warnings=(*entry.warnings, *_doubts(entry, own[0].criteria, weights)),
    )


def _cost_of(verification: Verification, weights: Weights) -> Cost:
    return Cost(verification.total_hard, weights.cost(verification.criteria))


def _unsearched(entry: Entry, cost: Cost, engine: Engine) -> tuple[Any, ...]:
    """Reports of the stages of a variant that did not live to tell of them."""
    warning = entry.warnings[-1] if entry.warnings else FINISHED_EARLY
    return tuple(
        engine.report(
            stage,
            cost,
            cost,
            seconds=0.0,
            status="skipped",
            details={},
            ran=False,
            warning=warning,
        )
        for stage in ("genetic", "refinement")
    )


def _adoption(
    entry: Entry, source: Entry, before: Cost, after: Cost, engine: Engine
) -> tuple[Any, ...]:
    """Report of what another variant's timetable has brought, if it was taken over."""
    if source.number == entry.number:
        return ()
    report = engine.report(
        "adoption",
        before,
        after,
        seconds=0.0,
        status=f"taken over from variant {source.number}",
        details={"source": source.number},
    )
    return (report,)

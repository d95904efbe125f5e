"""Whether an instance's constraints are well formed."""

from __future__ import annotations

from collections.abc import Iterator

from solvers.exceptions import Issue
from solvers.model import Constraint, Instance

from .registry import CONSTRAINT_TYPES

__all__ = ["constraint_issues"]


def constraint_issues(instance: Instance) -> list[Issue]:
    """Find what is wrong with the constraints of an instance.

    Returns
    -------
    list of Issue
        Pointers are of the form ``/constraints/3``. Codes: ``unknown_constraint_type``,
        ``bad_parameters``, ``unknown_event``, ``repeated_event``, ``bad_penalty``.
    """
    return [
        Issue(code, f"{constraint.type}: {detail}", f"/constraints/{index}")
        for index, constraint in enumerate(instance.constraints)
        for code, detail in _problems(constraint, instance.num_events)
    ]


def _problems(constraint: Constraint, num_events: int) -> Iterator[tuple[str, str]]:
    kind = CONSTRAINT_TYPES.get(constraint.type)
    if kind is None:
        yield "unknown_constraint_type", "there is no such type"
    else:
        for detail in kind.problems(constraint.params):
            yield "bad_parameters", detail
    events = constraint.events
    if any(not 0 <= event < num_events for event in events):
        yield "unknown_event", f"events must be 0 to {num_events - 1}"
    if len(set(events)) < len(events):
        yield "repeated_event", "an event is listed twice"
    if constraint.penalty < 0:
        yield "bad_penalty", f"the penalty must be >= 0, got {constraint.penalty}"
    if constraint.required and constraint.penalty:
        yield "bad_penalty", "a required constraint has no penalty"

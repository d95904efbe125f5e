"""Explanations as plain values for JSON."""

from __future__ import annotations

from typing import Any

from solvers.constraints import Cause
from solvers.model import Instance

from .explain import Explanation
from .items import Item
from .unplaced import Unplaced
from .words import Words

__all__ = ["explanation_to_dict"]

_MOST_BLOCKERS = 10


def explanation_to_dict(
    instance: Instance, explanation: Explanation, top: int | None = None
) -> dict[str, Any]:
    """Say an explanation in plain values, with the events' own ids.

    Parameters
    ----------
    instance
        The problem.
    explanation
        What is said.
    top
        Most items shown; what is left out is counted. None shows all.
    """
    shown = explanation.items if top is None else explanation.items[:top]
    left = explanation.items[len(shown) :]
    return {
        "cost": explanation.cost,
        "feasible": explanation.verification.feasible,
        "hard_violations": explanation.verification.total_hard,
        "criteria": [
            {
                "criterion": share.criterion,
                "amount": share.amount,
                "weight": share.weight,
                "cost": share.cost,
                "share": _share(share.cost, explanation.cost),
            }
            for share in explanation.criteria
        ],
        "types": [
            {"type": name, "cost": cost, "share": _share(cost, explanation.cost)}
            for name, cost in explanation.types
        ],
        "items": [_item(instance, item, explanation.cost) for item in shown],
        "items_left_out": {
            "count": len(left),
            "cost": sum(item.cost for item in left),
        },
        "unplaced": [_unplaced(instance, case) for case in explanation.unplaced],
    }


def _share(cost: int, total: int) -> float:
    return round(cost / total, 6) if total else 0.0


def _item(instance: Instance, item: Item, total: int) -> dict[str, Any]:
    return {
        "type": item.type,
        "hard": item.hard,
        "criterion": item.criterion,
        "amount": item.amount,
        "cost": item.cost,
        "share": _share(item.cost, total),
        "constraint": item.constraint,
        "label": item.label,
        "text": item.text,
        "events": _ids(instance, item.events),
        "causes": [_cause(instance, cause) for cause in item.causes],
    }


def _ids(instance: Instance, events: tuple[int, ...]) -> list[dict[str, str]]:
    words = Words(instance)
    return [{"id": instance.events[e].id, "name": words.event(e)} for e in events]


def _cause(instance: Instance, cause: Cause) -> dict[str, Any]:
    return {
        "text": cause.text,
        "when": cause.when,
        "amount": cause.total,
        "events": [instance.events[e].id for e in cause.events],
    }


def _unplaced(instance: Instance, case: Unplaced) -> dict[str, Any]:
    return {
        "event": instance.events[case.event].id,
        "name": Words(instance).event(case.event),
        "options": case.options,
        "free": case.free,
        "reasons": [
            {
                "type": reason.type,
                "label": (
                    ""
                    if reason.constraint is None
                    else instance.constraints[reason.constraint].label
                ),
                "constraint": reason.constraint,
                "options": reason.options,
                "alone": reason.alone,
                "blockers": [
                    instance.events[e].id for e in reason.blockers[:_MOST_BLOCKERS]
                ],
            }
            for reason in case.reasons
        ],
    }

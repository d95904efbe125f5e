"""Where each point of a timetable's cost comes from, and why events are unplaced."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from solvers.constraints import CONSTRAINT_TYPES
from solvers.exceptions import EngineError
from solvers.model import Instance, Timetable
from solvers.verification import Verification, verify

from .items import CriterionShare, Item, Items
from .unplaced import Unplaced, explain_unplaced

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A timetable explained.

    Parameters
    ----------
    verification
        What the verifier found; the items' costs add up to its cost.
    items
        Broken hard rules first, then what costs, the most expensive first.
    criteria
        What each criterion adds to the cost, the most expensive first.
    types
        Cost by constraint type or other source, the most expensive first: the price of
        having such constraints at all.
    unplaced
        Events without a placement, with what stands in their way.
    """

    verification: Verification
    items: tuple[Item, ...]
    criteria: tuple[CriterionShare, ...]
    types: tuple[tuple[str, int], ...]
    unplaced: tuple[Unplaced, ...]

    @property
    def cost(self) -> int:
        """Verified cost."""
        return self.verification.cost


def explain(instance: Instance, timetable: Timetable) -> Explanation:
    """Explain a timetable's cost and violations.

    Parameters
    ----------
    instance
        The problem; its weights price the criteria.
    timetable
        Any timetable of it, complete or not.

    Returns
    -------
    Explanation
        Items whose costs add up to the verifier's cost, and whose hard amounts add up
        to its number of hard violations.

    Raises
    ------
    EngineError
        If they do not, which must never happen.
    """
    verification = verify(instance, timetable)
    sources = Items(instance, timetable)
    items = [*sources.soft()]
    items += [
        sources.hard(violation)
        for violation in verification.violations
        if violation.hard and violation.type not in CONSTRAINT_TYPES
    ]
    _require_sums(items, verification)
    items.sort(key=lambda item: (not item.hard, -item.cost, -item.amount))
    types: Counter[str] = Counter()
    for item in items:
        types[item.type] += item.cost
    unplaced = [
        explain_unplaced(instance, sources.placed, violation.events[0])
        for violation in verification.violations
        if violation.type == "Unassigned"
    ]
    return Explanation(
        verification,
        tuple(items),
        _criteria(instance, verification),
        tuple((name, cost) for name, cost in types.most_common() if cost),
        tuple(unplaced),
    )


def _criteria(
    instance: Instance, verification: Verification
) -> tuple[CriterionShare, ...]:
    shares = [
        CriterionShare(name, amount, weight, amount * weight)
        for name, amount in verification.criteria.items()
        if amount * (weight := instance.weights[name])
    ]
    return tuple(sorted(shares, key=lambda share: -share.cost))


def _require_sums(items: list[Item], verification: Verification) -> None:
    cost = sum(item.cost for item in items)
    hard = sum(item.amount for item in items if item.hard)
    if (cost, hard) != (verification.cost, verification.total_hard):
        raise EngineError(
            f"explained cost {cost} and {hard} hard violations, verified "
            f"{verification.cost} and {verification.total_hard}"
        )

"""Kinds of constraint types: over pairs, dates, weeks, or the whole term."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from solvers.model import Constraint, ConstraintCode

from .causes import Cause, join_weeks
from .context import Context, Meetings, Params, Placement, dates
from .parameters import Parameter, parameter_problems

__all__ = [
    "ConstraintType",
    "DayType",
    "Days",
    "ListType",
    "PairwiseType",
    "TermType",
    "WeekType",
]

_LETTER = re.compile(r"\b[A-Z]\b")

Days = Mapping[int, Meetings]
"""Meetings of one week by day, only days with a meeting."""


def _no_problem(_: Params) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintType(ABC):
    """A constraint type.

    Parameters
    ----------
    code
        Code whose name is the type's public name.
    sentence
        The rule in one English sentence.
    params
        The integer parameters.
    mismatch
        What is wrong with parameters that are right one by one; empty if nothing.
    """

    code: ConstraintCode
    sentence: str
    params: tuple[Parameter, ...] = ()
    mismatch: Callable[[Params], str] = _no_problem

    @property
    def name(self) -> str:
        """Public name."""
        return self.code.name

    def sentence_of(self, params: Params) -> str:
        """Return the sentence with the values of parameters in place of their letters.

        Examples
        --------
        ``at most D days`` becomes ``at most 3 days``.
        """
        values = {p.name: str(v) for p, v in zip(self.params, params, strict=True)}
        return _LETTER.sub(lambda m: values.get(m.group(), m.group()), self.sentence)

    def problems(self, params: Params) -> list[str]:
        """One sentence for each thing that is wrong with parameters."""
        found = parameter_problems(self.params, params)
        if not found and self.mismatch(params):
            found.append(self.mismatch(params))
        return found

    @abstractmethod
    def value(
        self, placements: Sequence[Placement], params: Params, context: Context
    ) -> int:
        """Amount of violation of the placed events, in list order; 0 when kept."""

    @abstractmethod
    def hard_violations(self, value: int) -> int:
        """Count of hard violations that a value is."""

    @abstractmethod
    def cost(self, constraint: Constraint, value: int, context: Context) -> int:
        """Soft cost of a value."""

    @abstractmethod
    def explain(
        self, placed: Mapping[int, Placement], params: Params, context: Context
    ) -> list[Cause]:
        """Causes that add up to the value of the placed events, in list order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseType(ConstraintType):
    """A rule that must hold for every pair of events, in list order.

    Parameters
    ----------
    violated
        ``violated(a, b, params, context)`` for ``a`` listed before ``b``.
    broken
        What a violating pair does, in words.
    """

    violated: Callable[[Placement, Placement, Params, Context], bool]
    broken: str

    def value(
        self, placements: Sequence[Placement], params: Params, context: Context
    ) -> int:
        """Number of violated pairs."""
        return sum(
            self.violated(a, b, params, context) for a, b in combinations(placements, 2)
        )

    def hard_violations(self, value: int) -> int:
        """Every violated pair is one."""
        return value

    def cost(self, constraint: Constraint, value: int, context: Context) -> int:
        """Soft cost: the penalty for every violated pair."""
        return constraint.penalty * value

    def explain(
        self, placed: Mapping[int, Placement], params: Params, context: Context
    ) -> list[Cause]:
        """One cause for each violated pair."""
        return [
            Cause((a, b), 1, self.broken)
            for a, b in combinations(placed, 2)
            if self.violated(placed[a], placed[b], params, context)
        ]


class ListType(ConstraintType):
    """A rule over all events of the list together."""

    __slots__ = ()

    @property
    def averaged(self) -> bool:
        """Whether soft costs are averages over the weeks of the problem."""
        return True

    def hard_violations(self, value: int) -> int:
        """The whole list is one."""
        return int(value > 0)

    def cost(self, constraint: Constraint, value: int, context: Context) -> int:
        """Soft cost; an average is rounded down, once per constraint."""
        total = constraint.penalty * value
        return total // context.num_weeks if self.averaged else total


@dataclass(frozen=True, slots=True, kw_only=True)
class DayType(ListType):
    """A rule over the meetings of one date; the value is the sum over all dates.

    Parameters
    ----------
    on_day
        Amount of violation of a date's meetings.
    reason
        That violation in words.
    """

    on_day: Callable[[Meetings, Params, Context], int]
    reason: Callable[[Meetings, Params, Context], str]

    def value(
        self, placements: Sequence[Placement], params: Params, context: Context
    ) -> int:
        """Sum of the amounts of all dates."""
        on_dates = dates(placements, context)
        return sum(self.on_day(meetings, params, context) for *_, meetings in on_dates)

    def explain(
        self, placed: Mapping[int, Placement], params: Params, context: Context
    ) -> list[Cause]:
        """One cause for each day that is broken in the same way in some weeks."""
        causes = []
        for week, day, meetings in dates(placed.values(), context):
            amount = self.on_day(meetings, params, context)
            if amount:
                text = self.reason(meetings, params, context)
                events = _meeting_events(placed, week, 1 << day)
                causes.append(Cause(events, amount, text, (week,), day))
        return join_weeks(causes)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekType(ListType):
    """A rule over one week; the value is the sum over all weeks.

    Parameters
    ----------
    in_week
        Amount of violation of a week's meetings by day.
    reason
        That violation in words.
    """

    in_week: Callable[[Days, Params, Context], int]
    reason: Callable[[Days, Params, Context], str]

    def value(
        self, placements: Sequence[Placement], params: Params, context: Context
    ) -> int:
        """Sum of the amounts of all weeks."""
        weeks = _by_week(placements, context).values()
        return sum(self.in_week(days, params, context) for days in weeks)

    def explain(
        self, placed: Mapping[int, Placement], params: Params, context: Context
    ) -> list[Cause]:
        """One cause for each way in which weeks are broken."""
        causes = []
        for week, days in _by_week(placed.values(), context).items():
            amount = self.in_week(days, params, context)
            if amount:
                text = self.reason(days, params, context)
                events = _meeting_events(placed, week, ~0)
                causes.append(Cause(events, amount, text, (week,)))
        return join_weeks(causes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermType(ListType):
    """A rule over the whole term, not averaged.

    Parameters
    ----------
    over_term
        Amount of violation of all placements.
    reason
        That violation in words.
    """

    over_term: Callable[[Sequence[Placement], Params, Context], int]
    reason: Callable[[Sequence[Placement], Params, Context], str]

    @property
    def averaged(self) -> bool:
        """Never: the term is measured once."""
        return False

    def value(
        self, placements: Sequence[Placement], params: Params, context: Context
    ) -> int:
        """Amount of the term."""
        return self.over_term(placements, params, context)

    def explain(
        self, placed: Mapping[int, Placement], params: Params, context: Context
    ) -> list[Cause]:
        """One cause, of all events."""
        placements = list(placed.values())
        amount = self.over_term(placements, params, context)
        if not amount:
            return []
        return [Cause(tuple(placed), amount, self.reason(placements, params, context))]


def _by_week(
    placements: Iterable[Placement], context: Context
) -> dict[int, dict[int, Meetings]]:
    weeks: dict[int, dict[int, Meetings]] = {}
    for week, day, meetings in dates(placements, context):
        weeks.setdefault(week, {})[day] = meetings
    return weeks


def _meeting_events(
    placed: Mapping[int, Placement], week: int, days: int
) -> tuple[int, ...]:
    return tuple(
        event
        for event, (time, _) in placed.items()
        if time.weeks >> week & 1 and time.days & days
    )

"""What a single constraint or wish costs: values, collected by kind of source."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from solvers.constraints import (
    CONSTRAINT_TYPES,
    Cause,
    Context,
    Placement,
    attendees_conflict,
)
from solvers.model import Instance, Timetable
from solvers.verification import Violation

from .words import Words

__all__ = ["CriterionShare", "Item", "Items"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One source of cost, or one broken hard rule.

    Parameters
    ----------
    type
        Constraint type; ``Time``, ``Room``, ``Preference``, ``RoomInUse``,
        ``StudentConflict``; or a hard type of the verifier.
    hard
        Whether it makes the timetable infeasible; then ``cost`` is 0.
    criterion
        Criterion it counts under; empty when hard.
    amount
        Raw amount under the criterion, or number of hard violations.
    cost
        ``amount`` times the weight of the criterion.
    events
        Event indices that it is about.
    text
        What is wrong, in words.
    causes
        What in the timetable brings it about; their amounts add up to the constraint's
        value before penalty and averaging.
    constraint
        Index of the constraint, None for anything else.
    label
        What the constraint is about for a person.
    """

    type: str
    hard: bool
    criterion: str
    amount: int
    cost: int
    events: tuple[int, ...]
    text: str
    causes: tuple[Cause, ...] = ()
    constraint: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class CriterionShare:
    """What a criterion adds to the cost: ``cost`` is ``amount`` times ``weight``."""

    criterion: str
    amount: int
    weight: int
    cost: int


_HARD_TEXTS = {
    "Unassigned": "is not placed",
    "RoomConflict": "meet at one moment in one room",
    "RoomUnavailable": "meets while the room is closed",
    "ClassLimit": "has more students than its limit",
    "Enrollment": "is no legal choice of classes for the student",
}


class Items:
    """Finds the items of a timetable, one kind of source after the other.

    Parameters
    ----------
    instance, timetable
        What is explained.
    """

    def __init__(self, instance: Instance, timetable: Timetable) -> None:
        self._instance = instance
        self._timetable = timetable
        self._words = Words(instance)
        self._context = Context.of(instance)
        self.placed: Mapping[int, Placement] = {
            event: Placement(time, instance.room_of(timetable, event))
            for event in range(instance.num_events)
            if (time := instance.time_of(timetable, event)) is not None
        }

    def soft(self) -> Iterator[Item]:
        """Yield everything that costs, and broken required constraints."""
        yield from self._options()
        yield from self._preferences()
        yield from self._constraints()
        yield from self._open_rooms()
        yield from self._students()

    def hard(self, violation: Violation) -> Item:
        """Item of a hard violation that is of no constraint."""
        names = self._words.events(violation.events)
        about = f" ({violation.label})" if violation.label else ""
        return Item(
            type=violation.type,
            hard=True,
            criterion="",
            amount=violation.amount,
            cost=0,
            events=violation.events,
            text=f"{names} {_HARD_TEXTS[violation.type]}{about}".strip(),
            label=violation.label,
        )

    def _costly(
        self, kind: str, criterion: str, amount: int, events: tuple[int, ...], text: str
    ) -> Iterator[Item]:
        cost = amount * self._instance.weights[criterion]
        if cost:
            yield Item(
                type=kind,
                hard=False,
                criterion=criterion,
                amount=amount,
                cost=cost,
                events=events,
                text=text,
            )

    def _options(self) -> Iterator[Item]:
        chosen = zip(
            self._instance.events,
            self._timetable.time_option.tolist(),
            self._timetable.room_option.tolist(),
            strict=True,
        )
        for index, (event, time, room) in enumerate(chosen):
            if time >= 0:
                at = event.times[time]
                text = f"penalty of {self._words.time(at.time)}"
                yield from self._costly("Time", "time", at.penalty, (index,), text)
            if room >= 0:
                there = event.rooms[room]
                text = f"penalty of room {self._words.room(there.room)}"
                yield from self._costly("Room", "room", there.penalty, (index,), text)

    def _preferences(self) -> Iterator[Item]:
        for wish in self._instance.preferences:
            options = self._timetable
            of_time = wish.of == "time"
            row = options.time_option if of_time else options.room_option
            option = int(row[wish.event])
            if option < 0:
                continue
            text = (
                f"another {wish.of} is preferred to {self._chosen(wish.event, wish.of)}"
            )
            yield from self._costly(
                "Preference",
                wish.criterion,
                wish.penalties[option],
                (wish.event,),
                text,
            )

    def _chosen(self, event: int, of: str) -> str:
        placement = self.placed.get(event)
        if placement is None or of == "room":
            return self._words.room(self._instance.room_of(self._timetable, event))
        return self._words.time(placement.time)

    def _constraints(self) -> Iterator[Item]:
        for index, constraint in enumerate(self._instance.constraints):
            kind = CONSTRAINT_TYPES[constraint.type]
            placed = {e: self.placed[e] for e in constraint.events if e in self.placed}
            value = kind.value(list(placed.values()), constraint.params, self._context)
            if not value:
                continue
            hard = constraint.required
            if hard:
                amount = kind.hard_violations(value)
            else:
                amount = kind.cost(constraint, value, self._context)
            weight = self._instance.weights[constraint.criterion]
            cost = 0 if hard else amount * weight
            if not hard and not cost:
                continue
            yield Item(
                type=constraint.type,
                hard=hard,
                criterion="" if hard else constraint.criterion,
                amount=amount,
                cost=cost,
                events=constraint.events,
                text=kind.sentence_of(constraint.params),
                causes=tuple(kind.explain(placed, constraint.params, self._context)),
                constraint=index,
                label=constraint.label,
            )

    def _open_rooms(self) -> Iterator[Item]:
        users: defaultdict[int, list[int]] = defaultdict(list)
        for event, placement in self.placed.items():
            if placement.room is not None:
                users[placement.room].append(event)
        for room, events in sorted(users.items()):
            text = f"room {self._words.room(room)} is in use"
            amount = self._instance.room_open_penalty
            yield from self._costly(
                "RoomInUse", "rooms_in_use", amount, tuple(events), text
            )

    def _students(self) -> Iterator[Item]:
        taken: defaultdict[int, list[int]] = defaultdict(list)
        for student, event in self._timetable.enrollments.tolist():
            taken[student].append(event)
        shared: Counter[tuple[int, int]] = Counter()
        for events in taken.values():
            shared.update(combinations(sorted(events), 2))
        for (a, b), students in sorted(shared.items()):
            if a not in self.placed or b not in self.placed:
                continue
            first, second = self.placed[a], self.placed[b]
            if attendees_conflict(first, second, self._context):
                text = f"{students} student{'s' if students > 1 else ''} cannot attend "
                text += "both: " + self._why_apart(first, second)
                yield from self._costly(
                    "StudentConflict", "student", students, (a, b), text
                )

    def _why_apart(self, a: Placement, b: Placement) -> str:
        if a.time.overlaps(b.time):
            return "they overlap"
        way = self._context.duration(self._context.travel_slots(a.room, b.room))
        return f"the way takes {way}, longer than the pause"

"""Score a timetable from first principles."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations

from solvers.constraints import CONSTRAINT_TYPES, Context, Placement
from solvers.exceptions import EngineError
from solvers.model import ITC2019_CRITERIA, Constraint, Instance, Timetable

from .enrollments import sectioning_problems, student_conflicts
from .result import Verification, Violation

__all__ = ["criteria_names", "organizers_reading", "verify"]


def criteria_names(instance: Instance) -> tuple[str, ...]:
    """Names of all criteria that an instance can have, the four of ITC-2019 first."""
    names = dict.fromkeys(ITC2019_CRITERIA)
    names.update(dict.fromkeys(c.criterion for c in instance.constraints))
    names.update(dict.fromkeys(p.criterion for p in instance.preferences))
    if instance.room_open_penalty:
        names["rooms_in_use"] = None
    names.update(dict.fromkeys(instance.weights))
    return tuple(names)


def verify(
    instance: Instance, timetable: Timetable, *, same_start_exempt: bool = False
) -> Verification:
    """Score a timetable.

    Parameters
    ----------
    instance
        The problem.
    timetable
        Any timetable of this instance, complete or not.
    same_start_exempt
        Whether ``MaxBlock`` lets a block pass whose events all start together. The text
        of ITC-2019 does not say so, the organizers' own code does it; what is feasible
        without the exemption is feasible with it and costs no more.

    Returns
    -------
    Verification
        Violations, raw criteria and weighted cost.

    Raises
    ------
    EngineError
        If the arrays do not fit the instance at all.
    """
    context = replace(Context.of(instance), same_start_exempt=same_start_exempt)
    return _Verifier(instance, timetable, context).run()


def organizers_reading(
    instance: Instance, timetable: Timetable, found: Verification
) -> Verification | None:
    """Score under the organizers' reading of ``MaxBlock``; None where it is the same.

    Parameters
    ----------
    instance, timetable
        What was verified.
    found
        Its strict verification.
    """
    if all(violation.type != "MaxBlock" for violation in found.violations):
        return None
    other = verify(instance, timetable, same_start_exempt=True)
    return None if other == found else other


class _Verifier:
    def __init__(
        self, instance: Instance, timetable: Timetable, context: Context
    ) -> None:
        if len(timetable.time_option) != instance.num_events:
            raise EngineError("the timetable belongs to another instance")
        self._instance = instance
        self._timetable = timetable
        self._context = context
        self._criteria: Counter[str] = Counter(
            dict.fromkeys(criteria_names(instance), 0)
        )
        self._found: list[Violation] = []
        self._placements = [self._placement(e) for e in range(instance.num_events)]

    def run(self) -> Verification:
        self._check_assigned()
        self._check_options()
        self._check_rooms()
        for constraint in self._instance.constraints:
            self._check_constraint(constraint)
        self._check_enrollments()
        hard: Counter[str] = Counter()
        for violation in self._found:
            if violation.hard:
                hard[violation.type] += violation.amount
        criteria = dict(self._criteria)
        cost = self._instance.weights.cost(criteria)
        return Verification(dict(hard), criteria, cost, tuple(self._found))

    def _placement(self, event: int) -> Placement | None:
        time = self._instance.time_of(self._timetable, event)
        if time is None:
            return None
        return Placement(time, self._instance.room_of(self._timetable, event))

    def _hard(self, kind: str, *events: int, amount: int = 1, label: str = "") -> None:
        self._found.append(Violation(kind, events, True, amount, label=label))

    def _check_assigned(self) -> None:
        for index, event in enumerate(self._instance.events):
            placement = self._placements[index]
            if placement is None or (event.needs_room and placement.room is None):
                self._hard("Unassigned", index)

    def _check_options(self) -> None:
        times, rooms = self._timetable.time_option, self._timetable.room_option
        for index, event in enumerate(self._instance.events):
            if times[index] >= 0:
                self._criteria["time"] += event.times[times[index]].penalty
            if rooms[index] >= 0:
                self._criteria["room"] += event.rooms[rooms[index]].penalty
        for preference in self._instance.preferences:
            chosen = times if preference.of == "time" else rooms
            option = chosen[preference.event]
            if option >= 0:
                self._criteria[preference.criterion] += preference.penalties[option]

    def _check_rooms(self) -> None:
        in_room: dict[int, list[int]] = defaultdict(list)
        for event, placement in enumerate(self._placements):
            if placement is not None and placement.room is not None:
                in_room[placement.room].append(event)
        for room, events in in_room.items():
            self._check_room(room, events)
        if self._instance.room_open_penalty:
            used = len(in_room) * self._instance.room_open_penalty
            self._criteria["rooms_in_use"] += used

    def _check_room(self, room: int, events: list[int]) -> None:
        label = self._instance.rooms[room].id
        times = {e: self._placements[e].time for e in events}  # type: ignore[union-attr]
        for event in events:
            for blocked in self._instance.rooms[room].unavailable:
                if times[event].overlaps(blocked):
                    self._hard("RoomUnavailable", event, label=label)
        for a, b in combinations(events, 2):
            if times[a].overlaps(times[b]):
                self._hard("RoomConflict", a, b, label=label)

    def _check_constraint(self, constraint: Constraint) -> None:
        kind = CONSTRAINT_TYPES[constraint.type]
        placed = [
            p for e in constraint.events if (p := self._placements[e]) is not None
        ]
        value = kind.value(placed, constraint.params, self._context)
        if value == 0:
            return
        if constraint.required:
            amount, criterion = kind.hard_violations(value), ""
        else:
            amount = kind.cost(constraint, value, self._context)
            criterion = constraint.criterion
            self._criteria[criterion] += amount
            if amount == 0:
                return
        self._found.append(
            Violation(
                constraint.type,
                constraint.events,
                constraint.required,
                amount,
                criterion,
                constraint.label,
            )
        )

    def _check_enrollments(self) -> None:
        taken: dict[int, list[int]] = defaultdict(list)
        enrolled: Counter[int] = Counter()
        for student, event in self._timetable.enrollments.tolist():
            taken[student].append(event)
            enrolled[event] += 1
        for event, count in enrolled.items():
            limit = self._instance.events[event].limit
            if limit is not None and count > limit:
                self._hard("ClassLimit", event, amount=count - limit)
        for student in range(self._instance.num_students):
            label = self._instance.students[student].id
            for events in sectioning_problems(self._instance, student, taken[student]):
                self._hard("Enrollment", *events, label=label)
        conflicts = student_conflicts(self._placements, taken.values(), self._context)
        self._criteria["student"] += conflicts

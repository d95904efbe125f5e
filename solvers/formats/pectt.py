"""Post-enrolment problems (ITC-2007 track 2, and of 2002) as instances.

An event takes one slot of a week of 5 days with 9 slots each. Students are fixed
attendees: those with identical events form one batch, whose size weighs their soft
costs. Rooms that are too small or lack a feature, and slots that are not available,
are left out of the events' own rooms and times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from solvers.exceptions import InputError, Issue
from solvers.model import (
    Batch,
    Configuration,
    Constraint,
    Course,
    Event,
    Instance,
    Preference,
    Room,
    RoomOption,
    Subpart,
    Time,
    TimeOption,
    Weights,
)

from .pectt_document import (
    HOURS,
    NUM_DAYS,
    SLOTS,
    EnrolmentProblem,
    parse_problem,
    write_problem,
)

__all__ = [
    "CRITERIA",
    "EnrolmentProblem",
    "parse_problem",
    "read_problem",
    "to_instance",
    "write_problem",
]

CRITERIA = ("last_slot", "three_in_a_row", "single_event")
"""Soft criteria, each counted in students, each of weight 1."""

_IN_A_ROW = 2


def read_problem(content: bytes, name: str = "") -> Instance:
    """Read a problem of ``.tim`` in the dialect of 2007 or of 2002.

    Parameters
    ----------
    content
        The file.
    name
        Name of the problem, which the file does not tell.

    Raises
    ------
    InputError
        With every finding: a code, a detail and ``line:column``.
    """
    return to_instance(parse_problem(content), name)


def to_instance(problem: EnrolmentProblem, name: str = "") -> Instance:
    """Turn a problem into an instance of the engine's model.

    Raises
    ------
    InputError
        ``empty_domain`` for events without any slot or room.
    """
    return _Mapping(problem).instance(name)


class _Mapping:
    def __init__(self, problem: EnrolmentProblem) -> None:
        self._problem = problem
        self._num_events = problem.attends.shape[1]
        self._attendees = problem.attends.sum(axis=0)

    def instance(self, name: str) -> Instance:
        count = range(self._num_events)
        times, rooms = self._times(), self._rooms()
        batches = self._batches_of_event
        return Instance(
            name=name,
            num_weeks=1,
            num_days=NUM_DAYS,
            slots_per_day=HOURS,
            rooms=tuple(self._room(r) for r in range(len(self._problem.room_sizes))),
            courses=tuple(Course(str(e), (e,)) for e in count),
            configurations=tuple(Configuration(str(e), e, (e,)) for e in count),
            subparts=tuple(Subpart(str(e), e, (e,)) for e in count),
            events=tuple(
                Event(str(e), e, times[e], rooms[e], batches=batches[e]) for e in count
            ),
            constraints=(
                *self._clashes(),
                *self._precedences(),
                *self._soft_constraints(),
            ),
            preferences=tuple(self._preferences(times)),
            batches=tuple(
                Batch(str(index), size=size)
                for index, (_, size) in enumerate(self._groups)
            ),
            weights=Weights.of(dict.fromkeys(CRITERIA, 1)),
        )

    @cached_property
    def _groups(self) -> list[tuple[tuple[int, ...], int]]:
        """Events and number of students of each way to attend, first come first."""
        sizes: dict[tuple[int, ...], int] = {}
        for row in self._problem.attends:
            events = tuple(np.flatnonzero(row).tolist())
            sizes[events] = sizes.get(events, 0) + 1
        return [(events, size) for events, size in sizes.items() if events]

    @cached_property
    def _batches_of_event(self) -> list[tuple[int, ...]]:
        found: list[list[int]] = [[] for _ in range(self._num_events)]
        for index, (events, _) in enumerate(self._groups):
            for event in events:
                found[event].append(index)
        return [tuple(batches) for batches in found]

    def _room(self, index: int) -> Room:
        features = np.flatnonzero(self._problem.has_feature[index]).tolist()
        return Room(
            id=str(index),
            capacity=int(self._problem.room_sizes[index]),
            features=tuple(sorted(map(str, features))),
        )

    # Times and rooms of events.

    def _times(self) -> list[tuple[TimeOption, ...]]:
        slots = [
            TimeOption(Time(1, 1 << s // HOURS, s % HOURS, 1)) for s in range(SLOTS)
        ]
        if self._problem.available is None:
            return [tuple(slots)] * self._num_events
        rows = [
            tuple(slots[s] for s in np.flatnonzero(row).tolist())
            for row in self._problem.available
        ]
        self._refuse_empty(rows, "has no available slot")
        return rows

    def _rooms(self) -> list[tuple[RoomOption, ...]]:
        problem = self._problem
        fits = problem.room_sizes[None, :] >= self._attendees[:, None]
        needs = problem.needs_feature.astype(np.float32)  # products of floats are fast
        lacking = needs @ (1 - problem.has_feature.T)
        options = [RoomOption(room) for room in range(len(problem.room_sizes))]
        rows = [
            tuple(options[r] for r in np.flatnonzero(row).tolist())
            for row in fits & (lacking == 0)
        ]
        self._refuse_empty(rows, "fits no room")
        return rows

    @staticmethod
    def _refuse_empty(rows: Sequence[tuple[object, ...]], what: str) -> None:
        issues = [
            Issue("empty_domain", f"event {event} {what}", f"event:{event}")
            for event, options in enumerate(rows)
            if not options
        ]
        if issues:
            raise InputError(issues)

    def _preferences(self, times: list[tuple[TimeOption, ...]]) -> Iterator[Preference]:
        """Every attendee of an event in the last slot of a day costs one."""
        for event, attendees in enumerate(self._attendees.tolist()):
            late = tuple(
                attendees * (option.time.end == HOURS) for option in times[event]
            )
            if any(late):
                yield Preference(CRITERIA[0], event, "time", late)

    # Constraints.

    def _clashes(self) -> Iterator[Constraint]:
        """One clique for each batch; two events clash where they share students."""
        for index, (events, _) in enumerate(self._groups):
            if len(events) > 1:
                label = f"students of batch {index}"
                yield Constraint("NotOverlap", events, required=True, label=label)

    def _precedences(self) -> Iterator[Constraint]:
        if self._problem.precedence is None:
            return
        rows, columns = np.nonzero(self._problem.precedence)
        pairs = set()
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            later = self._problem.precedence[row, column] > 0
            pairs.add((row, column) if later else (column, row))
        for pair in sorted(pairs):
            yield Constraint("Precedence", pair, required=True)

    def _soft_constraints(self) -> Iterator[Constraint]:
        for index, (events, size) in enumerate(self._groups):
            label = f"students of batch {index}"
            if len(events) > _IN_A_ROW:
                yield Constraint(
                    "MaxConsecutive",
                    events,
                    required=False,
                    penalty=size,
                    params=(_IN_A_ROW, 0),
                    criterion=CRITERIA[1],
                    label=label,
                )
            yield Constraint(
                "IsolatedMeetings",
                events,
                required=False,
                penalty=size,
                criterion=CRITERIA[2],
                label=label,
            )

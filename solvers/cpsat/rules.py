"""Rules between free events: rooms, pairs of times, pairs of rooms, ways, students."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from solvers.model import InstanceArrays

from .assignment import IntArray
from .dates import meeting_sets
from .model import Literal, PlacementModel, Scope
from .problem import Problem
from .surroundings import SharedStudents, rows_of

__all__ = ["add_rules"]


def add_rules(
    problem: Problem,
    model: PlacementModel,
    *,
    students: SharedStudents | None = None,
    used_rooms: frozenset[int] = frozenset(),
) -> None:
    """Add every rule between pairs of free events that the model's scope decides.

    Parameters
    ----------
    problem
        The problem; its lists of events that must not overlap become cliques.
    model
        The model, changed in place.
    students
        Students that events share, priced per conflict if the model has soft rules.
    used_rooms
        Rooms that fixed events use anyway: opening them is free.
    """
    rules = _Rules(problem, model)
    if model.scope is not Scope.ROOMS:
        rules.add_cliques()
        rules.add_pairs()
    if model.scope is not Scope.TIMES:
        rules.add_rooms()
        rules.add_open_rooms(used_rooms)
        rules.add_far()
    rules.add_same()
    if students is not None and model.with_soft:
        rules.add_students(students)


class _Rules:
    def __init__(self, problem: Problem, model: PlacementModel) -> None:
        self._problem = problem
        self._model = model
        self._arrays = model.arrays
        self._covered: set[tuple[int, int]] = set()

    def _costs(self, hard: int, soft: int) -> Iterator[int | None]:
        """Prices to state a relation at: None forbids."""
        if hard:
            yield self._model.hard_cost()
        if soft and self._model.with_soft:
            yield soft

    def _cliques(
        self, events: list[int], times: IntArray, literals: list[Literal]
    ) -> None:
        """At most one of several events' literals meets at any moment."""
        owner = np.array(events)
        for members in meeting_sets(self._arrays, times):
            if len(np.unique(owner[members])) > 1:
                exclusive = [literals[i] for i in members.tolist()]
                self._model.at_most_one(exclusive, self._model.hard_cost())

    # Rooms.

    def add_rooms(self) -> None:
        entries: defaultdict[int, list[tuple[int, int, Literal]]] = defaultdict(list)
        for event, candidates in self._model.candidates.items():
            places = zip(
                candidates.times.tolist(),
                candidates.rooms.tolist(),
                self._model.literals[event],
                strict=True,
            )
            for time, room, literal in places:
                entries[room].append((event, time, literal))
        entries.pop(self._arrays.num_rooms, None)
        for room in sorted(entries):
            events, times, literals = zip(*entries[room], strict=True)
            self._cliques(list(events), np.array(times), list(literals))

    def add_open_rooms(self, used: frozenset[int]) -> None:
        if not self._arrays.room_open_cost or not self._model.with_soft:
            return
        by_room: defaultdict[int, list[Literal]] = defaultdict(list)
        for event in self._model.events:
            view = self._model.room_view(event)
            for room, literal in zip(view.keys.tolist(), view.literals, strict=True):
                if room != self._arrays.num_rooms and room not in used:
                    by_room[room].append(literal)
        for literals in by_room.values():
            opened = self._model.new_bool(self._model.now(literals) > 0)
            for literal in literals:
                self._model.cp.add_implication(literal, opened)
            self._model.price(opened, self._arrays.room_open_cost)

    # Pairs of times.

    def add_cliques(self) -> None:
        """State long lists of events that must not overlap moment by moment."""
        lists = [
            [e for e in events if self._model.is_free[e]]
            for events in self._problem.disjoint_lists
        ]
        for events in sorted(lists, key=len, reverse=True):
            pairs = {(a, b) for a in events for b in events if a < b}
            if len(events) < 3 or pairs <= self._covered:
                continue
            self._covered |= pairs
            owners, keys, literals = [], [], []
            for event in dict.fromkeys(events):
                view = self._model.time_view(event)
                owners += [event] * len(view.keys)
                keys += view.keys.tolist()
                literals += view.literals
            self._cliques(owners, np.array(keys), literals)

    def add_pairs(self) -> None:
        arrays = self._arrays
        for event in self._model.events:
            rows = rows_of(arrays.pair_ptr, event)
            others = arrays.pair_other[rows]
            later = np.flatnonzero(self._model.is_free[others] & (others > event))
            for entry in (later + rows.start).tolist():
                self._add_pair(event, entry)

    def _add_pair(self, event: int, entry: int) -> None:
        arrays = self._arrays
        other, table = int(arrays.pair_other[entry]), int(arrays.pair_table[entry])
        hard, soft = int(arrays.pair_hard[entry]), int(arrays.pair_soft[entry])
        if table in self._problem.overlap_tables and (event, other) in self._covered:
            hard = 0
        for cost in self._costs(hard, soft):
            self._forbid_times(event, other, arrays.tables[table], cost)

    def _forbid_times(
        self, event: int, other: int, table: NDArray[np.uint8], cost: int | None
    ) -> None:
        mine, theirs = self._model.time_view(event), self._model.time_view(other)
        broken = table[mine.keys[:, None], theirs.keys[None, :]].astype(bool)
        self._model.forbid(mine.literals, theirs.literals, broken, cost)

    # Pairs of rooms, and ways between them.

    def add_same(self) -> None:
        arrays = self._arrays
        for event in self._model.events:
            rows = rows_of(arrays.same_ptr, event)
            for entry in range(rows.start, rows.stop):
                other = int(arrays.same_other[entry])
                if other <= event or not self._model.is_free[other]:
                    continue
                if self._model.scope is Scope.TIMES:
                    self._share_in_turn(event, other, entry)
                else:
                    self._add_same(event, other, entry)

    def _share_in_turn(self, event: int, other: int, entry: int) -> None:
        arrays = self._arrays
        wanted = arrays.same_wanted[entry] and arrays.same_hard[entry]
        if wanted and _needs_room(arrays, event) and _needs_room(arrays, other):
            self._forbid_times(event, other, arrays.overlap, self._model.hard_cost())

    def _add_same(self, event: int, other: int, entry: int) -> None:
        arrays = self._arrays
        mine, theirs = self._model.room_view(event), self._model.room_view(other)
        equal = mine.keys[:, None] == theirs.keys[None, :]
        broken = ~equal if arrays.same_wanted[entry] else equal
        hard, soft = int(arrays.same_hard[entry]), int(arrays.same_soft[entry])
        for cost in self._costs(hard, soft):
            self._model.forbid(mine.literals, theirs.literals, broken, cost)

    def add_far(self) -> None:
        arrays = self._arrays
        for event in self._model.events:
            rows = rows_of(arrays.far_ptr, event)
            for entry in range(rows.start, rows.stop):
                other = int(arrays.far_other[entry])
                if other > event and self._model.is_free[other]:
                    hard, soft = arrays.far_hard[entry], arrays.far_soft[entry]
                    for cost in self._costs(int(hard), int(soft)):
                        self._forbid_late(event, other, cost, overlap=False)

    def _forbid_late(
        self, event: int, other: int, cost: int | None, *, overlap: bool
    ) -> None:
        """Rule out placements whose pause is shorter than the way between them."""
        mine, theirs = self._model.candidates[event], self._model.candidates[other]
        gap = self._arrays.gap[mine.times[:, None], theirs.times[None, :]]
        broken = gap < self._arrays.travel[mine.rooms[:, None], theirs.rooms[None, :]]
        if not overlap:
            broken &= gap >= 0
        literals = self._model.literals
        self._model.forbid(literals[event], literals[other], broken, cost)

    # Students.

    def add_students(self, students: SharedStudents) -> None:
        for event in self._model.events:
            others, counts = students.of(event)
            wanted = self._model.is_free[others] & (others > event)
            shared = zip(others[wanted].tolist(), counts[wanted].tolist(), strict=True)
            for other, count in shared:
                cost = count * self._arrays.student_weight
                self._add_student_pair(event, other, cost)

    def _add_student_pair(self, event: int, other: int, cost: int) -> None:
        if not cost:
            return
        if self._arrays.travel.any():
            self._forbid_late(event, other, cost, overlap=True)
        else:
            self._forbid_times(event, other, self._arrays.overlap, cost)


def _needs_room(arrays: InstanceArrays, event: int) -> bool:
    return int(arrays.room_ids[arrays.room_ptr[event]]) != arrays.num_rooms

"""One island's assignment: loading, searching, and reading it back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.exceptions import EngineError
from solvers.kernels import (
    anneal_events,
    anneal_jointly,
    anneal_students,
    new_state,
    pack_arrays,
    pack_state,
    rebuild,
    sample_soft_changes,
    shared_events,
)
from solvers.model import Cost, InstanceArrays, Timetable

from .sectioning import (
    bundles_of,
    courses_with_a_choice,
    section_by_similarity,
)

__all__ = ["SearchState"]

ANY_MOVE, TIME_MOVE, ROOM_MOVE = 0, 1, 2

Long = NDArray[np.int64]


class SearchState:
    """A complete assignment over shared arrays, with best-so-far kept apart.

    Every event always has a placement; clashes are counted, not forbidden.

    Parameters
    ----------
    arrays
        The compiled instance, shared between islands.
    seed
        Seed of this state's own generator.
    """

    def __init__(self, arrays: InstanceArrays, seed: int) -> None:
        self.arrays = arrays
        self._state = new_state(arrays, seed)
        self._packed_arrays = pack_arrays(arrays)
        self._packed = pack_state(self._state)
        self._rng = np.random.default_rng(seed)
        bundles = np.diff(arrays.bundle_course_ptr)[arrays.request_course]
        self._free_requests = np.flatnonzero(bundles > 1).astype(np.int64)
        fixed = np.diff(arrays.time_ptr) == 1
        self._joint_course_of = courses_with_a_choice(arrays)
        self._joint_course_of[fixed] = -1
        self._joint_events = np.flatnonzero(self._joint_course_of >= 0)
        self._rebuild()

    # Reading.

    @property
    def cost(self) -> Cost:
        """Cost of the current assignment; students above limits count as hard."""
        hard, soft, above = (int(value) for value in self._state.cost)
        unenrolled = int((self._state.bundle_of < 0).sum())
        return Cost(hard + above + unenrolled, soft)

    @property
    def best_cost(self) -> Cost:
        """Cost of the best assignment seen since the last load."""
        hard, soft = (int(value) for value in self._state.best_cost)
        unenrolled = int((self._state.best_bundle < 0).sum())
        return Cost(hard + unenrolled, soft)

    @property
    def moves(self) -> int:
        """Moves tried so far."""
        return int(self._state.counters[0])

    @property
    def can_move(self) -> bool:
        """Whether there is anything to search over."""
        return len(self.arrays.movable) > 0 or self.has_student_moves

    @property
    def has_student_moves(self) -> bool:
        """Whether any student can take a course in more than one way."""
        return len(self._free_requests) > 0

    @property
    def has_joint_moves(self) -> bool:
        """Whether any event has a choice of times that students may take or leave."""
        return len(self._joint_events) > 0

    def timetable(self) -> Timetable:
        """Return the current assignment as a timetable."""
        state = self._state
        return self._read(state.time_pos, state.room_pos, state.bundle_of)

    def best(self) -> Timetable:
        """Return the best assignment as a timetable."""
        state = self._state
        return self._read(state.best_time, state.best_room, state.best_bundle)

    def _read(self, time_pos: Long, room_pos: Long, bundle_of: Long) -> Timetable:
        arrays = self.arrays
        room_option = room_pos - arrays.room_ptr[:-1]
        without = arrays.room_ids[room_pos] == arrays.num_rooms
        room_option = np.where(without, -1, room_option)
        taken = bundle_of >= 0
        bundles = bundle_of[taken]
        sizes = np.diff(arrays.bundle_ptr)[bundles]
        students = np.repeat(arrays.request_student[taken], sizes)
        starts = np.repeat(arrays.bundle_ptr[bundles], sizes)
        offsets = np.arange(len(starts)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        events = arrays.bundle_events[starts + offsets]
        rows = np.column_stack([students, events])
        return Timetable(time_pos - arrays.time_ptr[:-1], room_option, rows)

    # Changing it as a whole.

    def load(self, timetable: Timetable) -> None:
        """Take over a timetable; what it leaves open is filled in.

        Unassigned events get a random placement; students without a complete legal
        choice for a course are sectioned by similarity. Best-so-far starts anew.

        Raises
        ------
        EngineError
            If the timetable is of another instance.
        """
        arrays, state = self.arrays, self._state
        if len(timetable.time_option) != arrays.num_events:
            raise EngineError("the timetable belongs to another instance")
        time_option = self._filled(timetable.time_option, arrays.time_ptr)
        room_option = self._filled(timetable.room_option, arrays.room_ptr)
        state.time_pos[:] = arrays.time_ptr[:-1] + time_option
        state.room_pos[:] = arrays.room_ptr[:-1] + room_option
        state.bundle_of[:] = bundles_of(arrays, timetable)
        open_requests = state.bundle_of < 0
        if open_requests.any():
            by_similarity = section_by_similarity(arrays)
            state.bundle_of[open_requests] = by_similarity[open_requests]
        self.forget_best()

    def _filled(self, options: NDArray[np.int32], pointers: Long) -> Long:
        drawn = self._rng.integers(0, np.diff(pointers))
        return np.where(options < 0, drawn, options)

    def randomize(self) -> None:
        """Give every event a random placement; the sectioning stays."""
        arrays, state = self.arrays, self._state
        for pos, pointers in (
            (state.time_pos, arrays.time_ptr),
            (state.room_pos, arrays.room_ptr),
        ):
            pos[:] = pointers[:-1] + self._rng.integers(0, np.diff(pointers))
        self.forget_best()

    def section_students(self) -> None:
        """Section all students anew by similarity."""
        self._state.bundle_of[:] = section_by_similarity(self.arrays)
        self.forget_best()

    def restore_best(self) -> None:
        """Return to the best assignment."""
        state = self._state
        state.time_pos[:] = state.best_time
        state.room_pos[:] = state.best_room
        state.bundle_of[:] = state.best_bundle
        self._rebuild()

    def forget_best(self) -> None:
        """Start best-so-far anew from the current assignment."""
        self._rebuild()
        state = self._state
        state.best_cost[0] = state.cost[0] + state.cost[2]
        state.best_cost[1] = state.cost[1]
        self._copy_best()

    def _copy_best(self) -> None:
        state = self._state
        state.best_time[:] = state.time_pos
        state.best_room[:] = state.room_pos
        state.best_bundle[:] = state.bundle_of
        state.counters[5] = 0

    def _rebuild(self) -> None:
        if self.arrays.num_requests:
            shared = shared_events(self._packed_arrays, self._state.bundle_of)
            ptr, other, count = shared
            self._state = self._state._replace(
                shared_ptr=ptr, shared_other=other, shared_count=count
            )
            self._packed = pack_state(self._state)
        rebuild(self._packed_arrays, self._packed)

    def _note_best(self) -> None:
        state = self._state
        now = (int(state.cost[0] + state.cost[2]), int(state.cost[1]))
        if now < (int(state.best_cost[0]), int(state.best_cost[1])):
            state.best_cost[:] = now
            self._copy_best()

    # Searching.

    def request_stop(self, stop: bool = True) -> None:
        """Make running and later kernels return at once; False takes it back."""
        self._state.stop[0] = stop

    def anneal_events(
        self,
        work: int,
        temperature: float,
        hard_weight: float,
        *,
        growth: tuple[float, float, float] = (1.0, 0.0, 1e300),
        kind: int = ANY_MOVE,
        rates: tuple[float, float, float] = (0.02, 0.02, 0.05),
        costly: float = 0.0,
        until_feasible: bool = False,
    ) -> float:
        """Search over placements; return the hard weight reached.

        See `solvers.kernels.events.anneal_events` for the parameters; ``costly`` is the
        last of its rates.
        """
        _, weight = anneal_events(
            self._packed_arrays,
            self._packed,
            int(work),
            float(temperature),
            float(hard_weight),
            growth,
            int(kind),
            (*rates, costly),
            int(until_feasible),
        )
        return float(weight)

    def soft_changes(self, count: int = 10_000) -> Long:
        """Sorted soft changes above 0 of up to ``count`` random moves from here."""
        changes = np.zeros(count, np.int64)
        found = sample_soft_changes(self._packed_arrays, self._packed, changes)
        return np.sort(changes[:found])

    def anneal_students(
        self,
        work: int,
        temperature: float,
        limit_weight: float,
        rates: tuple[float, float] = (0.4, 0.3),
    ) -> None:
        """Search over sectioning, then bring the tables up to date.

        See `solvers.kernels.students.anneal_students` for the parameters.
        """
        if not self.has_student_moves:
            return
        anneal_students(
            self._packed_arrays,
            self._packed,
            self._free_requests,
            int(work),
            float(temperature),
            float(limit_weight),
            rates,
        )
        self._follow_sectioning()

    def anneal_jointly(
        self, work: int, temperature: float, hard_weight: float
    ) -> tuple[int, int]:
        """Search over placements and sectioning at once, then update the tables.

        See `solvers.kernels.joint.anneal_jointly` for the parameters.

        Returns
        -------
        tuple of int
            Moves accepted, and the change of soft cost that they were reckoned to make.
        """
        if not self.has_joint_moves:
            return 0, 0
        accepted, change = anneal_jointly(
            self._packed_arrays,
            self._packed,
            self._joint_events,
            self._joint_course_of,
            self._free_requests,
            int(work),
            float(temperature),
            float(hard_weight),
        )
        self._follow_sectioning()
        return int(accepted), int(change)

    def _follow_sectioning(self) -> None:
        self._rebuild()
        self._note_best()

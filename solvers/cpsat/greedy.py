"""Place events one by one where they clash least: the fallback, and a first hint."""

from __future__ import annotations

import numpy as np

from .assignment import Assignment, IntArray
from .problem import Problem
from .surroundings import Surroundings, rows_of

__all__ = ["place_one_by_one"]


def place_one_by_one(
    problem: Problem, assignment: Assignment, events: IntArray
) -> Assignment:
    """Give each event its least clashing placement, those with few options first.

    Parameters
    ----------
    problem
        The problem.
    assignment
        Placements so far; not changed. The given events are placed anew.
    events
        ``(num,)`` event indices.

    Returns
    -------
    Assignment
        With the events placed.
    """
    arrays = problem.arrays
    options = np.diff(arrays.time_ptr) * np.diff(arrays.room_ptr)
    free = np.zeros(arrays.num_events, bool)
    free[events] = True
    surroundings = Surroundings(assignment, free)
    placed = assignment.copy()
    for event in events[np.argsort(options[events], kind="stable")].tolist():
        time_pos, room_pos = _least(problem, surroundings, event)
        placed.time_pos[event], placed.room_pos[event] = time_pos, room_pos
        time, room = arrays.time_ids[time_pos], arrays.room_ids[room_pos]
        surroundings.fix(event, int(time), int(room))
    return placed


def _least(problem: Problem, surroundings: Surroundings, event: int) -> tuple[int, int]:
    """Positions of the time and room with least hard, then soft, cost."""
    arrays = problem.arrays
    times, rooms = rows_of(arrays.time_ptr, event), rows_of(arrays.room_ptr, event)
    hard, soft = surroundings.rate(
        event,
        arrays.time_ids[times].astype(np.int64),
        arrays.room_ids[rooms].astype(np.int64),
    )
    soft += arrays.time_cost[times][:, None] + arrays.room_cost[rooms][None, :]
    least = np.where(hard == hard.min(), soft, np.iinfo(np.int64).max)
    time, room = np.unravel_index(int(least.argmin()), least.shape)
    return times.start + int(time), rooms.start + int(room)

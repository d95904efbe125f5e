"""The mutable side of the search: one island's arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.model import MAX_GROUP, InstanceArrays

from .rng import seed_state

__all__ = ["MAX_CHAIN", "State", "new_state"]

MAX_CHAIN = 12
"""Most events that one chain moves."""

_EMPTY = 10**15


class State(NamedTuple):
    """One current assignment with the tables that make its moves cheap.

    Positions are indices into the option arrays of ``InstanceArrays``.

    Parameters
    ----------
    time_pos, room_pos
        ``(N,)`` int64, chosen positions.
    time_of, room_of
        ``(N,)`` int64, what stands there: time index, room index.
    room_use
        ``(R + 1, T)`` int16, events in the room that overlap the time, plus blocked.
    room_count
        ``(R + 1,)`` int64 events of each room.
    room_head, room_next, room_prev
        Doubly linked list of each room's events.
    time_hard, time_soft
        Per time option: violations and cost with the event's partners, if it met then.
    same_hard, same_soft
        ``(rows, R + 1)``: the same for rooms, rows by ``room_row``.
    far_hard, far_soft
        ``(N,)`` violations and cost by ways too long, as placed.
    list_value, list_parts
        ``(L,)`` value of each whole-list constraint, and its parts by differing week
        and day (in column 0 for types measured by week).
    list_cost
        ``(L, 2)`` hard and soft of those values.
    bundle_of
        ``(requests,)`` chosen bundle of each request, -1 none.
    enrolled
        ``(N,)`` students of each event.
    shared_ptr, shared_other, shared_count
        Events that share students and how many.
    cost
        ``(3,)``: graded hard violations, soft cost, students above limits.
    best_cost
        ``(2,)``: hard with limits, soft, of the best assignment seen.
    best_time, best_room, best_bundle
        That assignment.
    rng, stop
        ``(2,)`` uint64 generator; ``(1,)`` uint8, non-zero asks kernels to return.
    members, meetings, moved, log, marks, clash, option_hard, option_soft, places,
    counters
        Scratch space, the chain's stamps, and counters (0 moves tried, 1 accepted, 2
        chains tried, 3 accepted, 4 stamp, 5 a better assignment is not yet copied).
    """

    time_pos: NDArray[np.int64]
    room_pos: NDArray[np.int64]
    time_of: NDArray[np.int64]
    room_of: NDArray[np.int64]
    room_use: NDArray[np.int16]
    room_count: NDArray[np.int64]
    room_head: NDArray[np.int32]
    room_next: NDArray[np.int32]
    room_prev: NDArray[np.int32]
    time_hard: NDArray[np.int32]
    time_soft: NDArray[np.int64]
    same_hard: NDArray[np.int32]
    same_soft: NDArray[np.int64]
    far_hard: NDArray[np.int64]
    far_soft: NDArray[np.int64]
    list_value: NDArray[np.int64]
    list_parts: NDArray[np.int64]
    list_cost: NDArray[np.int64]
    bundle_of: NDArray[np.int64]
    enrolled: NDArray[np.int64]
    shared_ptr: NDArray[np.int64]
    shared_other: NDArray[np.int32]
    shared_count: NDArray[np.int32]
    cost: NDArray[np.int64]
    best_cost: NDArray[np.int64]
    best_time: NDArray[np.int64]
    best_room: NDArray[np.int64]
    best_bundle: NDArray[np.int64]
    rng: NDArray[np.uint64]
    stop: NDArray[np.uint8]
    members: NDArray[np.int64]
    meetings: NDArray[np.int64]
    moved: NDArray[np.int64]
    log: NDArray[np.int64]
    marks: NDArray[np.int64]
    clash: NDArray[np.int64]
    option_hard: NDArray[np.int64]
    option_soft: NDArray[np.int64]
    places: NDArray[np.int64]
    counters: NDArray[np.int64]


def new_state(arrays: InstanceArrays, seed: int) -> State:
    """Make a state: first options, nobody enrolled, tables not built."""
    events, rooms = arrays.num_events, arrays.num_rooms + 1
    related = int(arrays.room_row.max(initial=-1)) + 1
    longest = int(np.diff(arrays.list_ptr).max(initial=0)) + 1
    lists = int(np.diff(arrays.member_ptr).max(initial=0))
    options = int(np.diff(arrays.time_ptr).max(initial=1))

    def zeros(*shape: int) -> NDArray[np.int64]:
        return np.zeros(shape, np.int64)

    return State(
        time_pos=arrays.time_ptr[:-1].copy(),
        room_pos=arrays.room_ptr[:-1].copy(),
        time_of=zeros(events),
        room_of=zeros(events),
        room_use=np.zeros((rooms, len(arrays.weeks)), np.int16),
        room_count=zeros(rooms),
        room_head=np.full(rooms, -1, np.int32),
        room_next=np.full(events, -1, np.int32),
        room_prev=np.full(events, -1, np.int32),
        time_hard=np.zeros(len(arrays.time_ids), np.int32),
        time_soft=zeros(len(arrays.time_ids)),
        same_hard=np.zeros((related, rooms), np.int32),
        same_soft=zeros(related, rooms),
        far_hard=zeros(events),
        far_soft=zeros(events),
        list_value=zeros(len(arrays.list_code)),
        list_parts=zeros(len(arrays.list_week), arrays.num_days),
        list_cost=zeros(len(arrays.list_code), 2),
        bundle_of=np.full(arrays.num_requests, -1, np.int64),
        enrolled=zeros(events),
        shared_ptr=zeros(events + 1),
        shared_other=np.zeros(0, np.int32),
        shared_count=np.zeros(0, np.int32),
        cost=zeros(3),
        best_cost=np.full(2, _EMPTY, np.int64),
        best_time=arrays.time_ptr[:-1].copy(),
        best_room=arrays.room_ptr[:-1].copy(),
        best_bundle=np.full(arrays.num_requests, -1, np.int64),
        rng=seed_state(seed),
        stop=np.zeros(1, np.uint8),
        members=zeros(longest, 5),
        meetings=zeros(longest, 3),
        moved=zeros(lists),
        log=zeros(MAX_CHAIN + MAX_GROUP, 3),
        marks=zeros(events),
        clash=zeros(events + 1),
        option_hard=zeros(options),
        option_soft=zeros(options),
        places=zeros(3, 4),
        counters=zeros(8),
    )

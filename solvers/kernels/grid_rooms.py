"""Rooms of one period: augmenting paths of the bipartite graph of events and rooms.

References
----------
.. [1] Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval
   Research Logistics Quarterly 2, 83-97. doi:10.1002/nav.3800020109
"""

from __future__ import annotations

from numba import njit

__all__ = ["clear_path", "find_room", "free_a_room"]

_UNSEEN = -2
_ROOT = -1


@njit(cache=True)
def _visit(g, s, k, origin, size):
    """Queue the rooms of a class that were not seen yet; return the queue's size."""
    for i in range(g.room_ptr[k], g.room_ptr[k + 1]):
        r = g.rooms[i]
        if s.origin[r] == _UNSEEN:
            s.origin[r] = origin
            s.queue[size] = r
            size += 1
    return size


@njit(cache=True)
def find_room(g, s, k, q):
    """Room that could become free for an event of class ``k``, or -1.

    Nobody moves; :func:`clear_path` must follow at once to make it so.
    """
    for i in range(g.room_ptr[k], g.room_ptr[k + 1]):
        r = g.rooms[i]
        if s.cell[q, r] == -1:
            s.origin[r] = _ROOT
            return r
    for r in range(g.num_rooms):
        s.origin[r] = _UNSEEN
    size = _visit(g, s, k, _ROOT, 0)
    head = 0
    while head < size:
        r = s.queue[head]
        head += 1
        a = s.cell[q, r]
        if a == -1:
            return r
        if a >= 0:
            size = _visit(g, s, g.class_of[a], r, size)
    return -1


@njit(cache=True)
def clear_path(s, q, r):
    """Move events along the path to ``r``; return the room at its start, now free."""
    while s.origin[r] != _ROOT:
        before = s.origin[r]
        a = s.cell[q, before]
        s.cell[q, r] = a
        s.room_of[a] = r
        s.cell[q, before] = -1
        r = before
    return r


@njit(cache=True)
def free_a_room(g, s, k, q):
    """Room for an event of class ``k`` in a period, or -1.

    Events of the period may change rooms for it, which must cost nothing.
    """
    r = find_room(g, s, k, q)
    return clear_path(s, q, r) if r >= 0 else r

"""How much random moves change the soft cost, to choose temperatures by."""

from __future__ import annotations

from numba import njit

from .grid_tables import group_change, spread_change
from .rng import rand_int

__all__ = ["sample_grid_changes"]


@njit(cache=True, nogil=True)
def sample_grid_changes(g, s, changes):
    """Fill in soft changes above 0 of random single moves; return how many.

    ``changes`` is ``(n,)`` int64; ``n`` moves are drawn and none is made.
    """
    found = 0
    for _ in range(len(changes)):
        a = rand_int(s.rng, len(g.class_of))
        p = s.period_of[a]
        if p < 0:
            continue
        k = g.class_of[a]
        first = g.period_ptr[k]
        q = g.periods[first + rand_int(s.rng, g.period_ptr[k + 1] - first)]
        first = g.room_ptr[k]
        t = g.rooms[first + rand_int(s.rng, g.room_ptr[k + 1] - first)]
        change = spread_change(g, s, k, p, q, s.room_of[a], t)
        if p != q:
            change += group_change(g, s, k, -1, p, q)
        if change > 0:
            changes[found] = change
            found += 1
    return found

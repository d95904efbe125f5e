"""Find places for unplaced events, whatever it costs.

Annealing over partial timetables. An event counts the more the longer it waits, so
that those that are hard to place push out the others.

References
----------
.. [1] Morris, P. (1993). The breakout method for escaping from local minima. AAAI 93,
   40-45. (weights that grow where search is stuck)
"""

from __future__ import annotations

from numba import njit

from .grid_forcing import force
from .grid_periods import step_periods
from .grid_tables import note_best
from .rng import rand_float, rand_int

__all__ = ["insert_events"]

_HOT = 1e12


@njit(cache=True, nogil=True)
def insert_events(g, s, work, hard_temperature, growth, mixing):
    """Search until no event is unplaced or ``work`` steps are made.

    Parameters
    ----------
    g, s
        Packed problem and state; rooms cost nothing and no placed event clashes.
    work
        Steps.
    hard_temperature
        Of the test of an insertion, in events.
    growth
        What an unplaced event's weight gains in a step that draws it.
    mixing
        Share of steps that move a placed event instead.
    """
    steps = 0
    while steps < work and s.counters[2] > 0:
        steps += 1
        if steps & 1023 == 0 and s.stop[0]:
            break
        if rand_float(s.rng) < mixing:
            step_periods(g, s, _HOT, 0.1)
            continue
        a = s.pool[rand_int(s.rng, s.counters[2])]
        k = g.class_of[a]
        first = g.period_ptr[k]
        q = g.periods[first + rand_int(s.rng, g.period_ptr[k + 1] - first)]
        s.weight[a] += growth
        if force(g, s, a, q, _HOT, _HOT / hard_temperature):
            note_best(s)
    s.counters[0] += steps

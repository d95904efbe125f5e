"""Several annealings in the time of one, for islands beside one that takes its time.

Where a budget allows for more moves than an annealing can make use of, the best of
several short ones is better than a single long one; where it does not, or where slow
cooling pays, the long one is. Nobody knows beforehand, so islands do both.

References
----------
.. [1] Luby, M., Sinclair, A., Zuckerman, D. (1993). Optimal speedup of Las Vegas
   algorithms. Information Processing Letters 47, 173-180.
   doi:10.1016/0020-0190(93)90029-9
"""

from __future__ import annotations

__all__ = ["Turns"]

_PROBE = 0.005
"""Part of the schedule after which the pace is known."""


class Turns:
    """Positions in the annealings that an island makes one after the other.

    Their number is fixed once the pace is known, from moves and the position alone, so
    that a run under a work limit repeats itself.

    Parameters
    ----------
    fewest_moves
        Moves that an annealing takes at least, > 0.
    end
        Position in the island's schedule at which the last annealing is over, in
        (0, 1]; what is left then goes on cold.
    most
        Most annealings, >= 1.
    """

    def __init__(self, fewest_moves: int, end: float, most: int) -> None:
        self._fewest_moves = fewest_moves
        self._end = end
        self._most = most
        self._first: tuple[float, int] | None = None
        self._num = 0

    @property
    def num(self) -> int:
        """Annealings, 0 before it is known."""
        return self._num

    def is_on(self, number: int) -> bool:
        """Whether one of several annealings goes on in this one."""
        return self._num > 1 and number < self._num

    def locate(self, fraction: float, moves: int) -> tuple[int, float]:
        """Tell where an island stands.

        Parameters
        ----------
        fraction
            Its position in the whole schedule, in [0, 1], never falling.
        moves
            Moves that it has tried so far.

        Returns
        -------
        tuple
            Number of the annealing, from 0, and the position in it, in [0, 1]. What
            follows the last counts as one more, at the position in the whole schedule.
        """
        if self._first is None:
            self._first = fraction, moves
        begin, before = self._first
        passed = fraction - begin
        if not self._num and passed >= _PROBE:
            self._num = self._count((moves - before) / passed)
        if self._num <= 1:
            return 0, fraction
        if fraction >= self._end:
            return self._num, fraction
        turns = self._num * passed / (self._end - begin)
        number = min(int(turns), self._num - 1)
        return number, min(1.0, turns - number)

    def _count(self, moves_in_all: float) -> int:
        """How many annealings the whole schedule has time for."""
        assert self._first is not None
        share = max(0.0, self._end - self._first[0])
        return max(1, min(self._most, int(share * moves_in_all / self._fewest_moves)))

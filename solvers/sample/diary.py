"""Who is where in which hour, while a timetable is planted.

The week has 50 hours, ten on each of five days, as the bits of one integer. Weeks are A
or B; what takes place in all weeks fills both.
"""

from __future__ import annotations

__all__ = ["ALL_WEEKS", "DAYS", "HOURS", "WEEK_A", "WEEK_B", "Diary", "span"]

DAYS, HOURS = 5, 10
WEEK_A, WEEK_B, ALL_WEEKS = 1, 2, 3


def span(day: int, hour: int, hours: int) -> int:
    """Bits of some hours in a row."""
    return ((1 << hours) - 1) << (day * HOURS + hour)


class Diary:
    """The hours of one person, group or room.

    Parameters
    ----------
    closed
        Bits of hours that are never free.
    hours_per_day, hours_per_week
        Most hours that may be filled.
    """

    def __init__(
        self,
        closed: int = 0,
        hours_per_day: int = HOURS,
        hours_per_week: int = DAYS * HOURS,
    ) -> None:
        self._closed = closed
        self._busy = [0, 0]
        self._where: dict[tuple[int, int], int] = {}
        self._per_day = hours_per_day
        self._per_week = hours_per_week

    @property
    def hours(self) -> int:
        """Hours filled in the fuller of the two weeks."""
        return max(busy.bit_count() for busy in self._busy)

    def busy(self, weeks: int) -> int:
        """Bits of hours that are not free in some of the weeks."""
        taken = self._closed
        for week in (0, 1):
            if weeks >> week & 1:
                taken |= self._busy[week]
        return taken

    def has_room_for(self, day: int, hours: int, weeks: int) -> bool:
        """Whether some more hours stay within the limit of the day."""
        today = span(day, 0, HOURS)
        return all(
            (busy & today).bit_count() + hours <= self._per_day
            for week, busy in enumerate(self._busy)
            if weeks >> week & 1
        )

    def can_take(self, hours: int, weeks: int) -> bool:
        """Whether some more hours stay within the limit of the week."""
        return all(
            busy.bit_count() + hours <= self._per_week
            for week, busy in enumerate(self._busy)
            if weeks >> week & 1
        )

    def neighbors(self, day: int, hour: int, hours: int, weeks: int) -> set[int]:
        """Buildings of the meetings right before and right after some hours."""
        found = set()
        for near in (hour - 1, hour + hours):
            if 0 <= near < HOURS:
                for week in (0, 1):
                    key = (week, day * HOURS + near)
                    if weeks >> week & 1 and key in self._where:
                        found.add(self._where[key])
        return found

    def fill(self, day: int, hour: int, hours: int, weeks: int, building: int) -> None:
        """Note a meeting."""
        for week in (0, 1):
            if weeks >> week & 1:
                self._busy[week] |= span(day, hour, hours)
                for at in range(day * HOURS + hour, day * HOURS + hour + hours):
                    self._where[week, at] = building

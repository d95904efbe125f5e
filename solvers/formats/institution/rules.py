"""What an institution's timetable must and should keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from solvers.model import Constraint

from .grid import Grid
from .index import Index, Leaf
from .meetings import Meeting
from .schema import Faculty, Institution

__all__ = ["constraints_of"]

_MINUTES_PER_HOUR = 60


def constraints_of(
    institution: Institution,
    grid: Grid,
    index: Index,
    meetings: Sequence[Meeting],
    events_of: Sequence[Sequence[int]],
) -> tuple[Constraint, ...]:
    """Constraints over events, hard ones of each family before its soft ones.

    Parameters
    ----------
    institution, grid, index
        The institution, its compiled grid and its positions by id.
    meetings
        What each event is, by event index.
    events_of
        Event indices of every section, by position, in the order of meetings.
    """
    rules = _Rules(institution, grid, index, meetings)
    found: list[Constraint] = []
    for position, events in enumerate(events_of):
        found += rules.of_section(position, events, _parent(index, events_of, position))
    taught: dict[str, list[int]] = defaultdict(list)
    for position, section in enumerate(institution.sections):
        for person in section.faculty:
            taught[person] += events_of[position]
    for teacher in institution.faculty:
        found += rules.of_faculty(teacher, taught[teacher.id])
    for leaf in index.leaves:
        events = [e for s in index.sections_of(leaf) for e in events_of[s]]
        found += rules.of_leaf(leaf, events)
    return tuple(found)


def _parent(
    index: Index, events_of: Sequence[Sequence[int]], position: int
) -> Sequence[int]:
    parent = index.parent_of(position)
    return () if parent is None else events_of[parent]


class _Rules:
    def __init__(
        self,
        institution: Institution,
        grid: Grid,
        index: Index,
        meetings: Sequence[Meeting],
    ) -> None:
        self._institution = institution
        self._index = index
        self._limits = institution.limits
        self._grid = grid
        self._meetings = meetings
        self._pause = grid.slots(institution.time_grid.pause_minutes)

    def of_section(
        self, position: int, events: Sequence[int], parent: Sequence[int]
    ) -> Iterator[Constraint]:
        section = self._institution.sections[position]
        own = tuple(events)
        if len(own) > 1:
            component = self._index.component_of(section)
            assert component is not None
            if not component.same_day:
                yield _hard("DifferentDays", own, section.id)
            elif not section.faculty and not section.batches:
                yield _hard("SameAttendees", own, section.id)
            yield _soft("RoomStability", own, "room_stability", section.id)
        for event in own:
            for above in parent:
                yield _hard("SameAttendees", (above, event), section.id)

    def of_faculty(
        self, person: Faculty, events: Sequence[int]
    ) -> Iterator[Constraint]:
        if not events:
            return
        own, label = tuple(events), person.name or person.id
        limits = self._limits
        if len(own) > 1:
            yield _hard("SameAttendees", own, label)
        per_day = person.max_hours_per_day or limits.faculty_max_hours_per_day
        if per_day is not None:
            yield _hard("MaxDayLoad", own, label, self._slots(per_day))
        if len(own) > 1:
            yield _soft("Gaps", own, "instructor_gaps", label, self._pause)
            days = self._possible_days(own)
            yield _soft("EvenDayLoad", own, "load_balance", label, days)
        longest = person.max_consecutive_hours or limits.faculty_max_consecutive_hours
        if longest is not None and len(own) > 1:
            block = (self._slots(longest), self._pause)
            yield _soft("MaxBlock", own, "long_blocks", label, *block)
        yield from self._lunch(own, label)

    def of_leaf(self, leaf: Leaf, events: Sequence[int]) -> Iterator[Constraint]:
        if not events:
            return
        own = tuple(events)
        if len(own) > 1:
            yield _hard("SameAttendees", own, leaf.name)
        per_day = self._limits.batch_max_hours_per_day
        if per_day is not None:
            yield _hard("MaxDayLoad", own, leaf.name, self._slots(per_day))
        if len(own) > 1:
            yield _soft("Gaps", own, "student_gaps", leaf.name, self._pause)
            yield _soft("IsolatedMeetings", own, "isolated_classes", leaf.name)
        yield from self._lunch(own, leaf.name)

    def _slots(self, hours: float) -> int:
        return self._grid.slots(hours * _MINUTES_PER_HOUR)

    def _lunch(self, events: tuple[int, ...], label: str) -> Iterator[Constraint]:
        lunch = self._institution.time_grid.lunch
        if lunch is not None:
            window = self._grid.slot(lunch.start), self._grid.slot(lunch.end)
            length = -(-lunch.minutes // self._grid.slot_minutes)
            yield _soft("LunchBreak", events, "lunch_break", label, *window, length)

    def _possible_days(self, events: Sequence[int]) -> int:
        """Days over which these meetings can be spread."""
        days = {t.days for e in events for t in self._meetings[e].times}
        return min(len(days), len(events))


def _hard(kind: str, events: tuple[int, ...], label: str, *params: int) -> Constraint:
    return Constraint(kind, events, required=True, params=params, label=label)


def _soft(
    kind: str, events: tuple[int, ...], criterion: str, label: str, *params: int
) -> Constraint:
    return Constraint(kind, events, False, 1, params, criterion=criterion, label=label)

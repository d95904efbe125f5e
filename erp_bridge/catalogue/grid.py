"""The weekly grid: from a configuration, from time slots, or assumed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import time
from itertools import pairwise

from solvers.formats.institution import Day, Interval, Lunch, Period, TimeGrid

from .findings import Findings
from .snapshot import Slot, Snapshot, Week

__all__ = ["clock", "day_named", "grid_of", "minutes_of", "period_minutes"]

_DAYS = tuple(Day)
_NOON = (12 * 60, 14 * 60)
_LUNCH_MINUTES = 45
_SHORTEST_BREAK = 30
_Span = tuple[int, int]

_ASSUMED = Week(
    working_days=6,
    slots_per_day=8,
    start_time=time(8),
    end_time=time(17),
    slot_duration_minutes=60,
    lunch_break_enabled=True,
    lunch_break_start=time(13),
    lunch_break_end=time(14),
)


def clock(minutes: int) -> str:
    """Time of day of minutes since midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minutes_of(text: str) -> int:
    """Minutes since midnight of a time of day."""
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def day_named(name: str) -> Day | None:
    """Day of a name such as ``monday`` or ``Mon``, None if it is none."""
    short = name.strip()[:3].capitalize()
    return Day(short) if short in _DAYS else None


def period_minutes(grid: TimeGrid) -> int:
    """Length of the grid's first period; what the ERP calls an hour."""
    first = grid.periods[0]
    return minutes_of(first.end) - minutes_of(first.start)


def grid_of(snapshot: Snapshot, findings: Findings) -> TimeGrid:
    """Lay out the week.

    What was asked for decides, else the configuration, the slots, or the default.
    """
    if snapshot.week is not None:
        return _configured(snapshot.week)
    if snapshot.configuration is not None:
        return _configured(snapshot.configuration)
    if snapshot.slots and (grid := _of_slots(snapshot.slots, findings)) is not None:
        return grid
    detail = "There are neither time slots nor a configuration; the usual week is used."
    findings.warn("time_grid_assumed", "/timeslots", detail)
    return _configured(_ASSUMED)


def _configured(configuration: Week) -> TimeGrid:
    begin, end = _span(configuration.start_time, configuration.end_time)
    breaks = []
    if configuration.lunch_break_enabled and configuration.lunch_break_start:
        lunch_end = configuration.lunch_break_end or configuration.lunch_break_start
        breaks = [_span(configuration.lunch_break_start, lunch_end)]
    step = configuration.slot_duration_minutes
    spans: list[_Span] = []
    at = begin
    while at + step <= end and len(spans) < configuration.slots_per_day:
        meets = [off for off in breaks if at < off[1] and off[0] < at + step]
        if not meets:
            spans.append((at, at + step))
        at = meets[0][1] if meets else at + step
    days = _DAYS[: configuration.working_days]
    return _grid(
        days, spans, [Interval(start=clock(a), end=clock(b)) for a, b in breaks]
    )


def _of_slots(slots: Sequence[Slot], findings: Findings) -> TimeGrid | None:
    open_on: dict[_Span, set[Day]] = defaultdict(set)
    days: set[Day] = set()
    for slot in slots:
        day, span = day_named(slot.day_of_week), _span(slot.start_time, slot.end_time)
        if day is None or span[0] >= span[1]:
            detail = f"No slot: {slot.day_of_week} {slot.start_time}-{slot.end_time}."
            findings.warn("slot_not_used", "/timeslots", detail)
            continue
        if slot.is_available and not (slot.is_break or slot.is_lunch):
            open_on[span].add(day)
            days.add(day)
    spans = _disjoint(sorted(open_on), findings)
    if not spans:
        return None
    ordered = tuple(day for day in _DAYS if day in days)
    closed = [
        Interval(
            days=tuple(day for day in ordered if day not in open_on[span]),
            start=clock(span[0]),
            end=clock(span[1]),
        )
        for span in spans
        if open_on[span] != days
    ]
    return _grid(ordered, spans, [*_gaps(spans), *closed])


def _disjoint(spans: Iterable[_Span], findings: Findings) -> list[_Span]:
    kept: list[_Span] = []
    for span in spans:
        if kept and span[0] < kept[-1][1]:
            detail = f"The slot {clock(span[0])}-{clock(span[1])} overlaps another."
            findings.warn("slot_not_used", "/timeslots", detail)
        else:
            kept.append(span)
    return kept


def _gaps(spans: Sequence[_Span]) -> list[Interval]:
    """Long stretches between periods, over which no block of periods goes."""
    return [
        Interval(start=clock(before[1]), end=clock(after[0]))
        for before, after in pairwise(spans)
        if after[0] - before[1] >= _SHORTEST_BREAK
    ]


def _grid(
    days: Sequence[Day], spans: Sequence[_Span], breaks: Sequence[Interval]
) -> TimeGrid:
    bounds = [minute for span in spans for minute in span]
    for off in breaks:
        bounds += [minutes_of(off.start), minutes_of(off.end)]
    return TimeGrid(
        weeks=1,
        days=tuple(days),
        day_start=clock(min(bounds)),
        day_end=clock(max(bounds)),
        slot_minutes=5 if all(minute % 5 == 0 for minute in bounds) else 1,
        periods=tuple(Period(start=clock(a), end=clock(b)) for a, b in spans),
        lunch=None if _has_noon_break(spans) else Lunch(minutes=_LUNCH_MINUTES),
        breaks=tuple(breaks),
    )


def _has_noon_break(spans: Sequence[_Span]) -> bool:
    """Whether some lunch time is free by the grid itself."""
    inside = [span for span in spans if span[0] < _NOON[1] and span[1] > _NOON[0]]
    taught = sum(min(b, _NOON[1]) - max(a, _NOON[0]) for a, b in inside)
    return _NOON[1] - _NOON[0] - taught >= _LUNCH_MINUTES


def _span(start: time, end: time) -> _Span:
    begin, until = (60 * t.hour + t.minute for t in (start, end))
    return begin, until or 24 * 60

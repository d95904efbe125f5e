"""Scores of 0 to 100 that the ERP shows: absolute, from a timetable's entries. Pure.

No score depends on another variant or on weights: a variant gets the same one in
whatever company. With ``h`` hard violations the overall score is ``50 / (1 + h)``, at
most 25; without any it is 50 and half of

    0.4 clash-free students + 0.25 compactness + 0.2 workload balance + 0.15 seats used

each of 0 to 100, so that whatever breaks a rule stands below whatever breaks none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Any

from erp_bridge.conflicts import find_conflicts

__all__ = ["Scores", "scores_of"]

GAP_POINTS_PER_HOUR = 20.0
_SHARES = {
    "student_clash": 0.4,
    "compactness": 0.25,
    "workload_balance": 0.2,
    "room_utilization": 0.15,
}

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores of a timetable, each 0 to 100, and its clashes.

    Parameters
    ----------
    overall
        See the module.
    student_clash
        Share of attendances, student by student, that are in no clash.
    compactness
        100 minus 20 for every idle hour between the first and last class that a student
        or batch has on an average day.
    workload_balance
        100 where all who teach have equal hours on all days they teach, 0 where the
        deviation is as large as the mean.
    room_utilization
        Seats filled, on average over all meetings in rooms.
    clashes
        Clashes by kind, see ``erp_bridge.conflicts``.
    unplaced
        Meetings without a time.
    """

    overall: float
    student_clash: float
    compactness: float
    workload_balance: float
    room_utilization: float
    clashes: Mapping[str, int]
    unplaced: int

    @property
    def num_conflicts(self) -> int:
        """Clashes of all kinds, students' among them, and meetings without a time."""
        return sum(self.clashes.values()) + self.unplaced


def scores_of(entries: Sequence[Entry], hard_violations: int) -> Scores:
    """Score a timetable.

    Parameters
    ----------
    entries
        Its stored entries, with what is kept of them.
    hard_violations
        What the verifier counted, >= 0.
    """
    placed = [entry for entry in entries if entry["day"] is not None]
    conflicts = find_conflicts(entries)
    clashes: dict[str, int] = defaultdict(int)
    for conflict in conflicts:
        students = conflict["kind"] == "student"
        clashes[conflict["kind"]] += conflict["count"] if students else 1
    parts = {
        "student_clash": _without_clash(placed, clashes["student"]),
        "compactness": _compactness(placed),
        "workload_balance": _balance(placed),
        "room_utilization": _seats(placed),
    }
    quality = sum(_SHARES[name] * value for name, value in parts.items())
    overall = 50 / (1 + hard_violations) if hard_violations else 50 + quality / 2
    return Scores(
        overall=round(overall, 2),
        clashes={kind: count for kind, count in clashes.items() if count},
        unplaced=len(entries) - len(placed),
        **{name: round(value, 2) for name, value in parts.items()},
    )


def _without_clash(entries: Sequence[Entry], num_clashes: int) -> float:
    attendances = sum(len(entry["student_ids"]) for entry in entries)
    # A clash of one student spoils two attendances.
    spoiled = 2 * num_clashes / attendances if attendances else 0.0
    return 100 * max(0.0, 1 - spoiled)


def _days(
    entries: Iterable[Entry], who: Callable[[Entry], Iterable[str]]
) -> dict[tuple[str, int], list[Entry]]:
    """Entries of everybody by day."""
    days: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in who(entry):
            days[name, entry["day"]].append(entry)
    return days


def _compactness(entries: Sequence[Entry]) -> float:
    def attending(entry: Entry) -> list[str]:
        return list(entry["student_ids"] or entry["group_ids"])

    days = _days(entries, attending)
    idle = fmean(map(_idle_hours, days.values())) if days else 0.0
    return max(0.0, 100 - GAP_POINTS_PER_HOUR * idle)


def _idle_hours(day: Sequence[Entry]) -> float:
    idle, busy_until = 0.0, 0.0
    for start, end in sorted(
        (_hour(e["start_time"]), _hour(e["end_time"])) for e in day
    ):
        idle += max(0.0, start - busy_until) if busy_until else 0.0
        busy_until = max(busy_until, end)
    return idle


def _balance(entries: Sequence[Entry]) -> float:
    loads: dict[str, list[float]] = defaultdict(list)
    for (name, _), day in _days(entries, lambda e: e["instructor_ids"]).items():
        loads[name].append(sum(_hours(entry) for entry in day))
    uneven = [pstdev(hours) / fmean(hours) for hours in loads.values()]
    return 100 * max(0.0, 1 - fmean(uneven)) if uneven else 100.0


def _seats(entries: Sequence[Entry]) -> float:
    filled = [
        min(1.0, entry["enrolled"] / entry["room_capacity"])
        for entry in entries
        if entry["room_capacity"]
    ]
    return 100 * fmean(filled) if filled else 0.0


def _hours(entry: Entry) -> float:
    return _hour(entry["end_time"]) - _hour(entry["start_time"])


def _hour(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60

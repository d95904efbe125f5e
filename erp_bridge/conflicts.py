"""Clashes of a timetable, found from its entries alone. Pure.

Independent of the engine, its verifier and its kernels: an entry says who and what is
where at which hour, and two entries at one hour that share somebody or something are a
clash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["KINDS", "find_conflicts"]

Entry = Mapping[str, Any]

KINDS = ("instructor", "room", "student_group", "student", "equipment")
"""What may clash."""

MAX_STUDENTS_NAMED = 20
_SHARED: Mapping[str, Callable[[Entry], Iterable[str]]] = {
    "instructor": lambda entry: entry["instructor_ids"],
    "room": lambda entry: [entry["room_id"]] if entry["room_id"] else [],
    "student_group": lambda entry: entry["group_ids"],
    "student": lambda entry: entry["student_ids"],
}


def find_conflicts(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return all clashes, by kind and then by weekday and hour; JSON-ready.

    Parameters
    ----------
    entries
        All entries of one timetable, with what is kept of them. Those without a time
        clash with nothing.

    Returns
    -------
    list of dict
        ``kind`` (one of :data:`KINDS`), ``ids`` (who or what is wanted twice), ``day``,
        ``start_time``, ``end_time`` (the hours of the clash), ``weeks`` and ``entries``
        (who meets then). Students are counted, and the first few named. Equipment has
        ``needed`` and ``available`` units.
    """
    placed = [entry for entry in entries if entry["day"] is not None]
    found = [
        conflict
        for kind, shared in _SHARED.items()
        for conflict in _pairs(kind, placed, shared)
    ]
    found += _equipment(placed)
    return sorted(found, key=_order)


def _order(conflict: Mapping[str, Any]) -> tuple[Any, ...]:
    first = conflict["entries"][0]
    return (
        KINDS.index(conflict["kind"]),
        conflict["day"],
        conflict["start_time"],
        first["section_id"],
        first["meeting"],
    )


def _pairs(
    kind: str, entries: Sequence[Entry], shared: Callable[[Entry], Iterable[str]]
) -> Iterator[dict[str, Any]]:
    """Yield every pair that meets at once and shares something, once."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        for name in dict.fromkeys(shared(entry)):
            wanted[name].append(index)
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, indices in wanted.items():
        for pair in _at_once(entries, indices):
            names[pair].append(name)
    for (a, b), both in names.items():
        yield _conflict(kind, sorted(both), entries[a], entries[b])


def _at_once(
    entries: Sequence[Entry], indices: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of entries that overlap: a sweep over the hours of each day."""
    by_start = sorted(indices, key=lambda i: (entries[i]["day"], _begin(entries[i])))
    running: list[int] = []
    for index in by_start:
        entry = entries[index]
        running = [i for i in running if _goes_on(entries[i], entry)]
        for other in running:
            if _weeks(entries[other], entry):
                yield (other, index) if other < index else (index, other)
        running.append(index)


def _goes_on(earlier: Entry, entry: Entry) -> bool:
    return bool(earlier["day"] == entry["day"] and earlier["end_time"] > _begin(entry))


def _begin(entry: Entry) -> str:
    return str(entry["start_time"])


def _weeks(*entries: Entry) -> str | None:
    """Weeks in which all of them meet, None if there is none."""
    columns = zip(*(entry["weeks"] for entry in entries), strict=True)
    weeks = "".join("1" if set(column) == {"1"} else "0" for column in columns)
    return weeks if "1" in weeks else None


def _conflict(kind: str, ids: Sequence[str], a: Entry, b: Entry) -> dict[str, Any]:
    named = ids[:MAX_STUDENTS_NAMED] if kind == "student" else ids
    return {
        "kind": kind,
        "ids": list(named),
        "count": len(ids),
        **_when(a, b),
        "entries": [_named(a), _named(b)],
    }


def _when(*entries: Entry) -> dict[str, Any]:
    return {
        "day": entries[0]["day"],
        "start_time": max(_begin(entry) for entry in entries),
        "end_time": min(str(entry["end_time"]) for entry in entries),
        "weeks": _weeks(*entries),
    }


def _named(entry: Entry) -> dict[str, Any]:
    names = ("section_id", "meeting", "name", "course_code", "room_id")
    return {name: entry[name] for name in names}


def _equipment(entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """Yield every hour at which a room's equipment is not enough for who is in it."""
    users: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in entry["equipment"]:
            if entry["room_id"]:
                users[entry["room_id"], name].append(entry)
    for (room, name), own in users.items():
        for together in _together(own):
            needed = sum(entry["equipment"][name] for entry in together)
            available = together[0]["room_equipment"].get(name, 0)
            if needed > available:
                yield {
                    "kind": "equipment",
                    "ids": [f"{room}/{name}"],
                    "count": 1,
                    **_when(*together),
                    "needed": needed,
                    "available": available,
                    "entries": [_named(entry) for entry in together],
                }


def _together(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    """Entries that meet at once, at every moment and week in which one begins."""
    found: dict[tuple[int, ...], Sequence[Entry]] = {}
    for entry in entries:
        running = [
            index
            for index, other in enumerate(entries)
            if other["start_time"] <= _begin(entry) and _goes_on(other, entry)
        ]
        for week in _weeks_of(entry):
            now = tuple(i for i in running if entries[i]["weeks"][week] == "1")
            found.setdefault(now, [entries[i] for i in now])
    return list(found.values())


def _weeks_of(entry: Entry) -> list[int]:
    return [week for week, meets in enumerate(entry["weeks"]) if meets == "1"]

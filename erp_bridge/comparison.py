"""The difference of two variants, and which variants no other beats. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["compare", "pareto_front"]

_IDENTITY = ("section_id", "meeting")
_PLACE = ("day", "start_time", "end_time", "weeks", "room_id")

Entry = Mapping[str, Any]


def _by_identity(entries: Sequence[Entry]) -> dict[tuple[Any, ...], Entry]:
    return {tuple(e.get(key) for key in _IDENTITY): e for e in entries}


def _place(entry: Entry) -> dict[str, Any]:
    return {key: entry.get(key) for key in _PLACE}


def _moved(a: Entry, b: Entry) -> dict[str, Any]:
    named = {key: a.get(key) for key in (*_IDENTITY, "course_code", "course_name")}
    return {**named, "a": _place(a), "b": _place(b)}


def compare(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Compare two stored variants that carry their entries.

    Parameters
    ----------
    a, b
        Variants with ``number``, ``criteria``, ``cost`` and ``entries``.

    Returns
    -------
    dict
        ``moved`` (same meeting, other place), ``only_in_a``, ``only_in_b``,
        ``unchanged`` (a count) and ``criteria_deltas`` (b minus a).
    """
    in_a, in_b = _by_identity(a["entries"]), _by_identity(b["entries"])
    shared = [key for key in in_a if key in in_b]
    moved = [key for key in shared if _place(in_a[key]) != _place(in_b[key])]
    names = dict.fromkeys([*a["criteria"], *b["criteria"]])
    return {
        "a": a["number"],
        "b": b["number"],
        "unchanged": len(shared) - len(moved),
        "moved": [_moved(in_a[key], in_b[key]) for key in moved],
        "only_in_a": [in_a[key] for key in in_a if key not in in_b],
        "only_in_b": [in_b[key] for key in in_b if key not in in_a],
        "criteria_deltas": {
            name: b["criteria"].get(name, 0) - a["criteria"].get(name, 0)
            for name in names
        },
    }


def _dominates(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    if a["hard_violations"] != b["hard_violations"]:
        return bool(a["hard_violations"] < b["hard_violations"])
    names = set(a["criteria"]) | set(b["criteria"])
    pairs = [(a["criteria"].get(n, 0), b["criteria"].get(n, 0)) for n in names]
    return all(x <= y for x, y in pairs) and any(x < y for x, y in pairs)


def pareto_front(variants: Sequence[Mapping[str, Any]]) -> list[int]:
    """Numbers of the variants that no other is at least as good as in everything.

    Parameters
    ----------
    variants
        Summaries with ``number``, ``hard_violations`` (a count) and ``criteria``.
    """
    return [
        v["number"]
        for v in variants
        if not any(_dominates(other, v) for other in variants)
    ]

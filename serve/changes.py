"""What a publication changes for those who follow the timetable. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from erp_bridge.comparison import compare
from erp_bridge.entries import shown

__all__ = ["changes_of"]

Entry = Mapping[str, Any]
_TEAM = ("instructor_ids", "instructor_names")


def changes_of(
    before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> dict[str, Any]:
    """Compare what was live with what replaces it.

    Parameters
    ----------
    before, after
        Timetables with ``timetable_id``, ``published_at``, ``number``, ``criteria`` and
        ``entries``; nothing was live where ``before`` is None.

    Returns
    -------
    dict
        ``against`` (what was live), ``moved`` (other time or room), ``reassigned``
        (other instructors), ``added``, ``removed``, ``unchanged`` (a count of places),
        ``criteria_deltas`` and ``affected``: the instructors and batches concerned.
    """
    nothing: Mapping[str, Any] = {"number": None, "criteria": {}, "entries": []}
    old = before or nothing
    difference = compare(old, after)
    moved = [
        {
            **{k: m[k] for k in m if k not in ("a", "b")},
            "before": m["a"],
            "after": m["b"],
        }
        for m in difference["moved"]
    ]
    reassigned = _reassigned(old["entries"], after["entries"])
    added, removed = difference["only_in_b"], difference["only_in_a"]
    touched = {_key(item) for item in (*moved, *reassigned, *added, *removed)}
    concerned = [e for e in (*old["entries"], *after["entries"]) if _key(e) in touched]
    return {
        "against": _name(before),
        "unchanged": difference["unchanged"],
        "moved": moved,
        "reassigned": reassigned,
        "added": [shown(entry) for entry in added],
        "removed": [shown(entry) for entry in removed],
        "criteria_deltas": {} if before is None else difference["criteria_deltas"],
        "affected": {
            "faculty": _all(concerned, "instructor_ids"),
            "batches": _all(concerned, "batch_ids"),
        },
    }


def _name(before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if before is None:
        return None
    return {
        "timetable_id": before["timetable_id"],
        "variant_number": before["number"],
        "published_at": before["published_at"],
    }


def _key(item: Entry) -> tuple[Any, Any]:
    return item["section_id"], item["meeting"]


def _reassigned(old: Sequence[Entry], new: Sequence[Entry]) -> list[dict[str, Any]]:
    taught = {_key(entry): entry for entry in old}
    return [
        {
            "section_id": entry["section_id"],
            "meeting": entry["meeting"],
            "course_code": entry.get("course_code"),
            "before": {name: was[name] for name in _TEAM},
            "after": {name: entry[name] for name in _TEAM},
        }
        for entry in new
        if (was := taught.get(_key(entry))) is not None
        and sorted(was["instructor_ids"]) != sorted(entry["instructor_ids"])
    ]


def _all(entries: Iterable[Entry], member: str) -> list[str]:
    return sorted({name for entry in entries for name in entry[member]})

"""Diagnoses in words, and as plain values for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from solvers.explanation import Words
from solvers.model import Instance

from .correcting import Correction, Removal
from .diagnose import Diagnosis
from .elements import Element, ElementKind
from .minimizing import Conflict
from .placing import Verdict

__all__ = ["diagnosis_to_dict", "element_text", "summary_text"]


def element_text(instance: Instance, element: Element) -> str:
    """Say what an element demands."""
    words = Words(instance)
    match element.kind:
        case ElementKind.CONSTRAINT:
            return words.constraint(instance.constraints[element.index])
        case ElementKind.PLACEMENT:
            return f"{words.event(element.index)} is placed{_choice(instance, element)}"
        case ElementKind.CLOSING:
            return f"room {words.room(element.index)} is closed at times"
        case ElementKind.ROOMS:
            return "events need their rooms, and a room holds one event at a time"


def _choice(instance: Instance, element: Element) -> str:
    """The choice that an event has, where that is little."""
    event, words = instance.events[element.index], Words(instance)
    parts = []
    if len(event.times) == 1:
        parts.append(f"only {words.time(event.times[0].time)}")
    if len(event.rooms) == 1:
        parts.append(f"only in {words.room(event.rooms[0].room)}")
    return f" ({', '.join(parts)})" if parts else ""


def summary_text(instance: Instance, diagnosis: Diagnosis) -> str:
    """One paragraph: whether it can work, and how far that is proved."""
    correction = diagnosis.correction
    if diagnosis.verdict is Verdict.FEASIBLE:
        return "A timetable that keeps every required rule exists; one was found."
    if correction is None:
        return "No timetable can keep every required rule."
    gone = len(correction.removals)
    found = f"{gone} element{'s' if gone > 1 else ''}" if gone else "nothing"
    if diagnosis.verdict is Verdict.UNKNOWN:
        return (
            f"No timetable that keeps every required rule was found in time. Without "
            f"{found} there is one; whether all of that has to go is not proved."
        )
    proof = (
        "each of them is needed, as was proved"
        if correction.minimal
        else "time was over before each of them was proved to be needed"
    )
    return (
        f"No timetable can keep every required rule. Without {found} there is one, as "
        f"was checked; {proof}."
    )


def diagnosis_to_dict(instance: Instance, diagnosis: Diagnosis) -> dict[str, Any]:
    """Say a diagnosis in plain values, with the instance's own ids."""
    reduction = diagnosis.reduction
    before, after = reduction.num_options
    return {
        "verdict": diagnosis.verdict.value,
        "summary": summary_text(instance, diagnosis),
        "issues": [asdict(issue) for issue in diagnosis.issues],
        "reduction": {
            "options_before": before,
            "options_after": after,
            "removed": dict(reduction.removed),
            "events_without_option": [
                instance.events[event].id for event in reduction.impossible
            ],
            "seconds": round(reduction.seconds, 3),
        },
        "correction": _correction(instance, diagnosis.correction),
        "seconds": round(diagnosis.seconds, 3),
    }


def _correction(
    instance: Instance, correction: Correction | None
) -> dict[str, Any] | None:
    if correction is None or not correction.removals:
        return None
    return {
        "minimal": correction.minimal,
        "removals": [_removal(instance, r) for r in correction.removals],
    }


def _removal(instance: Instance, removal: Removal) -> dict[str, Any]:
    return {
        **_element(instance, removal.element),
        "needed": removal.needed,
        "conflict": _conflict(instance, removal.conflict),
    }


def _conflict(instance: Instance, conflict: Conflict | None) -> dict[str, Any] | None:
    if conflict is None:
        return None
    return {
        "minimal": conflict.minimal,
        "elements": [_element(instance, element) for element in conflict.elements],
    }


def _element(instance: Instance, element: Element) -> dict[str, Any]:
    said = {"kind": str(element.kind), "text": element_text(instance, element)}
    match element.kind:
        case ElementKind.CONSTRAINT:
            constraint = instance.constraints[element.index]
            return said | {
                "index": element.index,
                "type": constraint.type,
                "label": constraint.label,
                "events": [instance.events[e].id for e in constraint.events],
            }
        case ElementKind.PLACEMENT:
            return said | {"event": instance.events[element.index].id}
        case ElementKind.CLOSING:
            return said | {"room": instance.rooms[element.index].id}
        case ElementKind.ROOMS:
            return said

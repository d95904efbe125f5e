"""What the ERP keeps of a result under ``timetable_data``. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .entries import reference_entries
from .scores import Scores, scores_of
from .term_keys import ErpFacts, TermKeys

__all__ = ["MAX_STUDENT_NAMES", "result_view", "timetable_data"]

MAX_STUDENT_NAMES = 500_000
"""Students named in the entries of all variants together; beyond, none is."""


def timetable_data(
    job_id: str,
    variants: Sequence[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]],
    keys: TermKeys,
    facts: ErpFacts,
    generated_at: datetime,
) -> dict[str, Any]:
    """Compose the members that are merged into the row's own.

    Parameters
    ----------
    job_id
        The job.
    variants
        Each with its stored entries; the view as by ``erp_bridge.results``.
    keys, facts
        What the ERP calls things.
    generated_at
        When the job ended.

    Returns
    -------
    dict
        JSON-ready. The best variant comes first: the ERP takes the first one for
        chosen, and names variants by their places.
    """
    scored = [
        (view, entries, scores_of(entries, view["hard_violations"]))
        for view, entries in variants
    ]
    scored.sort(key=lambda item: _rank(item[0], item[2]))
    named = sum(len(e["student_ids"]) for _, entries, _ in scored for e in entries)
    with_students = named <= MAX_STUDENT_NAMES
    shown = [
        _variant(
            f"{job_id}-variant-{place}",
            view,
            reference_entries(entries, keys, facts, with_students=with_students),
            scores,
        )
        for place, (view, entries, scores) in enumerate(scored, 1)
    ]
    best = shown[0]["timetable_entries"] if shown else []
    return {
        "variants": shown,
        "timetable_entries": best,
        "variants_count": len(shown),
        "total_courses": len({entry["course_code"] for entry in best}),
        "total_sessions_scheduled": sum(e["day"] is not None for e in best),
        "student_ids_included": with_students,
        "generated_at": generated_at.isoformat(),
        "engine": "horarium",
    }


def result_view(
    job_id: str, org_id: str, semester: int | None, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Compose what stands under ``result:job:{job_id}``: no entries, they are many."""
    variants = [
        {name: value for name, value in variant.items() if name != "timetable_entries"}
        for variant in data["variants"]
    ]
    return {
        "timetable": {
            "total_courses": data["total_courses"],
            "total_sessions_scheduled": data["total_sessions_scheduled"],
            "variants_count": data["variants_count"],
        },
        "variants": variants,
        "metadata": {
            "job_id": job_id,
            "org_id": org_id,
            "semester": semester,
            "total_entries": sum(variant["entry_count"] for variant in variants),
            "generated_at": data["generated_at"],
        },
    }


def _rank(view: Mapping[str, Any], scores: Scores) -> tuple[float, ...]:
    return (view["hard_violations"], -scores.overall, view["number"])


def _variant(
    variant_id: str,
    view: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    scores: Scores,
) -> dict[str, Any]:
    return {
        "variant_id": variant_id,
        "id": variant_id,
        "number": view["number"],
        "name": view["label"],
        "label": view["label"],
        "optimization_priority": view["priority"],
        "score": scores.overall,
        "conflicts": scores.num_conflicts,
        "room_utilization": scores.room_utilization,
        "is_selected": False,
        "quality_metrics": {
            "overall_score": scores.overall,
            "total_conflicts": scores.num_conflicts,
            "conflicts_by_kind": dict(scores.clashes),
            "hard_violations": view["hard_violations"],
            "unplaced": scores.unplaced,
            "room_utilization_score": scores.room_utilization,
            "soft_violation_count": sum(1 for n in view["criteria"].values() if n),
            "workload_balance_score": scores.workload_balance,
            "compactness_score": scores.compactness,
            "student_clash_score": scores.student_clash,
            "optimization_label": view["label"],
            "cost": view["cost"],
            "criteria": dict(view["criteria"]),
        },
        "statistics": {
            "total_classes": len(entries),
            "total_conflicts": scores.num_conflicts,
        },
        "verified": view["verified"],
        "entry_count": len(entries),
        "timetable_entries": list(entries),
    }

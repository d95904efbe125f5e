"""The five variants, compared in tables and summed up for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["is_success", "show_variants", "stages_of", "summary_of"]

Variant = Mapping[str, Any]
_SHARED_STAGES = ("communities", "cpsat")


def is_success(status: str, variants: Sequence[Variant]) -> bool:
    """Whether there are five verified variants without a hard violation."""
    five = [v["number"] for v in variants] == [1, 2, 3, 4, 5]
    return status == "completed" and five and all(v["verified"] for v in variants)


def summary_of(variant: Variant) -> dict[str, Any]:
    """What ``--json`` shows of a variant."""
    names = (
        "number",
        "priority",
        "hard_violations",
        "cost",
        "criteria",
        "weights",
        "verified",
    )
    return {name: variant[name] for name in names}


def stages_of(variants: Sequence[Variant]) -> list[dict[str, Any]]:
    """Reports of all stages; those that all variants share come once."""
    stages: list[dict[str, Any]] = []
    for variant in variants:
        for stage in variant["stages"]:
            shared = stage["name"] in _SHARED_STAGES
            if not shared:
                stages.append({**stage, "variant": variant["number"]})
            elif variant is variants[0]:
                stages.append({**stage, "variant": None})
    return stages


def show_variants(
    console: Console, variants: Sequence[Variant], front: Sequence[int]
) -> None:
    """Print the table of criteria and the table of costs."""
    console.print(_criteria_table(variants, front))
    console.print(_cost_table(variants))


def _headed(title: str, first: str, variants: Sequence[Variant]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column(first, no_wrap=True)
    for variant in variants:
        table.add_column(_heading(variant), justify="right")
    return table


def _heading(variant: Variant) -> str:
    """Number and label, broken where words end, so that five fit a narrow terminal."""
    label = str(variant["label"]).replace("-", "-\n").replace(" ", "\n")
    return f"{variant['number']}\n{label}"


def _row(values: Sequence[int]) -> list[Text]:
    """One row; the best is marked unless all are equal."""
    best = min(values, default=0)
    mark = len(set(values)) > 1
    return [Text(f"{v:,}", "bold green" if mark and v == best else "") for v in values]


def _criteria_table(variants: Sequence[Variant], front: Sequence[int]) -> Table:
    table = _headed("Raw criteria, lower is better", "Criterion", variants)
    names = dict.fromkeys(name for v in variants for name in v["criteria"])
    for name in names:
        values = [v["criteria"].get(name, 0) for v in variants]
        if any(values):
            table.add_row(name, *_row(values))
    table.add_section()
    table.add_row("hard violations", *(f"{v['hard_violations']}" for v in variants))
    table.add_row("verified", *("yes" if v["verified"] else "NO" for v in variants))
    table.add_row(
        "beaten by none", *("yes" if v["number"] in front else "" for v in variants)
    )
    return table


def _cost_table(variants: Sequence[Variant]) -> Table:
    title = "Weighted cost of each variant, under the weights of each"
    table = _headed(title, "Weights of", variants)
    for judge in variants:
        costs = [_cost(judge["weights"], v["criteria"]) for v in variants]
        table.add_row(f"{judge['number']} {judge['label']}", *_row(costs))
    return table


def _cost(weights: Mapping[str, int], criteria: Mapping[str, int]) -> int:
    return sum(weights.get(name, 0) * value for name, value in criteria.items())

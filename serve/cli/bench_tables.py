"""Tables of ``bench``, on the screen and as Markdown."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from solvers.bench import Row, SelectorTrial
    from solvers.model import Cost

__all__ = [
    "Cells",
    "circumstances",
    "quality_cells",
    "rich_table",
    "selector_cells",
]

QUALITY = (
    "instance",
    "feasible",
    "first s",
    "best",
    "mean",
    "known",
    "gap",
    "CPU s",
    "moves/CPU s",
)

Cells = tuple[Sequence[str], list[list[str]]]
"""Head and rows of a table."""


def quality_cells(rows: Sequence[Row]) -> Cells:
    """One row for each instance, and one of sums and the mean gap."""
    cells = [_quality_row(row) for row in rows]
    means = [row.mean for row in rows if row.mean is not None]
    gaps = [row.gap for row in rows if row.gap is not None]
    trials = sum(len(row.trials) for row in rows)
    feasible = sum(len(row.costs) for row in rows)
    total = ["all", f"{feasible}/{trials}", "-", "-", _shown(sum(means), ",.1f")]
    total += ["-", _shown(sum(gaps) / len(gaps), ".1%") if gaps else "-", "-", "-"]
    return QUALITY, [*cells, total]


def _quality_row(row: Row) -> list[str]:
    count = len(row.trials)
    cpu = sum(trial.cpu_seconds for trial in row.trials) / count
    speed = sum(trial.moves_per_second for trial in row.trials) / count
    return [
        row.instance,
        f"{len(row.costs)}/{count}",
        _shown(row.feasible_seconds, ".1f"),
        _shown(row.best, ",d"),
        _shown(row.mean, ",.1f"),
        _shown(row.best_known, ",d"),
        _shown(row.gap, ".1%"),
        f"{cpu:.0f}",
        f"{speed:,.0f}",
    ]


def _shown(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def selector_cells(
    found: Mapping[str, Sequence[SelectorTrial]], chosen: Sequence[str]
) -> Cells:
    """Mean cost after refinement, one column for each selector."""
    rows = []
    for name, trials in found.items():
        cells = [name, _mean_cost([trial.before for trial in trials])]
        for selector in chosen:
            mine = [trial.after for trial in trials if trial.selector == selector]
            cells.append(_mean_cost(mine))
        rows.append(cells)
    return ("instance", "start", *chosen), rows


def _mean_cost(costs: Sequence[Cost]) -> str:
    if not costs:
        return "-"
    soft = sum(cost.soft for cost in costs) / len(costs)
    hard = sum(cost.hard for cost in costs) / len(costs)
    return f"{hard:.1f} hard, {soft:,.1f}" if hard else f"{soft:,.1f}"


def rich_table(cells: Cells) -> Table:
    """Compose a table for the screen."""
    head, rows = cells
    table = Table(*head, box=None)
    for row in rows:
        table.add_row(*row)
    return table


def circumstances() -> str:
    """Date, commit and machine of a measurement, in one line."""
    date = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} CPUs, {_processor()}"
    return f"{date}, commit {_commit()}, {machine}, Python {platform.python_version()}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    """Commit of the source tree that runs, with a mark if it was changed."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"]
    try:
        found = subprocess.run(
            command,
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return found.stdout.strip()

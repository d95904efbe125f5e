"""Time to a gap above the best known, by number of workers: ``bench --to-gap``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from .bench_tables import Cells

if TYPE_CHECKING:
    from solvers.bench import Rung
    from solvers.model import Cost

__all__ = ["Climbs", "climb_with", "climbs_to_dict", "gap_cells", "target_of"]

STEPS = 8
"""Budgets that are tried below the whole one, down to a sixteenth of it."""

Climbs = Mapping[int, "Sequence[Rung]"]
"""Budgets that were tried, by number of workers, in ascending order."""


def target_of(best_known: int, gap: float) -> Cost:
    """Highest cost within the gap, without any hard violation."""
    from solvers.model import Cost

    return Cost(0, int(best_known * (1 + gap)))


def climb_with(
    worker_counts: Sequence[int],
    target: Cost,
    seconds: float,
    seeds: Sequence[int],
    run: Callable[[int, float, int], Cost],
) -> Climbs:
    """Try budgets up to ``seconds``, smallest first, with each number of workers.

    ``run`` takes workers, seconds and a seed.
    """
    from solvers.bench import budgets, climb

    rungs = budgets(seconds, STEPS)
    return {
        workers: list(climb(rungs, target, seeds, partial(run, workers)))
        for workers in worker_counts
    }


def gap_cells(found: Mapping[str, tuple[Cost, Climbs]]) -> Cells:
    """One row for each instance; the speedup is the last number of workers'."""
    from solvers.bench import seconds_to

    counts = list(next(iter(found.values()))[1])
    head = ["instance", "target", *(f"s, workers: {count}" for count in counts)]
    rows = []
    for name, (target, climbs) in found.items():
        times = [seconds_to(target, tried) for tried in climbs.values()]
        shown = ["not reached" if t is None else f"{t:.1f}" for t in times]
        first, last = times[0], times[-1]
        speedup = "-" if first is None or last is None else f"{first / last:.2f}"
        rows.append([name, f"{target.soft:,}", *shown, speedup])
    return [*head, "speedup"], rows


def climbs_to_dict(target: Cost, climbs: Climbs) -> dict[str, object]:
    """Plain values for JSON."""
    from solvers.bench import seconds_to

    return {
        "target": target.soft,
        "workers": {
            str(count): {
                "seconds": seconds_to(target, tried),
                "tried": [asdict(rung) for rung in tried],
            }
            for count, tried in climbs.items()
        },
    }

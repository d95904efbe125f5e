"""Time to a target on simulated nodes, the second part of ``bench scaling``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from rich.console import Console

from .bench_tables import Cells, rich_table

if TYPE_CHECKING:
    from cluster.bench import Reached
    from cluster.scenario import SharedStart
    from solvers.bench import Rung
    from solvers.model import Cost

__all__ = ["NodesRow", "TargetPlan", "measure_target", "target_cells"]

STEPS = 6
"""Budgets that are tried below the whole one, down to an eighth of it."""


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """What is measured.

    Parameters
    ----------
    console
        Where words go.
    seconds
        Longest search.
    seeds
        Seeds of every budget.
    share
        Processors of each node.
    counts
        Numbers of nodes, ascending.
    """

    console: Console
    seconds: float
    seeds: Sequence[int]
    share: float
    counts: Sequence[int]


@dataclass(frozen=True, slots=True)
class NodesRow:
    """What some nodes came to."""

    nodes: int
    tried: Sequence[Rung]
    reached: Sequence[Reached]

    def seconds_to(self, goal: Cost) -> float | None:
        """Smallest budget that reached the goal, None if none did."""
        from solvers.bench import seconds_to

        return seconds_to(goal, self.tried)

    @property
    def moves_per_second(self) -> float:
        """Moves of all nodes in a wall second."""
        return sum(r.moves for r in self.reached) / sum(r.seconds for r in self.reached)

    @property
    def share(self) -> float:
        """Processors that a node has really used."""
        used = sum(fmean(r.node_seconds) for r in self.reached)
        return used / sum(r.seconds for r in self.reached)

    def to_dict(self, goal: Cost) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "nodes": self.nodes,
            "seconds_to_target": self.seconds_to(goal),
            "moves_per_second": self.moves_per_second,
            "share_used": self.share,
            "tried": [asdict(rung) for rung in self.tried],
        }


def measure_target(plan: TargetPlan, start: SharedStart) -> dict[str, Any]:
    """The fewest nodes set the target in the whole time; more try to be sooner."""
    from solvers.bench import budgets

    rows: list[NodesRow] = []
    goal: Cost | None = None
    for count in plan.counts:
        rungs = (plan.seconds,) if goal is None else budgets(plan.seconds, STEPS)
        row = _time_to(plan, start, count, rungs, goal)
        goal = goal or row.tried[-1].median
        rows.append(row)
    assert goal is not None
    cells = target_cells(rows, goal)
    plan.console.print(
        f"\nSeconds to cost {goal.soft:,} ({goal.hard} hard), nodes of "
        f"{plan.share:g} processors, {max(plan.counts)} islands in all"
    )
    plan.console.print(rich_table(cells))
    return {
        "cost": goal.soft,
        "hard": goal.hard,
        "share": plan.share,
        "nodes": [row.to_dict(goal) for row in rows],
    }


def _time_to(
    plan: TargetPlan,
    start: SharedStart,
    count: int,
    rungs: Sequence[float],
    goal: Cost | None,
) -> NodesRow:
    from cluster.bench import SimulatedNodes, search_on_nodes
    from solvers.bench import climb
    from solvers.model import Cost

    islands = max(plan.counts)
    reached: list[Reached] = []
    with SimulatedNodes(count, plan.share, max(1, islands // count)) as simulated:

        def search(seconds: float, seed: int) -> Cost:
            words = f"{count} nodes, {seconds:.0f} s, seed {seed} ..."
            with plan.console.status(words):
                found = search_on_nodes(simulated, count, start, seconds, seed, islands)
            reached.append(found)
            return found.cost

        simulated.limit()
        # Without a goal the one rung is as good as any.
        tried = list(climb(rungs, goal or Cost(0, 0), tuple(plan.seeds), search))
    return NodesRow(count, tried, reached)


def target_cells(rows: Sequence[NodesRow], goal: Cost) -> Cells:
    """One row for each number of nodes; speedups are against the first."""
    head = ("nodes", "seconds", "speedup", "moves/s", "times", "CPUs/node", "costs")
    return head, [_target_row(row, rows[0], goal) for row in rows]


def _target_row(row: NodesRow, first: NodesRow, goal: Cost) -> list[str]:
    mine, base = row.seconds_to(goal), first.seconds_to(goal)
    return [
        str(row.nodes),
        "not reached" if mine is None else f"{mine:.1f}",
        "-" if mine is None or base is None else f"{base / mine:.2f}",
        f"{row.moves_per_second:,.0f}",
        f"{row.moves_per_second / first.moves_per_second:.2f}",
        f"{row.share:.2f}",
        " ".join(f"{rung.median.soft:,}@{rung.seconds:.0f}s" for rung in row.tried),
    ]

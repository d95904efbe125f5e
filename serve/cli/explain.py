"""The command ``explain``: where a timetable's cost comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .console import console_for, print_json, refusing_bad_input

__all__ = ["explain", "register"]

_MOST_CAUSES = 3


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(explain)


def explain(
    instance_file: Annotated[
        Path,
        typer.Argument(
            metavar="INSTANCE", exists=True, dir_okay=False, help="The problem."
        ),
    ],
    solution_file: Annotated[
        Path,
        typer.Argument(
            metavar="SOLUTION", exists=True, dir_okay=False, help="A solution of it."
        ),
    ],
    top: Annotated[int, typer.Option(min=1, help="Most items shown.")] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of output is one JSON object.")
    ] = False,
) -> None:
    """Explain a solution: where each point of cost comes from, what is unplaced."""
    with refusing_bad_input():
        from solvers import explanation

        from .formats import open_problem

        problem = open_problem(instance_file)
        timetable = problem.read_solution(solution_file.read_bytes())
        found = explanation.explain(problem.instance, timetable)
        view = explanation.explanation_to_dict(problem.instance, found, top)
    _show(console_for(as_json), view)
    if as_json:
        print_json(view)


def _show(console: Console, view: Mapping[str, Any]) -> None:
    word = "[green]feasible[/]" if view["feasible"] else "[red]infeasible[/]"
    console.print(f"{word}, cost [bold]{view['cost']:,}[/]")
    console.print(_shares("Criterion", "criterion", view["criteria"]))
    console.print(_shares("Source", "type", view["types"]))
    for item in view["items"]:
        _show_item(console, item)
    left = view["items_left_out"]
    if left["count"]:
        console.print(f"... and {left['count']:,} more, cost {left['cost']:,}")
    for case in view["unplaced"]:
        _show_unplaced(console, case)


def _shares(title: str, key: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title, "Cost", "Share", box=None)
    for row in rows:
        table.add_row(escape(row[key]), f"{row['cost']:,}", f"{row['share']:.1%}")
    return table


def _show_item(console: Console, item: Mapping[str, Any]) -> None:
    worth = f"[red]hard x{item['amount']}[/]" if item["hard"] else f"{item['cost']:,}"
    about = f" ({item['label']})" if item["label"] else ""
    names = ", ".join(event["name"] for event in item["events"][:4])
    more = ", ..." if len(item["events"]) > 4 else ""
    told = escape(f"{item['type']}{about}: {item['text']} [{names}{more}]")
    console.print(f"{worth}  {told}", soft_wrap=True)
    for cause in item["causes"][:_MOST_CAUSES]:
        when = f"{cause['when']}: " if cause["when"] else ""
        console.print(f"    {escape(when + cause['text'])}", soft_wrap=True)
    if len(item["causes"]) > _MOST_CAUSES:
        console.print(f"    ... and {len(item['causes']) - _MOST_CAUSES} more causes")


def _show_unplaced(console: Console, case: Mapping[str, Any]) -> None:
    told = f"{escape(case['name'])}: {case['free']} of {case['options']} options free"
    console.print(f"[red]unplaced[/] {told}", soft_wrap=True)
    for reason in case["reasons"]:
        about = f" ({reason['label']})" if reason["label"] else ""
        words = f"{reason['type']}{about} rules out {reason['options']} options, "
        console.print(f"    {escape(words)}{reason['alone']} of them alone")

"""The command ``check``: what is wrong with an input, and can it work at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from solvers.exceptions import InputError

from .console import BAD_INPUT, FAILED, console_for, print_json, refusing_bad_input

if TYPE_CHECKING:
    from solvers.model import Instance

__all__ = ["check", "register"]

_MOST_SHOWN = 12
_MOST_REMOVALS = 20


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(check)


def check(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="Institution JSON, ITC-2019 XML, ITC-2007 .ctt, .ectt or .tim.",
        ),
    ],
    time_limit: Annotated[
        float, typer.Option(min=0.1, help="Seconds for finding out what clashes.")
    ] = 30.0,
    workers: Annotated[int, typer.Option(min=1, help="Threads of CP-SAT.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of output is one JSON object.")
    ] = False,
) -> None:
    """Check a problem: errors, warnings, what clashes. Exit 1 if it cannot work."""
    console = console_for(as_json)
    with refusing_bad_input():
        instance = _read(file, as_json)
        from solvers.diagnosis import diagnose, diagnosis_to_dict

        with console.status("Checking ..."):
            found = diagnose(instance, seconds=time_limit, workers=workers)
    view = diagnosis_to_dict(instance, found)
    _show(console, view)
    if as_json:
        print_json(view)
    if view["verdict"] == "infeasible":
        raise typer.Exit(FAILED)


def _read(file: Path, as_json: bool) -> Instance:
    """Read the problem; a wrong one is told as JSON too where that is wanted."""
    from .formats import open_problem

    try:
        return open_problem(file).instance
    except InputError as error:
        if as_json:
            issues = [asdict(issue) for issue in error.issues]
            print_json({"verdict": "refused", "issues": issues})
            raise typer.Exit(BAD_INPUT) from error
        raise


def _show(console: Console, view: Mapping[str, Any]) -> None:
    for issue in view["issues"]:
        color = "red" if issue["severity"] == "error" else "yellow"
        told = f"[{color}]{issue['severity']}[/] [bold]{issue['code']}[/]: "
        console.print(told + escape(issue["detail"]), soft_wrap=True)
    _show_reduction(console, view["reduction"])
    color = {"feasible": "green", "infeasible": "red"}.get(view["verdict"], "yellow")
    console.print(f"[bold {color}]{view['verdict']}[/]: {escape(view['summary'])}")
    removals = (view["correction"] or {"removals": ()})["removals"]
    for removal in removals[:_MOST_REMOVALS]:
        _show_removal(console, removal)
    if len(removals) > _MOST_REMOVALS:
        rest = len(removals) - _MOST_REMOVALS
        console.print(f"... and {rest:,} more; --json tells all.")


def _show_reduction(console: Console, reduction: Mapping[str, Any]) -> None:
    before, after = reduction["options_before"], reduction["options_after"]
    reasons = ", ".join(f"{k} {v:,}" for k, v in reduction["removed"].items())
    told = f"{before - after:,} of {before:,} times and rooms can never be used"
    console.print(f"{told}{f' ({reasons})' if reasons else ''}.", soft_wrap=True)


def _show_removal(console: Console, removal: Mapping[str, Any]) -> None:
    word = "has to go" if removal["needed"] else "in the way, maybe needlessly"
    console.print(f"- {word}: [bold]{escape(removal['text'])}[/]", soft_wrap=True)
    conflict = removal["conflict"]
    if conflict is None:
        return
    proved = "all of it needed" if conflict["minimal"] else "maybe more than needed"
    console.print(f"  it clashes with the following, {proved}:")
    own = removal["text"]
    others = [e["text"] for e in _rules_first(conflict["elements"]) if e["text"] != own]
    for text in others[:_MOST_SHOWN]:
        console.print(f"    {escape(text)}", soft_wrap=True)
    if len(others) > _MOST_SHOWN:
        console.print(f"    ... and {len(others) - _MOST_SHOWN} more")


def _rules_first(elements: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(elements, key=lambda element: element["kind"] == "placement")

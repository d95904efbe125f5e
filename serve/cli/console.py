"""What all commands share: where words go, and how errors end a command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from serve.settings import Settings
from solvers.exceptions import InputError, Issue, TimetablingError

__all__ = [
    "BAD_INPUT",
    "FAILED",
    "console_for",
    "print_json",
    "refusing_bad_input",
    "settings_with",
]

FAILED = 1
BAD_INPUT = 2
_SHOWN_ISSUES = 20


def console_for(as_json: bool) -> Console:
    """Console for people: standard error when standard output carries JSON."""
    return Console(stderr=as_json, highlight=False)


def print_json(value: Mapping[str, Any]) -> None:
    """Write one JSON object as one line of standard output."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def settings_with(data_dir: Path | None = None) -> Settings:
    """Read the settings; wrong ones end the command with 2."""
    try:
        settings = Settings()
    except ValidationError as error:
        console = Console(stderr=True, highlight=False)
        for item in error.errors(include_url=False, include_input=False):
            name = "/".join(map(str, item["loc"]))
            console.print(f"[red]error[/] in the setting {name}: {item['msg']}")
        raise typer.Exit(BAD_INPUT) from error
    if data_dir is None:
        return settings
    return settings.model_copy(update={"data_dir": data_dir})


def _show(console: Console, issue: Issue) -> None:
    color = "red" if issue.severity == "error" else "yellow"
    where = f" at [bold]{escape(issue.pointer)}[/]" if issue.pointer else ""
    console.print(
        f"[{color}]{issue.severity}[/] [bold]{escape(issue.code)}[/]{where}: "
        f"{escape(issue.detail)}",
        soft_wrap=True,
    )


@contextmanager
def refusing_bad_input() -> Iterator[None]:
    """Say what is wrong with an input on standard error, and exit with 2."""
    console = Console(stderr=True, highlight=False)
    try:
        yield
    except InputError as error:
        for issue in error.issues[:_SHOWN_ISSUES]:
            _show(console, issue)
        if (more := len(error.issues) - _SHOWN_ISSUES) > 0:
            console.print(f"... and {more} more")
        raise typer.Exit(BAD_INPUT) from error
    except OSError as error:
        console.print(f"[red]error[/]: {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from error
    except TimetablingError as error:
        console.print(f"[red]error[/]: {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(FAILED) from error

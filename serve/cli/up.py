"""``horarium up``: serve until told to stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from serve.embedded import default_data_dir
from serve.settings import Settings

from .console import FAILED, console_for, settings_with
from .signals import StopRequest, stop_requests

if TYPE_CHECKING:
    from serve.bootstrap import Started

__all__ = ["register", "show_addresses", "show_ready", "show_start", "up"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(up)


def up(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder of embedded data and secrets.")
    ] = None,
) -> None:
    """Serve the API; what no URL is given for runs embedded."""
    given = {"host": host, "port": port}
    settings = settings_with(data_dir).model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    console = console_for(False)
    with stop_requests(lambda: console.print("Stopping ...")) as stop:
        _serve(console, settings, stop)


def _serve(console: Console, settings: Settings, stop: StopRequest) -> None:
    from serve.bootstrap import Platform, StartStopped
    from serve.embedded import EmbeddedError
    from serve.exceptions import ServiceError

    platform = Platform(
        settings, announce=lambda words: show_start(console, words), called_off=stop
    )
    try:
        started = platform.start()
        show_ready(console, started)
        show_addresses(console, started)
        console.print("Ctrl-C stops.")
        stop.wait()
    except StartStopped:
        console.print("The start was called off.")
    except (EmbeddedError, ServiceError) as error:
        console.print(f"[red]error[/]: {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(FAILED) from error
    finally:
        platform.stop()
    console.print("Stopped.")


def show_start(console: Console, words: str) -> None:
    """Print one step of the start."""
    console.print(f"[dim]{words} ...[/]")


def show_ready(console: Console, started: Started) -> None:
    """Print how long the start took, and what of it."""
    parts = ", ".join(f"{step} {s:.1f} s" for step, s in started.seconds.items())
    console.print(f"Ready in {started.total_seconds:.1f} s [dim]({parts})[/]")


def show_addresses(console: Console, started: Started) -> None:
    """Print where everything is."""
    url, settings = started.url, started.settings
    console.print(f"API            {url}")
    console.print(f"Documentation  {url}/docs")
    console.print(f"Health         {url}/health")
    console.print(f"Data           {settings.data_dir}")
    own = settings.data_dir != default_data_dir()
    folder = f" --data-dir {settings.data_dir}" if own else ""
    console.print(f"Token          horarium token --role admin{folder}")

"""The database of a command: that of DATABASE_URL, else the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.markup import escape

from serve.settings import Settings

from .console import FAILED, console_for

__all__ = ["database_of"]


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """Give the URL of the database; its failures end the command with 1."""
    from erp_bridge import BridgeError
    from serve.embedded import EmbeddedError

    try:
        with _url(settings) as url:
            yield url
    except (BridgeError, EmbeddedError) as error:
        message = escape(str(error))
        console_for(True).print(f"[red]error[/]: {message}", soft_wrap=True)
        raise typer.Exit(FAILED) from error


@contextmanager
def _url(settings: Settings) -> Iterator[str]:
    from serve.embedded import EmbeddedServices

    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with EmbeddedServices(settings.data_dir, cache=False) as urls:
        yield urls.database_url

"""The database of a command: that of DATABASE_URL, else the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from serve.settings import Settings

from .console import FAILED, console_for

if TYPE_CHECKING:
    from erp_bridge.database import Database

__all__ = ["database_of", "opened_database"]


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
def opened_database(settings: Settings) -> Iterator[Database]:
    """Open the database; its failures end the command with 1."""
    from erp_bridge import BridgeSettings
    from erp_bridge.database import Database

    with database_of(settings) as url:
        database = Database(
            BridgeSettings(
                database_url=url, redis_url="", schema=settings.database_schema
            )
        )
        try:
            yield database
        finally:
            database.close()


@contextmanager
def _url(settings: Settings) -> Iterator[str]:
    from serve.embedded import EmbeddedServices

    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with EmbeddedServices(settings.data_dir, cache=False) as urls:
        yield urls.database_url

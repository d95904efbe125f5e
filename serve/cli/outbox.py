"""``horarium deliver``, ``horarium outbox list`` and ``horarium outbox redeliver``."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from serve.settings import Settings

from .console import BAD_INPUT, FAILED, console_for, settings_with
from .databases import database_of, opened_database
from .signals import stop_requests

if TYPE_CHECKING:
    from erp_bridge.delivery.records import MessageRecord

__all__ = ["register"]

_DataDir = Annotated[
    Path | None, typer.Option(help="Folder of embedded data and secrets.")
]
_Tenant = Annotated[str | None, typer.Option(help="Institution.")]

outbox_app = typer.Typer(no_args_is_help=True, help="Mails and webhooks to be sent.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(deliver)
    app.add_typer(outbox_app, name="outbox")


def deliver(
    once: Annotated[
        bool, typer.Option("--once", help="Send what is due, then end.")
    ] = False,
) -> None:
    """Send mails and webhooks until told to stop; several may run.

    It needs DATABASE_URL. `horarium up` does the same by itself.
    """
    from serve.telemetry import configure_logging

    settings = settings_with()
    console = console_for(True)
    if settings.database_url is None:
        console.print("[red]error[/]: deliver needs DATABASE_URL")
        raise typer.Exit(BAD_INPUT)
    configure_logging(settings.log_level)
    console.print(_able(settings))
    with database_of(settings):
        _deliver(settings, once=once)


def _deliver(settings: Settings, *, once: bool) -> None:
    from serve.delivering import deliverer_of

    console = console_for(True)
    with (
        deliverer_of(settings) as deliverer,
        stop_requests(lambda: console.print("Stopping ...")) as stop,
    ):
        if once:
            console.print(f"{deliverer.drain()} messages were tried.")
            return
        deliverer.start()
        stop.wait()
        deliverer.stop()
    console.print("Stopped.")


def _able(settings: Settings) -> str:
    mail = "Mail is sent" if settings.mail else "No mail is sent (HORARIUM_SMTP_URL)"
    hook = "is called" if settings.webhook else "is not called (HORARIUM_CALLBACK_URL)"
    return f"{mail}; the callback {hook}."


@outbox_app.command("list")
def list_messages(
    status: Annotated[
        str | None,
        typer.Option(help="pending, sent, addressed, skipped or dead; all if absent."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    tenant: _Tenant = None,
    data_dir: _DataDir = None,
) -> None:
    """Show messages, the newest first, and why those failed that did."""
    from erp_bridge.delivery import OutboxRepository
    from erp_bridge.delivery.records import MessageStatus

    if status is not None and status not in list(MessageStatus):
        raise typer.BadParameter("no such status", param_hint="--status")
    settings = settings_with(data_dir)
    with opened_database(settings) as database:
        found = OutboxRepository(database).list(
            tenant or settings.tenant,
            status=None if status is None else MessageStatus(status),
            limit=limit,
        )
    table = Table("id", "kind", "topic", "status", "tries", "since", "error")
    for record in found:
        table.add_row(*_row(record))
    console_for(False).print(table)


def _row(record: MessageRecord) -> tuple[str, ...]:
    return (
        record.message_id,
        record.kind,
        record.topic,
        str(record.status),
        str(record.attempts),
        record.created_at.strftime("%Y-%m-%d %H:%M"),
        escape(record.last_error),
    )


@outbox_app.command()
def redeliver(
    message: Annotated[
        uuid.UUID | None, typer.Argument(help="Id of a dead or skipped message.")
    ] = None,
    all_dead: Annotated[
        bool, typer.Option("--all", help="All dead messages of the institution.")
    ] = False,
    tenant: _Tenant = None,
    data_dir: _DataDir = None,
) -> None:
    """Send messages on their way again, under the same ids."""
    from erp_bridge import MessageOnItsWay, UnknownMessage
    from erp_bridge.delivery import OutboxRepository

    if (message is None) != all_dead:
        raise typer.BadParameter("give an id, or --all")
    settings = settings_with(data_dir)
    owner = tenant or settings.tenant
    with opened_database(settings) as database:
        outbox = OutboxRepository(database)
        if message is None:
            console_for(False).print(f"{outbox.redeliver_dead(owner)} go out again.")
            return
        try:
            outbox.redeliver(str(message), owner)
        except (UnknownMessage, MessageOnItsWay) as error:
            console_for(True).print(f"[red]error[/]: {escape(str(error))}")
            raise typer.Exit(FAILED) from error
    console_for(False).print(f"{message} goes out again.")

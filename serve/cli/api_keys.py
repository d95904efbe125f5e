"""Keys of programs: ``horarium api-key create``, ``list`` and ``revoke``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from serve.security import KeyScope, Role
from serve.settings import Settings

from .console import FAILED, console_for, settings_with
from .databases import opened_database

if TYPE_CHECKING:
    from erp_bridge.api_keys import ApiKeyRepository, KeyRecord

__all__ = ["register"]

_DataDir = Annotated[
    Path | None, typer.Option(help="Folder of embedded data and secrets.")
]
_Tenant = Annotated[str | None, typer.Option(help="Institution.")]

keys_app = typer.Typer(no_args_is_help=True, help="Keys of programs that call the API.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(keys_app, name="api-key")


@keys_app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, e.g. erp.")],
    role: Annotated[Role, typer.Option(help="What the bearer may do.")],
    tenant: _Tenant = None,
    department: Annotated[
        list[str] | None, typer.Option(help="Limit staff to it; may be repeated.")
    ] = None,
    scope: Annotated[
        list[KeyScope] | None, typer.Option(help="Limit to it; may be repeated.")
    ] = None,
    days: Annotated[
        float | None, typer.Option(min=0.01, help="Lifetime; without end if absent.")
    ] = None,
    data_dir: _DataDir = None,
) -> None:
    """Print a new key; it is kept as a digest and cannot be shown again.

    Two keys of one name may live at once, so that a key can be changed without a gap:
    create the second one, hand it over, revoke the first.
    """
    from erp_bridge.api_keys import NewKey

    if role is Role.ERP:
        raise typer.BadParameter(
            "keys have no role erp; use --role staff --scope generate",
            param_hint="--role",
        )
    settings = settings_with(data_dir)
    with _repository(settings) as keys:
        key, record = keys.create(
            NewKey(
                tenant=tenant or settings.tenant,
                name=name,
                role=str(role),
                departments=tuple(department or ()),
                scopes=tuple(str(one) for one in scope or ()),
                lifetime_seconds=None if days is None else days * 86_400,
                created_by="cli",
            )
        )
    console_for(True).print(f"Keep it; its public part is {record.prefix}.")
    sys.stdout.write(key + "\n")


@keys_app.command("list")
def list_keys(tenant: _Tenant = None, data_dir: _DataDir = None) -> None:
    """Show the keys of an institution, without their secrets."""
    settings = settings_with(data_dir)
    with _repository(settings) as keys:
        found = keys.list(tenant or settings.tenant)
    table = Table("prefix", "name", "role", "departments", "scopes", "state", "used")
    for record in found:
        table.add_row(
            record.prefix,
            escape(record.name),
            record.role,
            ", ".join(record.departments) or "all",
            ", ".join(record.scopes) or "all",
            _state(record),
            _moment(record.last_used_at) or "never",
        )
    console_for(False).print(table)


@keys_app.command()
def revoke(
    prefix: Annotated[str, typer.Argument(help="Public part of the key.")],
    tenant: _Tenant = None,
    data_dir: _DataDir = None,
) -> None:
    """End a key at once."""
    settings = settings_with(data_dir)
    with _repository(settings) as keys:
        revoked = keys.revoke(prefix, tenant or settings.tenant)
    if not revoked:
        console_for(True).print(f"[red]error[/]: no live key {escape(prefix)}")
        raise typer.Exit(FAILED)
    console_for(False).print(f"{prefix} is revoked.")


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _state(record: KeyRecord) -> str:
    if record.revoked_at is not None:
        return f"revoked {_moment(record.revoked_at)}"
    if record.expires_at is None:
        return "live"
    over = record.expires_at <= datetime.now(UTC)
    return f"{'expired' if over else 'live until'} {_moment(record.expires_at)}"


@contextmanager
def _repository(settings: Settings) -> Iterator[ApiKeyRepository]:
    """Open the keys; a failure ends the command."""
    from erp_bridge.api_keys import ApiKeyRepository

    with opened_database(settings) as database:
        yield ApiKeyRepository(database)

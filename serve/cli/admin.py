"""Commands for whoever runs the service: ``token``, ``migrate``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from serve.security import Role, TokenAuthority
from serve.settings import secret_of

from .console import console_for, settings_with
from .databases import database_of

__all__ = ["migrate", "register", "token"]

_DataDir = Annotated[
    Path | None, typer.Option(help="Folder of embedded data and secrets.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(token)
    app.command()(migrate)


def token(
    role: Annotated[Role, typer.Option(help="What the bearer may do.")],
    subject: Annotated[str, typer.Option(help="Who the bearer is.")] = "cli",
    tenant: Annotated[str | None, typer.Option(help="Institution.")] = None,
    department: Annotated[
        list[str] | None, typer.Option(help="Limit staff to it; may be repeated.")
    ] = None,
    faculty_id: Annotated[
        str | None, typer.Option(help="Who of the faculty the bearer is.")
    ] = None,
    student_id: Annotated[
        str | None, typer.Option(help="Which student the bearer is.")
    ] = None,
    batch: Annotated[
        list[str] | None,
        typer.Option(help="Batch or group of the student; may be repeated."),
    ] = None,
    hours: Annotated[float, typer.Option(min=0.01, help="Lifetime.")] = 12.0,
    data_dir: _DataDir = None,
) -> None:
    """Print a bearer token."""
    settings = settings_with(data_dir)
    authority = TokenAuthority(secret_of(settings), settings.tenant)
    text = authority.issue(
        role,
        subject=subject,
        tenant=tenant,
        departments=tuple(department or ()),
        faculty_id=faculty_id,
        student_id=student_id,
        batches=tuple(batch or ()),
        lifetime_seconds=hours * 3600,
    )
    sys.stdout.write(text + "\n")


def migrate(data_dir: _DataDir = None) -> None:
    """Bring the tables to the newest version, in DATABASE_URL or embedded."""
    console = console_for(False)
    settings = settings_with(data_dir)
    with database_of(settings) as url:
        from erp_bridge import migrate as upgrade

        upgrade(url, settings.database_schema)
    console.print("The tables are at the newest version.")

"""The command ``check-mapping``: what the catalogue would read from a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from .console import FAILED, console_for, print_json, refusing_bad_input, settings_with
from .databases import database_of

if TYPE_CHECKING:
    from erp_bridge.catalogue import CatalogueCheck

__all__ = ["check_mapping", "register"]


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(check_mapping)


def check_mapping(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="TOML file; else that of HORARIUM_CATALOGUE_MAPPING, or our names.",
        ),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder of embedded data and secrets.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of output is one JSON object.")
    ] = False,
) -> None:
    """Show what an ERP's tables are read as. Exit 1 if the database lacks any."""
    console = console_for(as_json)
    settings = settings_with(data_dir)
    with refusing_bad_input():
        content = settings.catalogue_mapping
        if file is not None:
            from erp_bridge.catalogue import mapping_of, toml_of

            content = toml_of(file)
            mapping_of(content)
    with database_of(settings) as url:
        found = _checked(url, settings.catalogue_schema, content)
    _show(console, found)
    if as_json:
        print_json(asdict(found))
    if found.issues:
        raise typer.Exit(FAILED)


def _checked(
    url: str, schema: str, content: Mapping[str, Any] | None
) -> CatalogueCheck:
    from erp_bridge import BridgeSettings, Catalogue
    from erp_bridge.catalogue import mapping_of
    from erp_bridge.database import Database

    settings = BridgeSettings(database_url=url, redis_url="", catalogue_schema=schema)
    mapping = None if content is None else mapping_of(content)
    database = Database(settings)
    try:
        return Catalogue(database, settings.default_tenant, mapping).check()
    finally:
        database.close()


def _show(console: Console, found: CatalogueCheck) -> None:
    for table in found.tables:
        relation = escape(table.relation or "nothing, it is absent")
        console.print(f"[bold]{table.table}[/] is {relation}", soft_wrap=True)
        for column in table.columns:
            kind = f" ({column.type})" if column.type else ""
            line = f"  {column.name} = {column.source}{kind}".replace("= =", "=")
            console.print(escape(line), soft_wrap=True)
    for issue in found.issues:
        told = f"[red]error[/] [bold]{issue.code}[/] at {escape(issue.pointer)}: "
        console.print(told + escape(issue.detail), soft_wrap=True)
    if not found.issues:
        console.print("[bold green]All of it is there.[/]")

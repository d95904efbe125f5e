"""Where the catalogue's rows come from, under our names, whatever an ERP calls them.

Without a mapping these are the tables of :mod:`~erp_bridge.catalogue.tables`; with one,
selections that rename. Names of a mapping are only ever quoted identifiers, and its
values bound parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    Uuid,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import quoted_name

from . import tables
from .columns import READ
from .names import CatalogueMapping, TableNames

__all__ = ["Sources", "relation_of", "sources_of", "whole_row"]

WHOLE_ROW = "horarium_whole_row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """One source for each kind of rows; columns are called as in our tables."""

    organizations: FromClause
    departments: FromClause
    programs: FromClause
    batches: FromClause
    buildings: FromClause
    rooms: FromClause
    faculty: FromClause
    courses: FromClause
    offerings: FromClause
    students: FromClause
    enrollments: FromClause
    timeslots: FromClause
    configurations: FromClause


def sources_of(mapping: CatalogueMapping | None, catalogue_schema: str) -> Sources:
    """Return the sources of a mapping; our own tables without one.

    Parameters
    ----------
    mapping
        What the ERP calls its tables and columns.
    catalogue_schema
        Schema of tables for which the mapping names none.
    """
    named = {} if mapping is None else mapping.tables
    owns: dict[str, Table] = {f.name: getattr(tables, f.name) for f in fields(Sources)}
    return Sources(
        **{
            kind: own if names is None else _renamed(own, names, catalogue_schema)
            for kind, own in owns.items()
            for names in [named.get(own.name)]
        }
    )


def relation_of(own: str, names: TableNames, schema: str) -> tuple[str, str]:
    """Return schema and name of the relation behind a table; ``schema`` by default."""
    theirs, name = names.relation
    return theirs or schema, name or own


def _renamed(own: Table, names: TableNames, schema: str) -> FromClause:
    """Select an ERP's relation so that its columns have our names.

    Unlike our tables it names its true schema, which is not translated.
    """
    kinds = {name: own.c[name].type for name in READ[own.name]}
    if names.is_absent:
        nothing = [cast(null(), kind).label(name) for name, kind in kinds.items()]
        nothing.append(cast(null(), JSONB).label(WHOLE_ROW))
        return select(*nothing).where(false()).subquery(own.name)
    theirs, relation = relation_of(own.name, names, schema)
    source = table(
        quoted_name(relation, quote=True), schema=quoted_name(theirs, quote=True)
    )
    row = source.alias("horarium_row")
    selected = [_selected(names, n, kind).label(n) for n, kind in kinds.items()]
    selected.append(whole_row(row).label(WHOLE_ROW))
    return select(*selected).select_from(row).subquery(own.name)


def whole_row(row: FromClause) -> ColumnElement[Any]:
    """Return a row as JSON under the ERP's own names, whatever columns it has.

    Parameters
    ----------
    row
        Alias that no column is called by, or a source of a mapping.
    """
    if WHOLE_ROW in row.c:
        return row.c[WHOLE_ROW]
    alias: str = row.name  # type: ignore[attr-defined]
    return func.to_jsonb(literal_column(alias), type_=JSONB)


def _selected(names: TableNames, name: str, kind: Any) -> Any:
    """Select a column, a value, or null."""
    if names.reads(name):
        return column(quoted_name(names.columns.get(name, name), quote=True), kind)
    if name not in names.values:
        return cast(null(), kind)
    value = names.values[name]
    return cast(literal(UUID(value) if isinstance(kind, Uuid) else value, kind), kind)

"""Whether a database has what the catalogue reads, as a mapping names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from solvers.exceptions import Issue

from .columns import ACCEPTED, READ, TABLES, is_optional
from .names import CatalogueMapping, TableNames, pointer_of
from .sources import relation_of

__all__ = ["CatalogueCheck", "ResolvedColumn", "ResolvedTable", "check_catalogue"]

_COLUMNS = text(
    """
    SELECT attribute.attname AS name,
           coalesce(base.typname, kind.typname) AS type,
           has_schema_privilege(relation.relnamespace, 'USAGE')
           AND has_column_privilege(relation.oid, attribute.attnum, 'SELECT')
               AS readable
    FROM pg_catalog.pg_class relation
    JOIN pg_catalog.pg_namespace space ON space.oid = relation.relnamespace
    JOIN pg_catalog.pg_attribute attribute ON attribute.attrelid = relation.oid
    JOIN pg_catalog.pg_type kind ON kind.oid = attribute.atttypid
    LEFT JOIN pg_catalog.pg_type base ON base.oid = nullif(kind.typbasetype, 0)
    WHERE space.nspname = :schema AND relation.relname = :name
      AND relation.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND attribute.attnum > 0 AND NOT attribute.attisdropped
    """
)


@dataclass(frozen=True, slots=True)
class ResolvedColumn:
    """A column of ours: ``source`` is their column, ``= value`` or ``null``.

    ``type`` is PostgreSQL's name of the type, empty where there is no column.
    """

    name: str
    source: str
    type: str


@dataclass(frozen=True, slots=True)
class ResolvedTable:
    """A table of ours and their relation, ``schema.name``; None where there is none."""

    table: str
    relation: str | None
    columns: tuple[ResolvedColumn, ...]


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """What the catalogue would read, and everything that is wrong with it."""

    tables: tuple[ResolvedTable, ...]
    issues: tuple[Issue, ...]


def check_catalogue(
    session: Session, mapping: CatalogueMapping | None, catalogue_schema: str
) -> CatalogueCheck:
    """Look up every table and column that is read.

    Parameters
    ----------
    session
        Open transaction.
    mapping
        What the ERP calls them; None for our own names.
    catalogue_schema
        Schema of tables for which the mapping names none.
    """
    named = {} if mapping is None else mapping.tables
    resolved: list[ResolvedTable] = []
    issues: list[Issue] = []
    for table in READ:
        names = named.get(table, TableNames())
        if names.is_absent:
            resolved.append(ResolvedTable(table, None, ()))
            continue
        schema, name = relation_of(table, names, catalogue_schema)
        query = session.execute(_COLUMNS, {"schema": schema, "name": name})
        found = {row.name: row for row in query}
        relation = f"{schema}.{name}"
        columns = tuple(_resolved(table, names, found))
        resolved.append(ResolvedTable(table, relation, columns))
        issues.extend(_findings(table, names, relation, found))
    return CatalogueCheck(tuple(resolved), tuple(issues))


def _resolved(
    table: str, names: TableNames, found: Mapping[str, Any]
) -> Iterator[ResolvedColumn]:
    for name in READ[table]:
        theirs = names.columns.get(name, name)
        if names.reads(name):
            kind = found[theirs].type if theirs in found else "missing"
            yield ResolvedColumn(name, theirs, kind)
        else:
            given = name in names.values
            source = f"= {names.values[name]!r}" if given else "null"
            yield ResolvedColumn(name, source, "")


def _findings(
    table: str, names: TableNames, relation: str, found: Mapping[str, Any]
) -> Iterator[Issue]:
    here = ["tables", table]
    if not found:
        detail = f"There is no table or view {relation}."
        yield Issue("table_not_found", detail, pointer_of([*here, "name"]))
        return
    read = {n: names.columns.get(n, n) for n in READ[table] if names.reads(n)}
    for name, theirs in read.items():
        at = pointer_of([*here, "columns", name])
        if theirs not in found:
            yield _not_found(table, name, theirs, relation, names, at)
        elif not found[theirs].readable:
            detail = f"Our role may not select {theirs} of {relation}."
            yield Issue("not_readable", detail, at)
        else:
            yield from _mismatch(table, name, theirs, found[theirs].type, at)


def _not_found(
    table: str, name: str, theirs: str, relation: str, names: TableNames, at: str
) -> Issue:
    if name in names.columns:
        return Issue("column_not_found", f"{relation} has no column {theirs!r}.", at)
    ways = "give a value" if not is_optional(table, name) else "list it under absent"
    detail = f"{relation} has no column {name!r}; name another one, or {ways}."
    return Issue("missing_column", detail, at)


def _mismatch(
    table: str, name: str, theirs: str, kind: str, at: str
) -> Iterator[Issue]:
    accepted = ACCEPTED[type(TABLES[table].c[name].type)]
    if accepted and kind not in accepted:
        wanted = " or ".join(accepted)
        detail = f"{theirs} is of the type {kind}, not {wanted}; a view can convert it."
        yield Issue("type_mismatch", detail, at)

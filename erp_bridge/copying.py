"""Many rows at once, by PostgreSQL's COPY; ten times as fast as INSERT."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

__all__ = ["copy_rows"]


def copy_rows(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Add rows within the connection's transaction.

    Parameters
    ----------
    connection
        Open connection of psycopg; its schema translation is followed.
    table
        The table.
    rows
        Values by column, all rows with the columns of the first. Python's defaults of
        columns are not applied, the database's are for columns that no row has.
    """
    found = list(rows)
    if not found:
        return
    columns = [table.c[name] for name in found[0]]
    as_text = [_FORMS.get(type(column.type), _as_is) for column in columns]
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor() as cursor, cursor.copy(_command(connection, columns)) as copy:
        for row in found:
            values = (row[column.name] for column in columns)
            copy.write_row(
                [
                    None if value is None else form(value)
                    for value, form in zip(values, as_text, strict=True)
                ]
            )


def _as_is(value: Any) -> Any:
    return value


def _array(texts: Sequence[str]) -> str:
    """Write an array of texts as PostgreSQL reads it, as one text for psycopg."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return '{"' + '","'.join(quoted) + '"}' if texts else "{}"


_FORMS: dict[type[Any], Callable[[Any], Any]] = {JSONB: Jsonb, ARRAY: _array}


def _command(connection: Connection, columns: Sequence[Any]) -> sql.Composed:
    table = columns[0].table
    translated = connection.get_execution_options().get("schema_translate_map", {})
    return sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(translated.get(table.schema, table.schema), table.name),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
    )

"""Databases of a real ERP, from dumps that are no part of the project.

``HORARIUM_ERP_DUMPS`` names their folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

__all__ = ["dump", "reference_database"]

FOLDER = Path(
    os.environ.get(
        "HORARIUM_ERP_DUMPS", Path(__file__).resolve().parents[3] / "shared" / "erp"
    )
)
_COPY = re.compile(r"^COPY .* FROM stdin;$")


def dump(name: str) -> Path:
    """Path of ``schema``, ``small`` or ``mid``; skips the test where it is absent."""
    path = FOLDER / f"reference-erp-{name}.sql"
    if not path.exists():
        pytest.skip(f"{path} is not there; set HORARIUM_ERP_DUMPS")
    return path


def load(connection: psycopg.Connection, dump: Path) -> None:
    """Run a plain dump: statements, and data of COPY between them."""
    statement: list[str] = []
    rows: list[str] | None = None
    for line in dump.read_text().splitlines(keepends=True):
        if rows is not None:
            if line.startswith("\\."):
                with connection.cursor().copy(statement.pop()) as copy:  # type: ignore[arg-type]
                    copy.write("".join(rows))
                rows = None
            else:
                rows.append(line)
        elif _COPY.match(line):
            statement, rows = [line], []
        elif not line.startswith(("--", "\n", "\\")):
            statement.append(line)
            if line.rstrip().endswith(";"):
                connection.execute("".join(statement))  # type: ignore[arg-type]
                statement = []


@contextmanager
def reference_database(server_url: str, name: str, size: str) -> Iterator[str]:
    """Create a database with an ERP's schema and rows; yields its URL."""
    dumps = [dump("schema"), dump(size)]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    url = server_url.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(url) as connection:
        for path in dumps:
            load(connection, path)
    yield url
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]

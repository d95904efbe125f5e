"""Bringing our tables to a version, safely beside others who do the same."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateSchema

from .database import OWN, engine_for
from .exceptions import StoreUnavailable
from .settings import SCHEMA

__all__ = ["downgrade", "migrate"]


def migrate(database_url: str, schema: str = SCHEMA, version: str = "head") -> None:
    """Bring the tables to the newest version; harmless when they are there.

    Several processes may do it at once: an advisory lock lets one after the other. All
    steps are one transaction.

    Parameters
    ----------
    database_url
        ``postgresql://`` URL.
    schema
        Schema of our tables, created when absent; the version table stands in it too.
    version
        Version to go up to.

    Raises
    ------
    StoreUnavailable
        If PostgreSQL does not answer.
    """
    _run(database_url, schema, lambda config: command.upgrade(config, version))


def downgrade(database_url: str, schema: str = SCHEMA, version: str = "base") -> None:
    """Take the tables back to an older version, data and all.

    Raises
    ------
    StoreUnavailable
        If PostgreSQL does not answer.
    """
    _run(database_url, schema, lambda config: command.downgrade(config, version))


def _run(database_url: str, schema: str, step: Callable[[Config], None]) -> None:
    engine = engine_for(database_url)
    try:
        with engine.begin() as connection:
            _take_turn(connection, schema)
            connection.execute(CreateSchema(schema, if_not_exists=True))
            step(_config(connection, schema))
    except OperationalError as error:
        raise StoreUnavailable("PostgreSQL does not answer.") from error
    finally:
        engine.dispose()


def _take_turn(connection: Connection, schema: str) -> None:
    """Wait for whoever migrates the same schema; the lock ends with the transaction."""
    key = zlib.crc32(f"horarium migrations {schema}".encode())
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _config(connection: Connection, schema: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("erp_bridge") / "migrations"))
    config.set_main_option("path_separator", "os")
    translated = connection.execution_options(schema_translate_map={OWN: schema})
    config.attributes.update(connection=translated, schema=schema)
    return config

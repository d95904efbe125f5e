"""PostgreSQL: one lazily opened pool per process, and transactions on it.

They say clearly when the server is away.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from .exceptions import StoreUnavailable, TablesMissing
from .settings import BridgeSettings

__all__ = ["OWN", "THEIRS", "Database", "engine_for"]

OWN = "horarium"
"""Name by which our tables name their schema; settings say what it really is."""
THEIRS = "erp"
"""Name by which the ERP's tables name their schema."""

_CONNECT_SECONDS = 3
_POOL_SECONDS = 5.0
_SILENCE_MILLISECONDS = 10_000
_MISSING = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.InvalidSchemaName,
)


def engine_for(url: str, *, pool_size: int = 1, max_overflow: int = 0) -> Engine:
    """Make an engine of psycopg; nothing is opened yet.

    Parameters
    ----------
    url
        ``postgresql://`` URL of whatever driver.
    pool_size, max_overflow
        Connections that are kept, and that may come on top.
    """
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=_POOL_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "tcp_user_timeout": _SILENCE_MILLISECONDS,
            "application_name": "horarium",
        },
    )


class Database:
    """Transactions on PostgreSQL.

    Parameters
    ----------
    settings
        Where it is, and its schemas.

    Attributes
    ----------
    catalogue_schema
        Schema of the ERP's tables.
    """

    def __init__(self, settings: BridgeSettings) -> None:
        engine = engine_for(
            settings.database_url,
            pool_size=settings.pool_size,
            max_overflow=settings.max_overflow,
        )
        self._pool = engine
        self.catalogue_schema = settings.catalogue_schema
        self._engine = engine.execution_options(
            schema_translate_map={
                OWN: settings.schema,
                THEIRS: settings.catalogue_schema,
            }
        )

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open a transaction that commits at the end, or rolls back on an exception.

        Raises
        ------
        StoreUnavailable
            If PostgreSQL does not answer; then nothing has been stored.
        TablesMissing
            If it was never migrated.
        """
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except PoolTimeout as error:
            raise StoreUnavailable("All connections to PostgreSQL are busy.") from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise StoreUnavailable("PostgreSQL does not answer.") from error
        except DBAPIError as error:
            if isinstance(error.orig, _MISSING):
                raise TablesMissing from error
            if error.connection_invalidated or isinstance(error, OperationalError):
                raise StoreUnavailable("PostgreSQL does not answer.") from error
            raise

    def close(self) -> None:
        """Close all connections; a later use opens new ones."""
        self._pool.dispose()

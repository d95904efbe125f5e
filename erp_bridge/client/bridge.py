"""The client's door: one object on PostgreSQL and Redis."""

from __future__ import annotations

from pathlib import Path

from erp_bridge.catalogue import CatalogueMapping, load_mapping
from erp_bridge.settings import CATALOGUE_SCHEMA, SCHEMA, BridgeSettings
from erp_bridge.stores import BridgeStores

from .jobs import JobCalls
from .limits import Limits
from .review import ReviewCalls

__all__ = ["Bridge", "Client"]

_NO_LIMITS_GIVEN = Limits()


class Client(JobCalls, ReviewCalls):
    """All calls, over stores that are there already, be they in memory."""


class Bridge(Client):
    """Jobs and workflows of one institution, called from an ERP's own process.

    It needs PostgreSQL and Redis, no Ray and no HTTP; whatever cluster serves the same
    databases computes the jobs. It may be shared by threads. Nothing connects before
    its first use, so a server that forks its workers makes one in each of them.

    Parameters
    ----------
    database_url, redis_url
        ``postgresql://`` and ``redis://`` URLs of the service.
    tenant
        The institution, as the service's tokens name it.
    schema, catalogue_schema
        PostgreSQL schemas of the service's tables and of the ERP's.
    catalogue_mapping
        File with the ERP's own names of its tables and columns, see ``docs/erp.md``.
    limits
        What may be asked for.
    self_approval
        Whether somebody may approve what they submitted.
    pool_size, max_overflow, redis_connections
        Connections to PostgreSQL that are kept and that may come on top, and most
        connections to Redis.

    Examples
    --------
    >>> with Bridge(database_url, redis_url) as bridge:  # doctest: +SKIP
    ...     term = Scope(department_id="CSE", semester=3, academic_year="2024-25")
    ...     job_id = bridge.submit_term(term, by="anna").job_id
    ...     for progress in bridge.follow(job_id):
    ...         print(progress.percent, progress.message)
    ...     workflow = bridge.select_variant(job_id, 1, by="anna")
    """

    def __init__(
        self,
        database_url: str,
        redis_url: str,
        *,
        tenant: str = "default",
        schema: str = SCHEMA,
        catalogue_schema: str = CATALOGUE_SCHEMA,
        catalogue_mapping: str | Path | None = None,
        limits: Limits = _NO_LIMITS_GIVEN,
        self_approval: bool = False,
        pool_size: int = 2,
        max_overflow: int = 4,
        redis_connections: int = 8,
    ) -> None:
        settings = BridgeSettings(
            database_url=database_url,
            redis_url=redis_url,
            schema=schema,
            catalogue_schema=catalogue_schema,
            catalogue_mapping=_loaded(catalogue_mapping),
            default_tenant=tenant,
            pool_size=pool_size,
            max_overflow=max_overflow,
            redis_connections=redis_connections,
        )
        super().__init__(
            BridgeStores(settings),
            tenant=tenant,
            limits=limits,
            self_approval=self_approval,
        )


def _loaded(path: str | Path | None) -> CatalogueMapping | None:
    return None if path is None else load_mapping(Path(path))

"""Where the databases are, and how much of them a process may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .catalogue.names import CatalogueMapping

__all__ = ["CATALOGUE_SCHEMA", "SCHEMA", "BridgeSettings", "ReferenceSettings"]

SCHEMA = "horarium"
CATALOGUE_SCHEMA = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSettings:
    """How the reference ERP is served; see ``docs/erp.md``.

    Parameters
    ----------
    tenant
        Tenant that is the ERP's organization.
    time_limit_seconds
        Search seconds of its jobs.
    sweep_seconds, scan_seconds
        Time between looks at its rows, and at queue entries in Redis.
    grace_seconds
        Age at which a row that was never posted counts as lost.
    max_age_seconds
        Age from which such a row is left alone.
    """

    tenant: str = "default"
    time_limit_seconds: float = 120.0
    sweep_seconds: float = 2.0
    scan_seconds: float = 10.0
    grace_seconds: float = 10.0
    max_age_seconds: float = 86_400.0

    def __post_init__(self) -> None:
        if self.time_limit_seconds <= 0:
            raise ValueError("time_limit_seconds > 0 is needed")
        if min(self.sweep_seconds, self.scan_seconds, self.grace_seconds) < 0:
            raise ValueError("sweep, scan and grace seconds must be >= 0")
        if self.max_age_seconds <= self.grace_seconds:
            raise ValueError("max_age_seconds must be more than grace_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSettings:
    """Settings of one process's bridge; picklable.

    Parameters
    ----------
    database_url
        ``postgresql://`` URL.
    redis_url
        ``redis://`` URL.
    schema
        PostgreSQL schema of our own tables.
    catalogue_schema
        Schema of the ERP's tables.
    catalogue_mapping
        What the ERP calls its tables and columns; None for our own names.
    default_tenant
        Tenant that means the ERP's only organization.
    pool_size, max_overflow
        Connections to PostgreSQL that are kept, and that may come on top.
    redis_connections
        Most connections to Redis.
    reference
        How the reference ERP is served; None where it is not the ERP.
    """

    database_url: str
    redis_url: str
    schema: str = SCHEMA
    catalogue_schema: str = CATALOGUE_SCHEMA
    catalogue_mapping: CatalogueMapping | None = None
    default_tenant: str = "default"
    pool_size: int = 2
    max_overflow: int = 4
    redis_connections: int = 8
    reference: ReferenceSettings | None = None

    def __post_init__(self) -> None:
        for name in (self.schema, self.catalogue_schema):
            if not name.isidentifier() or not name.islower():
                raise ValueError(f"a schema must be a lower-case name, got {name!r}")
        if self.pool_size < 1 or self.max_overflow < 0 or self.redis_connections < 1:
            raise ValueError("pool_size and redis_connections >= 1 are needed")
        if self.catalogue_mapping is not None and self.reference is not None:
            raise ValueError("the reference ERP's tables need no mapping")

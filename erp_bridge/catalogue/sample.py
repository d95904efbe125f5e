"""A term put into tables of the ERP's shape, for a demonstration."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, text
from sqlalchemy.schema import CreateSchema

from erp_bridge.copying import copy_rows
from erp_bridge.database import THEIRS, engine_for
from erp_bridge.exceptions import CatalogueOccupied
from erp_bridge.settings import CATALOGUE_SCHEMA
from solvers.formats.institution import Institution

from . import tables
from .sample_rows import SAMPLE_CODE, erp_rows

__all__ = ["load_sample"]

_LOCK = 0x5A3B1E


def load_sample(
    database_url: str, institution: Institution, schema: str = CATALOGUE_SCHEMA
) -> bool:
    """Create the ERP's tables with a term in them; False if they are there already.

    Parameters
    ----------
    database_url
        ``postgresql://`` URL.
    institution
        The term.
    schema
        Schema for the tables, created when absent.

    Raises
    ------
    CatalogueOccupied
        If the schema holds tables of an ERP that are not the sample's.
    """
    engine = engine_for(database_url)
    try:
        with engine.begin() as plain:
            connection = plain.execution_options(schema_translate_map={THEIRS: schema})
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            connection.execute(CreateSchema(schema, if_not_exists=True))
            if _is_loaded(connection, schema):
                return False
            tables.METADATA.create_all(connection, checkfirst=False)
            for table, rows in erp_rows(institution).items():
                copy_rows(connection, table, rows)
    finally:
        engine.dispose()
    return True


def _is_loaded(connection: Connection, schema: str) -> bool:
    found = connection.execute(
        select(func.to_regclass(f"{schema}.organizations"))
    ).scalar()
    if found is None:
        return False
    code = tables.organizations.c.org_code
    codes = connection.execute(select(code)).scalars().all()
    if list(codes) != [SAMPLE_CODE]:
        raise CatalogueOccupied
    return True

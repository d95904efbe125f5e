"""Run by Alembic on the connection and in the transaction of the caller."""

from __future__ import annotations

from alembic import context

import erp_bridge.workflow_tables  # noqa: F401
from erp_bridge.tables import Base

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table_schema=config.attributes["schema"],
)
with context.begin_transaction():
    context.run_migrations()

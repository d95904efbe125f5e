"""The ERP's tables that the adapter writes, or reads beside the catalogue.

The ERP owns them; they are never created or altered here.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from erp_bridge.database import THEIRS

__all__ = ["batches", "jobs", "rooms"]

_METADATA = MetaData(schema=THEIRS)

jobs = Table(
    "generation_jobs",
    _METADATA,
    Column("id", Uuid, primary_key=True),
    Column("status", String(20)),
    Column("created_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    Column("error_message", Text),
    Column("progress", Integer),
    Column("academic_year", String(20)),
    Column("semester", Integer),
    Column("timetable_data", JSONB),
    Column("org_id", Uuid),
)
rooms = Table(
    "rooms",
    _METADATA,
    Column("room_id", Uuid, primary_key=True),
    Column("room_number", Text),
    Column("org_id", Uuid),
)
batches = Table(
    "batches",
    _METADATA,
    Column("batch_id", Uuid, primary_key=True),
    Column("section", Text),
    Column("org_id", Uuid),
)

"""What deliverers of the outbox keep.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NAME = "ck_outbox_status"
_BEFORE = "status IN ('pending', 'sent', 'dead')"
_NOW = "status IN ('pending', 'sent', 'addressed', 'skipped', 'dead')"


def upgrade() -> None:
    """Add the states and columns; stored messages are whole and were never tried."""
    _allow(_NOW)
    for column in (
        sa.Column("part_of", sa.Uuid()),
        sa.Column("attempts_before", sa.Integer(), server_default="0", nullable=False),
        sa.Column("report", JSONB(), server_default="{}", nullable=False),
    ):
        op.add_column("outbox", column, schema=_schema())
    op.create_foreign_key(
        "fk_outbox_part_of",
        "outbox",
        "outbox",
        ["part_of"],
        ["outbox_id"],
        source_schema=_schema(),
        referent_schema=_schema(),
        ondelete="SET NULL",
    )
    op.create_index("ix_outbox_part_of", "outbox", ["part_of"], schema=_schema())


def downgrade() -> None:
    """Split messages count as sent, skipped ones as dead."""
    outbox = f'"{_schema()}".outbox'
    op.execute(f"UPDATE {outbox} SET status = 'sent' WHERE status = 'addressed'")
    op.execute(f"UPDATE {outbox} SET status = 'dead' WHERE status = 'skipped'")
    op.drop_index("ix_outbox_part_of", "outbox", schema=_schema())
    for name in ("part_of", "attempts_before", "report"):
        op.drop_column("outbox", name, schema=_schema())
    _allow(_BEFORE)


def _allow(condition: str) -> None:
    schema = _schema()
    op.drop_constraint(op.f(_NAME), "outbox", type_="check", schema=schema)
    op.create_check_constraint(op.f(_NAME), "outbox", condition, schema=schema)


def _schema() -> str:
    """The schema's real name: Alembic's ALTER statements are not translated."""
    translated = op.get_bind().get_execution_options()["schema_translate_map"]
    return str(translated["horarium"])

"""Inputs of both ITC-2007 families.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NAME = "ck_generation_jobs_source"
_BEFORE = "source IN ('institution', 'itc2019', 'catalogue')"
_NOW = "source IN ('institution', 'itc2019', 'cbctt', 'pectt', 'catalogue')"


def upgrade() -> None:
    """Allow the new kinds."""
    _allow(_NOW)


def downgrade() -> None:
    """Drop jobs of kinds that are not known below, then allow only the others."""
    jobs = f'"{_schema()}".generation_jobs'
    op.execute(f"DELETE FROM {jobs} WHERE source IN ('cbctt', 'pectt')")
    _allow(_BEFORE)


def _allow(condition: str) -> None:
    table, schema = "generation_jobs", _schema()
    op.drop_constraint(op.f(_NAME), table, type_="check", schema=schema)
    op.create_check_constraint(op.f(_NAME), table, condition, schema=schema)


def _schema() -> str:
    """The schema's real name: Alembic's ALTER statements are not translated."""
    translated = op.get_bind().get_execution_options()["schema_translate_map"]
    return str(translated["horarium"])

"""Live timetables, workflows and their audit, the outbox, API keys."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_TEXTS = postgresql.ARRAY(sa.Text())
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _extend_timetables()
    _extend_entries()
    _create_workflows()
    _create_events()
    _create_outbox()
    _create_keys()


def downgrade() -> None:
    for table in ("api_keys", "outbox", "workflow_events", "timetable_workflows"):
        op.drop_table(table, schema=_schema())
    op.execute(f'DROP FUNCTION "{_schema()}".refuse_change()')
    op.drop_index(
        "ix_timetable_entries_section",
        table_name="timetable_entries",
        schema=_schema(),
    )
    for column in ("room_equipment", "equipment", "student_ids", "cohort_ids", "group_ids"):
        op.drop_column("timetable_entries", column, schema=_schema())
    op.drop_index(
        "uq_timetables_live_scope", table_name="timetables", schema=_schema()
    )
    op.drop_constraint(
        "fk_timetables_replaces_id", "timetables", schema=_schema(), type_="foreignkey"
    )
    for column in (
        "replaces_id",
        "published_at",
        "is_live",
        "variant_number",
        "tenant",
    ):
        op.drop_column("timetables", column, schema=_schema())


def _schema() -> str:
    """The schema's real name: Alembic's ALTER statements are not translated."""
    translated = op.get_bind().get_execution_options()["schema_translate_map"]
    return str(translated["horarium"])


def _id(name: str, default: bool = True) -> sa.Column[Any]:
    generated = sa.text("gen_random_uuid()") if default else None
    return sa.Column(name, sa.Uuid(), server_default=generated, nullable=False)


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TIME, server_default=sa.text("now()"), nullable=False)


def _text(name: str, default: str | None = None, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=nullable)


def _extend_timetables() -> None:
    """Add what publication needs; stored timetables take it from their jobs."""
    for column in (
        sa.Column("tenant", sa.Text()),
        sa.Column("variant_number", sa.SmallInteger()),
        sa.Column("is_live", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("published_at", _TIME),
        sa.Column("replaces_id", sa.Uuid()),
    ):
        op.add_column("timetables", column, schema=_schema())
    timetables = sa.table(
        "timetables",
        *map(
            sa.column,
            ("timetable_id", "generation_job_id", "tenant", "variant_number"),
        ),
        schema=_schema(),
    )
    jobs = sa.table(
        "generation_jobs", *map(sa.column, ("job_id", "tenant")), schema=_schema()
    )
    variants = sa.table(
        "timetable_variants",
        *map(sa.column, ("variant_id", "variant_number")),
        schema=_schema(),
    )
    op.execute(
        sa.update(timetables)
        .values(tenant=jobs.c.tenant, variant_number=variants.c.variant_number)
        .where(
            jobs.c.job_id == timetables.c.generation_job_id,
            variants.c.variant_id == timetables.c.timetable_id,
        )
    )
    for name in ("tenant", "variant_number"):
        op.alter_column("timetables", name, nullable=False, schema=_schema())
    op.create_foreign_key(
        "fk_timetables_replaces_id",
        "timetables",
        "timetables",
        ["replaces_id"],
        ["timetable_id"],
        source_schema=_schema(),
        referent_schema=_schema(),
        ondelete="SET NULL",
    )
    op.create_index(
        "uq_timetables_live_scope",
        "timetables",
        [
            "tenant",
            sa.text("coalesce(department_id, '')"),
            sa.text("coalesce(batch_id, '')"),
            sa.text("coalesce(semester::integer, 0)"),
            sa.text("coalesce(academic_year, '')"),
        ],
        unique=True,
        schema=_schema(),
        postgresql_where=sa.text("is_live"),
    )


def _extend_entries() -> None:
    """Add what is kept of a meeting; of stored ones, groups are not known."""
    for name, kind in (
        ("group_ids", _TEXTS),
        ("cohort_ids", _TEXTS),
        ("student_ids", _TEXTS),
        ("equipment", _JSON),
        ("room_equipment", _JSON),
    ):
        column = sa.Column(name, kind, server_default="{}", nullable=False)
        op.add_column("timetable_entries", column, schema=_schema())
    entries = sa.table(
        "timetable_entries",
        sa.column("group_ids"),
        sa.column("cohort_ids"),
        sa.column("batch_ids"),
        schema=_schema(),
    )
    op.execute(sa.update(entries).values(
            group_ids=entries.c.batch_ids, cohort_ids=entries.c.batch_ids
        ))
    op.create_index(
        "ix_timetable_entries_section",
        "timetable_entries",
        ["timetable_id", "section_id"],
        schema=_schema(),
    )


def _create_workflows() -> None:
    op.create_table(
        "timetable_workflows",
        _id("workflow_id"),
        _text("tenant"),
        _id("job_id", default=False),
        sa.Column("variant_number", sa.SmallInteger(), nullable=False),
        _id("timetable_id", default=False),
        _text("department_id", nullable=True),
        _text("batch_id", nullable=True),
        sa.Column("semester", sa.SmallInteger(), nullable=True),
        _text("academic_year", nullable=True),
        sa.Column("status", sa.String(20), server_default="draft", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _text("created_by"),
        _text("submitted_by", nullable=True),
        _text("decided_by", nullable=True),
        _text("published_by", nullable=True),
        _text("comments", ""),
        _now("created_at"),
        _now("updated_at"),
        sa.Column("submitted_at", _TIME, nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("published_at", _TIME, nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'pending_review', 'approved', 'published', 'rejected')",
            name=op.f("ck_timetable_workflows_status"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            [f"{_schema()}.generation_jobs.job_id"],
            name=op.f("fk_timetable_workflows_job_id"),
        ),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            [f"{_schema()}.timetables.timetable_id"],
            name=op.f("fk_timetable_workflows_timetable_id"),
        ),
        sa.PrimaryKeyConstraint("workflow_id", name=op.f("pk_timetable_workflows")),
        schema=_schema(),
    )
    op.create_index(
        "ix_timetable_workflows_tenant",
        "timetable_workflows",
        ["tenant", sa.literal_column("created_at DESC")],
        schema=_schema(),
    )
    op.create_index(
        "uq_timetable_workflows_open",
        "timetable_workflows",
        ["job_id"],
        unique=True,
        schema=_schema(),
        postgresql_where=sa.text("status IN ('draft', 'pending_review', 'approved')"),
    )


def _create_events() -> None:
    op.create_table(
        "workflow_events",
        sa.Column(
            "event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False
        ),
        _text("tenant"),
        _id("job_id", default=False),
        sa.Column("workflow_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("variant_number", sa.SmallInteger(), nullable=True),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("from_status", sa.String(20), nullable=True),
        sa.Column("to_status", sa.String(20), nullable=False),
        _text("actor"),
        sa.Column("actor_role", sa.String(20), nullable=False),
        _text("comments", ""),
        sa.Column(
            "at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_workflow_events")),
        sa.UniqueConstraint(
            "workflow_id",
            "version",
            name=op.f("uq_workflow_events_workflow_id_version"),
        ),
        schema=_schema(),
    )
    op.create_index(
        "ix_workflow_events_job_id", "workflow_events", ["job_id"], schema=_schema()
    )
    schema = _schema()
    op.execute(
        f"""CREATE FUNCTION "{schema}".refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'workflow_events is append-only';
        END $$"""
    )
    op.execute(
        f"""CREATE TRIGGER workflow_events_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON "{schema}".workflow_events
        FOR EACH STATEMENT EXECUTE FUNCTION "{schema}".refuse_change()"""
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        _id("outbox_id"),
        _text("tenant"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("topic", sa.String(60), nullable=False),
        sa.Column("payload", _JSON, nullable=False),
        _text("target", ""),
        sa.Column("status", sa.String(10), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _now("next_attempt_at"),
        _text("last_error", ""),
        _text("idempotency_key"),
        _now("created_at"),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.CheckConstraint(
            "kind IN ('mail', 'webhook')", name=op.f("ck_outbox_kind")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'sent', 'dead')", name=op.f("ck_outbox_status")
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "idempotency_key", name=op.f("uq_outbox_idempotency_key")
        ),
        schema=_schema(),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_attempt_at"],
        schema=_schema(),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_outbox_tenant",
        "outbox",
        ["tenant", sa.literal_column("created_at DESC")],
        schema=_schema(),
    )


def _create_keys() -> None:
    op.create_table(
        "api_keys",
        _id("key_id"),
        _text("tenant"),
        _text("name"),
        sa.Column("prefix", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("departments", _TEXTS, server_default="{}", nullable=False),
        sa.Column("scopes", _TEXTS, server_default="{}", nullable=False),
        _text("created_by", ""),
        _now("created_at"),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.Column("last_used_at", _TIME, nullable=True),
        sa.CheckConstraint(
            "role IN ('admin', 'staff', 'faculty', 'student')",
            name=op.f("ck_api_keys_role"),
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
        schema=_schema(),
    )
    op.create_index(
        "ix_api_keys_tenant_name", "api_keys", ["tenant", "name"], schema=_schema()
    )

"""Jobs, variants and timetables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "generation_jobs",
        sa.Column(
            "job_id",
            sa.Uuid(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
        ),
        sa.Column("tenant", sa.Text(), server_default="default", nullable=False),
        sa.Column("department_id", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Text(), nullable=True),
        sa.Column("semester", sa.SmallInteger(), nullable=True),
        sa.Column("academic_year", sa.Text(), nullable=True),
        sa.Column(
            "status", sa.String(length=20), server_default="queued", nullable=False
        ),
        sa.Column("progress", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("error_message", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "issues",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "source", sa.String(length=20), server_default="catalogue", nullable=False
        ),
        sa.Column("input", sa.LargeBinary(), nullable=True),
        sa.Column("input_hash", sa.String(length=64), nullable=True),
        sa.Column(
            "time_limit_seconds", sa.Double(), server_default="120", nullable=False
        ),
        sa.Column("seed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "options",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column(
            "fingerprint", sa.String(length=64), server_default="", nullable=False
        ),
        sa.Column("stop_requested", sa.String(length=10), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fencing_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "last_progress", postgresql.JSONB(astext_type=sa.Text()), nullable=True
        ),
        sa.Column("manifest", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "source IN ('institution', 'itc2019', 'catalogue')",
            name=op.f("ck_generation_jobs_source"),
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'failed', 'cancelling', 'cancelled', 'approved', 'rejected')",
            name=op.f("ck_generation_jobs_status"),
        ),
        sa.CheckConstraint(
            "stop_requested IN ('cancel', 'finish')",
            name=op.f("ck_generation_jobs_stop_requested"),
        ),
        sa.CheckConstraint(
            "progress BETWEEN 0 AND 100", name=op.f("ck_generation_jobs_progress")
        ),
        sa.CheckConstraint(
            "time_limit_seconds > 0", name=op.f("ck_generation_jobs_time_limit")
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_generation_jobs")),
        sa.UniqueConstraint(
            "tenant",
            "idempotency_key",
            name=op.f("uq_generation_jobs_tenant_idempotency_key"),
        ),
        schema="horarium",
    )
    op.create_index(
        "ix_generation_jobs_open",
        "generation_jobs",
        ["tenant", sa.literal_column("priority DESC"), "created_at"],
        unique=False,
        schema="horarium",
        postgresql_where=sa.text("status IN ('queued', 'running', 'cancelling')"),
    )
    op.create_index(
        "ix_generation_jobs_tenant_claimed",
        "generation_jobs",
        ["tenant", sa.literal_column("claimed_at DESC")],
        unique=False,
        schema="horarium",
    )
    op.create_index(
        "ix_generation_jobs_tenant_created",
        "generation_jobs",
        ["tenant", sa.literal_column("created_at DESC")],
        unique=False,
        schema="horarium",
    )
    op.create_table(
        "timetable_variants",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("variant_number", sa.SmallInteger(), nullable=False),
        sa.Column("optimization_priority", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("focus", sa.Text(), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("hard_violations", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column(
            "verification", postgresql.JSONB(astext_type=sa.Text()), nullable=False
        ),
        sa.Column("stages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("warnings", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("adopted_from", sa.SmallInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "variant_number >= 1", name=op.f("ck_timetable_variants_variant_number")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["horarium.generation_jobs.job_id"],
            name=op.f("fk_timetable_variants_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_timetable_variants")),
        sa.UniqueConstraint(
            "job_id",
            "variant_number",
            name=op.f("uq_timetable_variants_job_id_variant_number"),
        ),
        schema="horarium",
    )
    op.create_table(
        "timetables",
        sa.Column("timetable_id", sa.Uuid(), nullable=False),
        sa.Column("generation_job_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Text(), nullable=True),
        sa.Column("semester", sa.SmallInteger(), nullable=True),
        sa.Column("academic_year", sa.Text(), nullable=True),
        sa.Column("time_options", sa.LargeBinary(), nullable=False),
        sa.Column("room_options", sa.LargeBinary(), nullable=False),
        sa.Column("enrollments", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["generation_job_id"],
            ["horarium.generation_jobs.job_id"],
            name=op.f("fk_timetables_generation_job_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            ["horarium.timetable_variants.variant_id"],
            name=op.f("fk_timetables_timetable_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("timetable_id", name=op.f("pk_timetables")),
        schema="horarium",
    )
    op.create_index(
        "ix_timetables_generation_job_id",
        "timetables",
        ["generation_job_id"],
        unique=False,
        schema="horarium",
    )
    op.create_table(
        "timetable_entries",
        sa.Column("timetable_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("section_id", sa.Text(), nullable=False),
        sa.Column("meeting", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("course_code", sa.Text(), nullable=False),
        sa.Column("course_name", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=True),
        sa.Column("start_time", sa.String(length=5), nullable=True),
        sa.Column("end_time", sa.String(length=5), nullable=True),
        sa.Column("weeks", sa.Text(), nullable=True),
        sa.Column("room_id", sa.Text(), nullable=True),
        sa.Column("room_name", sa.Text(), nullable=True),
        sa.Column("building", sa.Text(), nullable=True),
        sa.Column("room_capacity", sa.Integer(), nullable=True),
        sa.Column("instructor_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("instructor_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("batch_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("batch_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "day BETWEEN 0 AND 6", name=op.f("ck_timetable_entries_day")
        ),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            ["horarium.timetables.timetable_id"],
            name=op.f("fk_timetable_entries_timetable_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "timetable_id", "position", name=op.f("pk_timetable_entries")
        ),
        schema="horarium",
    )
    op.create_index(
        "ix_timetable_entries_room",
        "timetable_entries",
        ["timetable_id", "room_id"],
        unique=False,
        schema="horarium",
    )


def downgrade() -> None:
    op.drop_index(
        "ix_timetable_entries_room", table_name="timetable_entries", schema="horarium"
    )
    op.drop_table("timetable_entries", schema="horarium")
    op.drop_index(
        "ix_timetables_generation_job_id", table_name="timetables", schema="horarium"
    )
    op.drop_table("timetables", schema="horarium")
    op.drop_table("timetable_variants", schema="horarium")
    op.drop_index(
        "ix_generation_jobs_tenant_created",
        table_name="generation_jobs",
        schema="horarium",
    )
    op.drop_index(
        "ix_generation_jobs_tenant_claimed",
        table_name="generation_jobs",
        schema="horarium",
    )
    op.drop_index(
        "ix_generation_jobs_open",
        table_name="generation_jobs",
        schema="horarium",
        postgresql_where=sa.text("status IN ('queued', 'running', 'cancelling')"),
    )
    op.drop_table("generation_jobs", schema="horarium")

"""The shipped migrations: up, down, again, and by several at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError

from erp_bridge import BridgeSettings, StoreUnavailable, downgrade, migrate
from erp_bridge.tables import Base
from serve.embedded.processes import free_port
from tests.erp_bridge.servers import Servers

pytestmark = pytest.mark.integration
SCHEMA = "elsewhere"


@pytest.fixture
def url(servers: Servers) -> Iterator[str]:
    yield servers.settings.database_url
    servers.run(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _tables(servers: Servers) -> set[str]:
    rows = servers.run(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = :s",
        s=SCHEMA,
    )
    return {row[0] for row in rows}


def test_up_and_down_and_up_again(servers: Servers, url: str) -> None:
    """All tables stand in the schema of the setting, the version beside them."""
    ours = {table.name for table in Base.metadata.tables.values()}
    migrate(url, SCHEMA)
    assert _tables(servers) == ours | {"alembic_version"}
    downgrade(url, SCHEMA)
    assert _tables(servers) == {"alembic_version"}
    migrate(url, SCHEMA)
    migrate(url, SCHEMA)
    assert _tables(servers) == ours | {"alembic_version"}


def test_migrations_make_what_the_tables_say(servers: Servers, url: str) -> None:
    """Alembic finds no difference between both."""
    migrate(url, SCHEMA)
    wanted = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(wanted, schema=SCHEMA)
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
        "compare_server_default": True,
        "version_table_schema": SCHEMA,
    }
    with servers.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, wanted) == []


_ROWS = """
INSERT INTO elsewhere.generation_jobs (job_id, tenant, department_id)
VALUES ('00000000-0000-4000-8000-000000000001', 'uni', 'CSE');
INSERT INTO elsewhere.timetable_variants VALUES (
    '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 4,
    'p', 'l', '', '{}', '{}', 1, 0, true, '{}', '[]', '{}', 1, 1, NULL, now());
INSERT INTO elsewhere.timetables (timetable_id, generation_job_id, time_options,
    room_options, enrollments)
VALUES ('00000000-0000-4000-8000-000000000002',
    '00000000-0000-4000-8000-000000000001', '', '', '');
INSERT INTO elsewhere.timetable_entries (timetable_id, position, section_id, meeting,
    name, course_id, course_code, course_name, department_id, instructor_ids,
    instructor_names, batch_ids, batch_names, enrolled)
VALUES ('00000000-0000-4000-8000-000000000002', 0, 's', 1, 'n', 'c', 'c', 'c', 'CSE',
    '{F1}', '{Ada}', '{A}', '{A}', 30);
"""


def test_stored_timetables_live_through_up_and_down(servers: Servers, url: str) -> None:
    """They take tenant and variant from their job, and keep their entries."""
    migrate(url, SCHEMA, "0002")
    servers.run(_ROWS)
    entry = f"SELECT section_id, instructor_ids FROM {SCHEMA}.timetable_entries"
    before = servers.run(entry)
    migrate(url, SCHEMA)
    found = servers.run(
        f"SELECT tenant, variant_number, is_live, group_ids "
        f"FROM {SCHEMA}.timetables JOIN {SCHEMA}.timetable_entries USING (timetable_id)"
    )
    assert [tuple(row) for row in found] == [("uni", 4, False, ["A"])]
    downgrade(url, SCHEMA, "0002")
    assert servers.run(entry) == before
    migrate(url, SCHEMA)
    assert servers.run(entry) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {}.workflow_events SET comments = ''",
        "DELETE FROM {}.workflow_events",
        "TRUNCATE {}.workflow_events",
    ],
)
def test_the_audit_only_grows(servers: Servers, url: str, statement: str) -> None:
    """Nobody rewrites it, whatever role they have in the program."""
    migrate(url, SCHEMA)
    servers.run(
        f"INSERT INTO {SCHEMA}.workflow_events "
        "(tenant, job_id, action, to_status, actor, actor_role) "
        "VALUES ('t', gen_random_uuid(), 'approve', 'approved', 'ada', 'staff')"
    )
    with pytest.raises(DBAPIError, match="append-only"):
        servers.run(statement.format(SCHEMA))
    assert len(servers.run(f"SELECT * FROM {SCHEMA}.workflow_events")) == 1


def test_several_migrate_at_once(servers: Servers, url: str) -> None:
    """One after the other, and nobody fails."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            migrate(url, SCHEMA)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert "generation_jobs" in _tables(servers)


def test_every_constraint_has_our_name(servers: Servers) -> None:
    """So that a later migration can find it."""
    rows = servers.run(
        "SELECT conname FROM pg_constraint c JOIN pg_namespace n "
        "ON n.oid = c.connamespace WHERE n.nspname = 'horarium' "
        "AND c.contype IN ('p', 'f', 'u', 'c')"
    )
    names = {row[0] for row in rows} - {"alembic_version_pkc"}
    assert "uq_timetable_variants_job_id_variant_number" in names
    assert all(name.startswith(("pk_", "fk_", "uq_", "ck_")) for name in names)


def test_a_dead_server_is_told() -> None:
    with pytest.raises(StoreUnavailable):
        migrate(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")


@pytest.mark.parametrize("name", ["Upper", "a-b", "a; DROP", ""])
def test_a_schema_is_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        BridgeSettings(database_url="", redis_url="", schema=name)

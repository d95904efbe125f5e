"""The sample's tables under other names, in a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erp_bridge import Bridge, BridgeStores, Scope, load_sample
from erp_bridge.catalogue import mapping_of
from erp_bridge.catalogue.columns import OPTIONAL_TABLES, READ
from solvers.exceptions import InputError
from solvers.formats.institution import build_instance, read_institution
from solvers.sample import sample_institution
from tests.erp_bridge.conftest import draft
from tests.erp_bridge.servers import Servers

pytestmark = pytest.mark.integration
PLAIN, RENAMED, HOSTILE = "mapped_plain", "mapped_hr", 'Per%cent "and"; [x]'
SCOPES = [
    Scope(academic_year="2024-25"),
    Scope(
        department_id="CSE", batch_id="2024-CSE-A", semester=3, academic_year="2024-25"
    ),
]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _other_name(name: str) -> str:
    """A name that only works where it is quoted."""
    return f'{name.title()} "%s" :x; --'


def _mapping() -> dict[str, Any]:
    return {
        "tables": {
            table: {
                "schema": HOSTILE,
                "name": _other_name(table),
                "columns": {column: _other_name(column) for column in READ[table]},
            }
            for table in READ
        }
    }


def _rename(servers: Servers) -> None:
    """Rename every table and every column that is read, and move them."""
    connection = servers.engine.raw_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {_quoted(HOSTILE)}")
            for table, columns in READ.items():
                here = f"{RENAMED}.{table}"
                for column in columns:
                    new = _quoted(_other_name(column))
                    cursor.execute(f"ALTER TABLE {here} RENAME {column} TO {new}")
                cursor.execute(f"ALTER TABLE {here} SET SCHEMA {_quoted(HOSTILE)}")
                moved = f"{_quoted(HOSTILE)}.{table}"
                new = _quoted(_other_name(table))
                cursor.execute(f"ALTER TABLE {moved} RENAME TO {new}")
        connection.commit()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def loaded(servers: Servers) -> Iterator[Servers]:
    """The same sample twice: as it is, and renamed."""
    sample = sample_institution(scale=0.2, seed=1)
    for schema in (PLAIN, RENAMED):
        assert load_sample(servers.settings.database_url, sample, schema)
    _rename(servers)
    yield servers
    for schema in (PLAIN, RENAMED, HOSTILE):
        with servers.engine.begin() as connection:
            connection.exec_driver_sql(
                f"DROP SCHEMA {_quoted(schema).replace('%', '%%')} CASCADE"
            )


@pytest.fixture
def plain(loaded: Servers) -> Iterator[BridgeStores]:
    stores = BridgeStores(replace(loaded.settings, catalogue_schema=PLAIN))
    yield stores
    stores.close()


def _stores(
    servers: Servers, content: dict[str, Any], schema: str = PLAIN
) -> BridgeStores:
    mapping = mapping_of(content)
    return BridgeStores(
        replace(servers.settings, catalogue_schema=schema, catalogue_mapping=mapping)
    )


@pytest.fixture
def mapped(loaded: Servers) -> Iterator[BridgeStores]:
    stores = _stores(loaded, _mapping())
    yield stores
    stores.close()


@pytest.mark.parametrize("scope", SCOPES)
def test_a_renamed_catalogue_is_read_to_the_byte(
    plain: BridgeStores, mapped: BridgeStores, scope: Scope
) -> None:
    """The document and its warnings, whatever the tables and columns are called."""
    document, warnings = plain.catalogue.read_document("default", scope)
    assert len(document) > 10_000
    assert mapped.catalogue.read_document("default", scope) == (document, warnings)


def test_people_are_found_in_a_renamed_catalogue(
    plain: BridgeStores, mapped: BridgeStores, loaded: Servers
) -> None:
    faculty = loaded.run(f"SELECT faculty_id FROM {PLAIN}.faculty LIMIT 1")[0][0]
    student = loaded.run(f"SELECT enrollment_number FROM {PLAIN}.students LIMIT 1")
    code = plain.catalogue.faculty_code("SAMPLE", str(faculty))
    assert code is not None
    assert mapped.catalogue.faculty_code("SAMPLE", str(faculty)) == code
    number = student[0][0]
    found = plain.catalogue.student("SAMPLE", number)
    assert found is not None
    assert mapped.catalogue.student("SAMPLE", number) == found


def test_wrong_scopes_are_told_in_a_renamed_catalogue(mapped: BridgeStores) -> None:
    with pytest.raises(InputError) as caught:
        mapped.catalogue.check_scope("default", Scope(department_id="XX", semester=19))
    assert [issue.code for issue in caught.value.issues] == [
        "unknown_department_id",
        "empty_term",
    ]


def test_everything_that_is_mapped_is_there(
    plain: BridgeStores, mapped: BridgeStores
) -> None:
    """Every table and column, each with its type."""
    for stores in (plain, mapped):
        found = stores.catalogue.check()
        assert found.issues == ()
        assert [table.table for table in found.tables] == list(READ)
        for table in found.tables:
            assert [column.name for column in table.columns] == list(READ[table.table])
            assert all(column.type for column in table.columns)
    rooms = next(t for t in found.tables if t.table == "rooms")
    assert rooms.relation == f"{HOSTILE}.{_other_name('rooms')}"


def test_a_view_a_value_and_null_stand_in(plain: BridgeStores, loaded: Servers) -> None:
    """Columns that the ERP has not are the same for every row, or null."""
    loaded.run(
        f"CREATE VIEW {PLAIN}.teachers AS SELECT faculty_id AS teacher_no, "
        "faculty_code, first_name, last_name, max_consecutive_hours, "
        f"preferred_time_slot, is_active, dept_id, org_id FROM {PLAIN}.faculty"
    )
    loaded.run(
        f"CREATE TABLE {PLAIN}.weeks AS SELECT * FROM {PLAIN}.timetable_configurations"
    )
    content = {
        "tables": {
            "faculty": {
                "name": f"{PLAIN}.teachers",
                "columns": {"faculty_id": "teacher_no"},
                "values": {"max_hours_per_week": 7},
                "absent": ["research_day"],
            },
            "timetable_configurations": {
                "name": "weeks",
                "values": {"max_classes_per_day": 6},
            },
            "rooms": {"values": {"features": ["projector"]}},
            "buildings": {"absent": True},
        }
    }
    stores = _stores(loaded, content)
    try:
        assert stores.catalogue.check().issues == ()
        document, _ = stores.catalogue.read_document("default", SCOPES[0])
    finally:
        stores.close()
        loaded.run(f"DROP VIEW {PLAIN}.teachers")
        loaded.run(f"DROP TABLE {PLAIN}.weeks")
    before, _ = plain.catalogue.read_document("default", SCOPES[0])
    old, new = read_institution(before), read_institution(document)
    assert {person.id for person in new.faculty} == {p.id for p in old.faculty}
    assert {room.id for room in new.rooms} == {room.id for room in old.rooms}
    assert all("projector" in room.features for room in new.rooms)
    assert not any(room.building for room in new.rooms)
    assert any(room.building for room in old.rooms)


def test_an_erp_may_do_without_some_tables(loaded: Servers) -> None:
    """Sizes are then those that offerings state, and the week is the usual one."""
    content = {"tables": {name: {"absent": True} for name in sorted(OPTIONAL_TABLES)}}
    stores = _stores(loaded, content)
    try:
        assert stores.catalogue.check().issues == ()
        document, _ = stores.catalogue.read_document("default", SCOPES[0])
    finally:
        stores.close()
    term = read_institution(document)
    assert term.sections
    assert not term.students
    assert build_instance(term).num_events >= len(term.sections)


def test_what_the_database_lacks_is_all_told(loaded: Servers) -> None:
    """Missing tables and columns, and types that will not do."""
    content = {
        "tables": {
            "programs": {"name": "no.such"},
            "faculty": {"columns": {"faculty_id": "teacher_no"}},
            "rooms": {"columns": {"seating_capacity": "room_name"}},
            "students": {"name": "rooms", "columns": {"student_id": "room_id"}},
        }
    }
    stores = _stores(loaded, content)
    try:
        found = [(i.code, i.pointer) for i in stores.catalogue.check().issues]
        assert found == [
            ("table_not_found", "/tables/programs/name"),
            ("type_mismatch", "/tables/rooms/columns/seating_capacity"),
            ("column_not_found", "/tables/faculty/columns/faculty_id"),
            ("missing_column", "/tables/students/columns/enrollment_number"),
            ("missing_column", "/tables/students/columns/batch_id"),
        ]
        with pytest.raises(InputError) as caught:
            stores.catalogue.read_document("default", SCOPES[0])
    finally:
        stores.close()
    told = [(i.code, i.pointer) for i in caught.value.issues]
    assert told == found


def test_a_wrong_type_is_told_when_it_is_read(loaded: Servers) -> None:
    """By its key in the mapping, not as PostgreSQL says it."""
    content = {"tables": {"departments": {"columns": {"org_id": "dept_name"}}}}
    stores = _stores(loaded, content)
    try:
        with pytest.raises(InputError) as caught:
            stores.catalogue.check_scope("default", SCOPES[1])
    finally:
        stores.close()
    assert [(i.code, i.pointer) for i in caught.value.issues] == [
        ("type_mismatch", "/tables/departments/columns/org_id")
    ]


def test_a_role_that_may_not_select_is_told(loaded: Servers) -> None:
    """By the columns that it may not see."""
    loaded.run("CREATE ROLE reader LOGIN")
    loaded.run(f"GRANT USAGE ON SCHEMA {PLAIN} TO reader")
    loaded.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA {PLAIN} TO reader")
    loaded.run(f"REVOKE SELECT ON {PLAIN}.rooms FROM reader")
    loaded.run(f"GRANT SELECT (room_id) ON {PLAIN}.rooms TO reader")
    try:
        from sqlalchemy.orm import Session

        from erp_bridge.catalogue.checking import check_catalogue

        with Session(loaded.engine) as session, session.begin():
            session.connection().exec_driver_sql("SET LOCAL ROLE reader")
            issues = check_catalogue(session, None, PLAIN).issues
    finally:
        loaded.run("DROP OWNED BY reader")
        loaded.run("DROP ROLE reader")
    assert {issue.code for issue in issues} == {"not_readable"}
    assert len(issues) == len(READ["rooms"]) - 1


def test_the_client_reads_a_mapping_file(loaded: Servers, tmp_path: Path) -> None:
    """A term is submitted under the ERP's own names."""
    file = tmp_path / "names.toml"
    file.write_text(
        "[tables.organizations]\n"
        f"schema = {json.dumps(HOSTILE)}\n"
        f"name = {json.dumps(_other_name('organizations'))}\n"
        "[tables.organizations.columns]\n"
        + "".join(
            f"{column} = {json.dumps(_other_name(column))}\n"
            for column in READ["organizations"]
        )
    )
    settings = loaded.settings
    with Bridge(
        settings.database_url,
        settings.redis_url,
        catalogue_schema=PLAIN,
        catalogue_mapping=file,
    ) as bridge:
        assert bridge.submit_term(SCOPES[1], by="anna").job.scope == SCOPES[1]
        with pytest.raises(InputError, match="unknown_department_id"):
            bridge.submit_term(Scope(department_id="XX"), by="anna")


def test_a_job_reads_the_renamed_catalogue(
    loaded: Servers, mapped: BridgeStores, plain: BridgeStores
) -> None:
    """A worker has the names with its settings."""
    loaded.clear()
    job = draft(source="catalogue", document=b"", scope=SCOPES[1], tenant="default")
    mapped.jobs.enqueue(job)
    instance = mapped.work.load_instance(job.job_id)
    document, _ = plain.catalogue.read_document("default", SCOPES[1])
    rows = loaded.run("SELECT input FROM horarium.generation_jobs")
    assert [bytes(row[0]) for row in rows] == [document]
    assert instance.num_events > 0

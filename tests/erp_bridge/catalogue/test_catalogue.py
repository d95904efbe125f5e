"""The catalogue over a real PostgreSQL that holds the sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from erp_bridge import BridgeStores, CatalogueOccupied, Scope, load_sample
from erp_bridge.catalogue.reading import year_spellings
from solvers.exceptions import InputError
from solvers.formats.institution import (
    Institution,
    build_instance,
    read_institution,
)
from solvers.sample import sample_institution
from tests.erp_bridge.conftest import draft
from tests.erp_bridge.servers import Servers

pytestmark = pytest.mark.integration
SCHEMA = "erp"
FOREIGN = "foreign_erp"
SCOPE = Scope(
    department_id="CSE", batch_id="2024-CSE-A", semester=3, academic_year="2024-25"
)


@pytest.fixture(scope="module")
def sample() -> Institution:
    return sample_institution(scale=0.2, seed=1)


@pytest.fixture(scope="module")
def loaded(servers: Servers, sample: Institution) -> Iterator[Servers]:
    assert load_sample(servers.settings.database_url, sample, SCHEMA)
    yield servers
    servers.run(f"DROP SCHEMA {SCHEMA} CASCADE")


@pytest.fixture
def bridge(loaded: Servers) -> Iterator[BridgeStores]:
    loaded.clear()
    bridge = BridgeStores(replace(loaded.settings, catalogue_schema=SCHEMA))
    yield bridge
    bridge.close()


def _read(bridge: BridgeStores, scope: Scope) -> Institution:
    document, issues = bridge.catalogue.read_document("default", scope)
    assert {issue.code for issue in issues} <= {"rows_not_used", "teacher_overloaded"}
    return read_institution(document)


def test_the_sample_is_loaded_once(loaded: Servers, sample: Institution) -> None:
    """A second load changes nothing."""
    count = f"SELECT count(*) FROM {SCHEMA}.course_enrollments"
    before = loaded.run(count)
    assert not load_sample(loaded.settings.database_url, sample, SCHEMA)
    assert loaded.run(count) == before


def test_the_sample_comes_back_as_a_term(
    bridge: BridgeStores, sample: Institution
) -> None:
    """All rooms, batches and courses, and an event for every weekly meeting."""
    term = _read(bridge, Scope(academic_year="2024-25"))
    assert {r.id: r.capacity for r in term.rooms} == {
        r.id: r.capacity for r in sample.rooms
    }
    assert {b.id: b.size for b in term.batches} == {
        b.id: b.size for b in sample.batches
    }
    assert {c.code for c in term.courses} == {c.code for c in sample.courses}
    teaching = {person for s in sample.sections for person in s.faculty}
    assert {f.id for f in term.faculty} == teaching
    instance = build_instance(term)
    assert instance.num_events >= len(term.sections)
    assert all(event.times and event.rooms for event in instance.events)
    chosen = {(s.id, c) for s in sample.students for c in s.courses}
    assert chosen <= {(s.id, c) for s in term.students for c in s.courses}


def test_the_erps_own_scope_is_a_term(bridge: BridgeStores) -> None:
    """Department, batch, semester and year, as the ERP sends them."""
    bridge.catalogue.check_scope("default", SCOPE)
    term = _read(bridge, SCOPE)
    assert any("2024-CSE-A" in s.batches for s in term.sections)
    assert {c.semester for c in term.courses} == {3}
    whole = _read(bridge, replace(SCOPE, batch_id=None))
    assert {s.course for s in term.sections} <= {s.course for s in whole.sections}


def test_unknown_ids_are_all_told(bridge: BridgeStores) -> None:
    """Each with its pointer."""
    scope = Scope(
        department_id="XX", batch_id="YY", semester=19, academic_year="1999-00"
    )
    with pytest.raises(InputError) as caught:
        bridge.catalogue.check_scope("default", scope)
    assert [(i.code, i.pointer) for i in caught.value.issues] == [
        ("unknown_department_id", "/department_id"),
        ("unknown_batch_id", "/batch_id"),
        ("empty_term", "/academic_year"),
    ]


def test_a_batch_must_be_of_the_department(
    bridge: BridgeStores, sample: Institution
) -> None:
    """Both exist, but not together."""
    other = next(b for b in sample.batches if b.department != "CSE")
    with pytest.raises(InputError, match="batch_of_other_department"):
        bridge.catalogue.check_scope("default", replace(SCOPE, batch_id=other.id))


def test_a_database_without_an_erp_is_told(servers: Servers) -> None:
    """As wrong input, so that a job fails at once and is not tried again."""
    bridge = BridgeStores(replace(servers.settings, catalogue_schema="nowhere"))
    with pytest.raises(InputError, match="no_catalogue"):
        bridge.catalogue.check_scope("default", Scope())
    bridge.close()


@pytest.mark.parametrize("tenant", ["SAMPLE", "default"])
def test_a_tenant_is_an_organization(bridge: BridgeStores, tenant: str) -> None:
    """By its code, or the default one by being alone."""
    bridge.catalogue.check_scope(tenant, Scope())


def test_another_tenant_sees_no_organization_of_others(bridge: BridgeStores) -> None:
    with pytest.raises(InputError, match="unknown_organization"):
        bridge.catalogue.check_scope("elsewhere", Scope())


def test_the_default_tenant_is_nobody_among_several(
    loaded: Servers, bridge: BridgeStores
) -> None:
    """Then every tenant must name its organization."""
    loaded.run(
        f"INSERT INTO {SCHEMA}.organizations (org_id, org_code, org_name)"
        " VALUES (gen_random_uuid(), 'SECOND', 'Second')"
    )
    try:
        with pytest.raises(InputError, match="not the only one"):
            bridge.catalogue.check_scope("default", Scope())
        bridge.catalogue.check_scope("SAMPLE", Scope())
    finally:
        loaded.run(f"DELETE FROM {SCHEMA}.organizations WHERE org_code = 'SECOND'")


def test_no_sample_is_put_among_somebodys_data(
    servers: Servers, sample: Institution
) -> None:
    """Tables of an ERP are left alone."""
    servers.run(f"CREATE SCHEMA {FOREIGN}")
    servers.run(
        f"CREATE TABLE {FOREIGN}.organizations AS SELECT 'ACME'::text AS org_code"
    )
    try:
        with pytest.raises(CatalogueOccupied):
            load_sample(servers.settings.database_url, sample, FOREIGN)
    finally:
        servers.run(f"DROP SCHEMA {FOREIGN} CASCADE")


def test_a_job_keeps_the_term_it_was_made_from(
    loaded: Servers, bridge: BridgeStores
) -> None:
    """Another attempt sees the same rows, whatever the ERP has changed since."""
    job = draft(source="catalogue", document=b"", scope=SCOPE, tenant="default")
    bridge.jobs.enqueue(job)
    first = bridge.work.load_instance(job.job_id)
    loaded.run(f"UPDATE {SCHEMA}.rooms SET seating_capacity = seating_capacity + 1")
    try:
        assert bridge.work.load_instance(job.job_id) == first
    finally:
        loaded.run(f"UPDATE {SCHEMA}.rooms SET seating_capacity = seating_capacity - 1")


def test_warnings_about_rows_stand_with_the_job(
    loaded: Servers, bridge: BridgeStores
) -> None:
    """What was left out is told, not dropped."""
    loaded.run(
        f"UPDATE {SCHEMA}.rooms SET room_status = 'CLOSED' WHERE room_code IN"
        f" (SELECT max(room_code) FROM {SCHEMA}.rooms)"
    )
    try:
        job = draft(source="catalogue", document=b"", scope=SCOPE, tenant="default")
        bridge.jobs.enqueue(job)
        bridge.work.load_instance(job.job_id)
        stored = bridge.jobs.get(job.job_id, "default")
        assert stored is not None
        found = [i for i in stored.issues if i["code"] == "room_not_used"]
        assert [issue["severity"] for issue in found] == ["warning"]
    finally:
        loaded.run(f"UPDATE {SCHEMA}.rooms SET room_status = NULL")


@pytest.mark.parametrize(
    ("year", "spellings"),
    [
        ("2024-25", ("2024-25", "2024-2025")),
        ("2024-2025", ("2024-25", "2024-2025")),
        ("1999-00", ("1999-00", "1999-1900")),
        ("2024", ("2024",)),
        ("autumn", ("autumn",)),
    ],
)
def test_years_are_found_in_both_spellings(
    year: str, spellings: tuple[str, ...]
) -> None:
    assert year_spellings(year) == spellings


def test_people_are_found_by_code_or_id(bridge: BridgeStores, loaded: Servers) -> None:
    """As entries know them; nobody is found under another institution."""
    (teacher, code), *_ = loaded.run(
        f"SELECT faculty_id::text, faculty_code FROM {SCHEMA}.faculty LIMIT 1"
    )
    (student, number, batch), *_ = loaded.run(
        "SELECT student_id::text, enrollment_number, batch_code "
        f"FROM {SCHEMA}.students JOIN {SCHEMA}.batches USING (batch_id) LIMIT 1"
    )
    people = bridge.catalogue
    assert {people.faculty_code("default", who) for who in (teacher, code)} == {code}
    found = {people.student("default", who) for who in (student, number)}
    assert found == {(number, batch)}
    for tenant, who in (("default", "nobody"), ("elsewhere", code)):
        assert people.faculty_code(tenant, who) is None
    for tenant, who in (("default", "nobody"), ("elsewhere", number)):
        assert people.student(tenant, who) is None

"""A real ERP's tables, as they were dumped: read without any change on its side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from erp_bridge import BridgeStores, CatalogueOccupied, Scope, load_sample
from solvers.formats.institution import build_instance, read_institution
from solvers.sample import sample_institution
from tests.erp_bridge.reference_dumps import reference_database
from tests.erp_bridge.servers import Servers

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def url(servers: Servers) -> Iterator[str]:
    with reference_database(
        servers.settings.database_url, "catalogue_erp", "small"
    ) as url:
        yield url


@pytest.fixture
def bridge(servers: Servers, url: str) -> Iterator[BridgeStores]:
    bridge = BridgeStores(replace(servers.settings, database_url=url))
    yield bridge
    bridge.close()


def test_the_whole_term_is_an_instance(bridge: BridgeStores) -> None:
    """24 offerings, 180 students in five courses each, 15 rooms, nothing left out."""
    scope = Scope(academic_year="2024-2025", semester=1)
    document, issues = bridge.catalogue.read_document("Acme University", scope)
    assert issues == ()
    term = read_institution(document)
    assert len(term.courses) == 24
    assert (len(term.rooms), len(term.faculty), len(term.batches)) == (15, 18, 3)
    assert sum(len(student.courses) for student in term.students) == 900
    instance = build_instance(term)
    hours = {c.id: c.components[0].meetings_per_week for c in term.courses}
    assert instance.num_events == sum(hours[s.course] for s in term.sections)
    assert instance.num_students == 180
    classrooms = [r for r in range(15) if "classroom" in instance.rooms[r].features]
    assert len(classrooms) == 12
    for event in instance.events:
        assert {option.room for option in event.rooms} == set(classrooms)
        assert event.times
        assert len(event.instructors) == 1


def test_a_department_is_a_part_of_it(bridge: BridgeStores) -> None:
    """By its code; the year in either spelling, the semester odd."""
    for year in ("2024-25", "2024-2025"):
        scope = Scope(department_id="D0", academic_year=year, semester=1)
        document, _ = bridge.catalogue.read_document("default", scope)
        term = read_institution(document)
        assert {course.department for course in term.courses} == {"D0"}


def test_the_middle_term_is_an_instance_too(servers: Servers) -> None:
    """96 offerings; every row that is not used is told, none is an error."""
    server = servers.settings.database_url
    scope = Scope(academic_year="2024-2025", semester=1)
    with reference_database(server, "catalogue_mid", "mid") as url:
        bridge = BridgeStores(replace(servers.settings, database_url=url))
        document, issues = bridge.catalogue.read_document("Acme University", scope)
        bridge.close()
    term = read_institution(document)
    assert {issue.severity for issue in issues} <= {"warning"}
    assert len({s.external_id for s in term.sections}) == 96
    assert (len(term.rooms), len(term.batches)) == (48, 8)
    assert build_instance(term).num_students == 896
    idle = [issue for issue in issues if issue.pointer == "/faculty"]
    assert len(term.faculty) == 80 - sum(int(i.detail.split()[0]) for i in idle)


def test_its_tables_are_left_alone(url: str) -> None:
    """No sample university among a real one's rows."""
    with pytest.raises(CatalogueOccupied):
        load_sample(url, sample_institution(scale=0.2))

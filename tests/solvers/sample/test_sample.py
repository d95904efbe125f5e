"""Sample universities: as large as promised, feasible, and the same again."""

from time import process_time

import pytest

from solvers.formats.institution import (
    Institution,
    build_instance,
    check_institution,
    read_institution,
)
from solvers.sample import planted_timetable, sample_institution
from solvers.verification import verify


@pytest.fixture(scope="module")
def university() -> Institution:
    return sample_institution(scale=1.0, seed=0)


def test_scale_one_is_a_university(university: Institution) -> None:
    """Departments, courses, sections, rooms, people and students as promised."""
    assert len(university.departments) >= 8
    assert len(university.courses) >= 150
    assert len(university.sections) >= 400
    assert len(university.rooms) >= 60
    assert len(university.buildings) >= 5
    assert len(university.faculty) >= 90
    assert len(university.batches) >= 40
    assert len(university.students) >= 3000


def test_it_holds_what_real_terms_hold(university: Institution) -> None:
    """Equipment, availability, wishes, alternate weeks, shared and online sections."""
    assert any(room.equipment for room in university.rooms)
    assert any(room.unavailable for room in university.rooms)
    assert any(person.available for person in university.faculty)
    assert any(person.unavailable for person in university.faculty)
    assert any(person.preferred for person in university.faculty)
    assert any(person.avoided for person in university.faculty)
    assert university.time_grid.lunch is not None
    assert university.time_grid.holidays
    assert {section.weeks for section in university.sections} == {None, "A", "B"}
    assert any(len(section.faculty) > 1 for section in university.sections)
    assert any(section.pins for section in university.sections)
    outer = {batch.id for batch in university.batches}
    assert any(len(outer & set(s.batches)) > 1 for s in university.sections)
    assert any(not section.batches for section in university.sections)
    online = [p for course in university.courses for p in course.components if p.online]
    assert online


def test_the_scope_of_the_examples_is_there(university: Institution) -> None:
    """Department CSE, batch 2024-CSE-A in semester 3 of 2024-25."""
    assert "CSE" in {department.id for department in university.departments}
    (batch,) = [b for b in university.batches if b.id == "2024-CSE-A"]
    assert (batch.department, batch.semester) == ("CSE", 3)
    assert university.term.academic_year == "2024-25"


def test_names_of_people_differ(university: Institution) -> None:
    """No two teachers of a sample share a name."""
    names = [person.name for person in university.faculty]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("scale", "seed"), [(1.0, 0), (0.15, 1), (0.3, 2), (0.01, 3)])
def test_the_planted_timetable_is_feasible(scale: float, seed: int) -> None:
    """A document that passes all checks, with a timetable free of hard violations."""
    institution = sample_institution(scale=scale, seed=seed)
    check_institution(institution)
    instance = build_instance(institution)
    timetable = planted_timetable(instance, scale=scale, seed=seed)
    assert verify(instance, timetable).hard_violations == {}


def test_it_is_the_same_again_and_another_for_another_seed() -> None:
    """Scale and seed decide everything."""
    first = sample_institution(scale=0.1, seed=5)
    assert sample_institution(scale=0.1, seed=5) == first
    assert sample_institution(scale=0.1, seed=6) != first


def test_it_survives_json(university: Institution) -> None:
    """The document reads back equal."""
    content = university.model_dump_json(exclude_defaults=True).encode()
    assert read_institution(content) == university


def test_a_scale_of_nothing_is_refused() -> None:
    """A university has a size."""
    with pytest.raises(ValueError, match="scale must be > 0"):
        sample_institution(scale=0.0)


@pytest.mark.slow
def test_the_largest_scale_is_made_in_time_and_feasible() -> None:
    """As many classes, students, rooms and departments as the largest university."""
    begin = process_time()
    institution = sample_institution(scale=22.0, seed=0)
    assert process_time() - begin < 30
    assert len(institution.departments) >= 127
    assert len(institution.rooms) >= 800
    assert len(institution.students) >= 40_000
    instance = build_instance(institution)
    assert instance.num_events >= 9_000
    timetable = planted_timetable(instance, scale=22.0, seed=0)
    assert verify(instance, timetable).hard_violations == {}

"""Mapping files: what is wrong with them is told at once, key by key."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import pytest

from erp_bridge.catalogue import CatalogueMapping, load_mapping, mapping_of
from erp_bridge.catalogue.columns import (
    OPTIONAL_TABLES,
    READ,
    TABLES,
    is_optional,
    order_of,
)
from solvers.exceptions import InputError


def _issues(content: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        mapping_of(content)
    return [(issue.code, issue.pointer) for issue in caught.value.issues]


def _of_rooms(**names: Any) -> list[tuple[str, str]]:
    return _issues({"tables": {"rooms": names}})


@pytest.mark.parametrize(
    ("names", "relation"),
    [
        ({}, (None, None)),
        ({"name": "venues"}, (None, "venues")),
        ({"name": "hr.venues"}, ("hr", "venues")),
        ({"schema": "hr"}, ("hr", None)),
        ({"schema": "h.r [1]", "name": "my.venues"}, ("h.r [1]", "my.venues")),
        ({"name": 'Räume "neu"; --'}, (None, 'Räume "neu"; --')),
    ],
)
def test_relations_are_named(names: dict[str, str], relation: Any) -> None:
    """With one dot, or apart; whatever PostgreSQL takes as a name."""
    assert mapping_of({"tables": {"rooms": names}}).tables["rooms"].relation == relation


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    file.write_text(
        '[tables.faculty]\nname = "hr.teachers"\nabsent = ["research_day"]\n'
        '[tables.faculty.columns]\nfaculty_id = "teacher_no"\n'
        "[tables.faculty.values]\nmax_hours_per_week = 18\n"
        "[tables.timeslots]\nabsent = true\n"
        "[tables.timetable_configurations.values]\nstart_time = 08:00:00\n"
    )
    mapping = load_mapping(file)
    faculty = mapping.tables["faculty"]
    assert faculty.columns == {"faculty_id": "teacher_no"}
    assert faculty.reads("faculty_id")
    assert not faculty.reads("research_day")
    assert not faculty.reads("max_hours_per_week")
    assert mapping.tables["timeslots"].is_absent
    assert pickle.loads(pickle.dumps(mapping)) == mapping


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"tables = [", "malformed_toml"),
        (b'a = "\xff"', "malformed_toml"),
        (None, "unreadable_mapping"),
    ],
)
def test_a_file_that_is_none_is_told(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    file = tmp_path / "names.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_mapping(file)
    assert [issue.code for issue in caught.value.issues] == [code]


def test_an_empty_mapping_names_nothing() -> None:
    assert mapping_of({}) == CatalogueMapping({})


def test_everything_wrong_is_told_at_once() -> None:
    """Unknown and malformed tables, columns, names and values, each with its key."""
    content = {
        "table": {},
        "tables": {
            "teachers": {},
            "rooms": {"name": 5, "colums": {}},
            "faculty": {
                "name": "a.b.c",
                "columns": {"faculty_nr": "x", "faculty_id": "", "first_name": "y"},
            },
            "courses": {
                "columns": {"credits": "ects", "course_nam": "title"},
                "values": {"credits": 5, "is_active": 1, "dept_id": "CSE"},
                "absent": ["course_name", "min_room_capacity"],
            },
            "organizations": {"absent": True},
        },
    }
    assert _issues(content) == [
        ("unknown_key", "/table"),
        ("unknown_table", "/tables/teachers"),
        ("string_type", "/tables/rooms/name"),
        ("unknown_key", "/tables/rooms/colums"),
        ("malformed_identifier", "/tables/faculty/columns/faculty_id"),
        ("unknown_column", "/tables/courses/columns/course_nam"),
        ("column_given_twice", "/tables/courses/values/credits"),
        ("value_type", "/tables/courses/values/is_active"),
        ("value_type", "/tables/courses/values/dept_id"),
        ("required_column", "/tables/courses/absent/course_name"),
        ("required_table", "/tables/organizations/absent"),
    ]


def test_a_close_name_is_offered() -> None:
    with pytest.raises(InputError, match="faculty_id is meant"):
        mapping_of({"tables": {"faculty": {"columns": {"facultyid": "x"}}}})


def test_no_table_is_a_number() -> None:
    assert _issues({"tables": 3}) == [("dict_type", "/tables")]
    assert _issues({"tables": {"rooms": 3}}) == [("model_type", "/tables/rooms")]


@pytest.mark.parametrize(
    ("names", "code", "at"),
    [
        ({"name": "a.b.c"}, "ambiguous_name", "name"),
        ({"name": ".b"}, "malformed_identifier", "name"),
        ({"name": "a."}, "malformed_identifier", "name"),
        ({"name": "a\x00"}, "malformed_identifier", "name"),
        ({"name": "a" * 64}, "malformed_identifier", "name"),
        ({"schema": "", "name": "c"}, "malformed_identifier", "schema"),
    ],
)
def test_names_must_be_identifiers(names: dict[str, str], code: str, at: str) -> None:
    assert _of_rooms(**names) == [(code, f"/tables/rooms/{at}")]


def test_what_is_read_is_part_of_the_tables() -> None:
    """And the columns by which rows are put in order are read."""
    for name, columns in READ.items():
        assert set(columns) <= set(TABLES[name].c.keys())
        assert set(order_of(name)) <= set(columns)
    assert "slot_order" not in READ["timeslots"]
    assert "dept_id" not in READ["students"]


def test_the_page_lists_what_is_read() -> None:
    """Every column of every table, and what may be absent."""
    page = Path(__file__).parents[3] / "docs" / "erp.md"
    rows = [line for line in page.read_text().splitlines() if line.startswith("| `")]
    for table, columns in READ.items():
        mark = "?" if table in OPTIONAL_TABLES else ""
        (row,) = [line for line in rows if line.startswith(f"| `{table}`{mark} | uuid")]
        told = set(re.findall(r"`(\w+)`(\??)", row.split(" | ", 1)[1]))
        assert told == {(c, "?" if is_optional(table, c) else "") for c in columns}

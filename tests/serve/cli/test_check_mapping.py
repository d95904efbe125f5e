"""``horarium check-mapping`` over a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from erp_bridge import load_sample
from serve.cli.main import app
from serve.embedded import EmbeddedServices
from serve.embedded.processes import free_port
from solvers.sample import sample_institution

pytestmark = pytest.mark.integration
runner = CliRunner()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mapping")
    with EmbeddedServices(folder, cache=False, durable=False) as urls:
        load_sample(urls.database_url, sample_institution(0.1), "campus")
        yield urls.database_url


@pytest.fixture
def database(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("HORARIUM_CATALOGUE_SCHEMA", "campus")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "names.toml"
    file.write_text(
        '[tables.faculty]\nname = "campus.faculty"\nabsent = ["research_day"]\n'
        '[tables.faculty.columns]\nfirst_name = "last_name"\n'
        "[tables.faculty.values]\nmax_hours_per_week = 18\n"
        "[tables.buildings]\nabsent = true\n"
    )
    return file


def _run(*arguments: str) -> Any:
    return runner.invoke(app, ["check-mapping", *arguments])


@pytest.mark.usefixtures("database")
def test_what_a_mapping_resolves_to_is_printed(file: Path) -> None:
    done = _run(str(file))
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "faculty is campus.faculty" in lines
    assert "  first_name = last_name (text)" in lines
    assert "  max_hours_per_week = 18" in lines
    assert "  research_day = null" in lines
    assert "buildings is nothing, it is absent" in lines
    assert lines[-1] == "All of it is there."


@pytest.mark.usefixtures("database")
def test_our_own_names_need_no_file() -> None:
    done = _run("--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["issues"] == []
    assert len(found["tables"]) == 13


@pytest.mark.usefixtures("database")
def test_the_setting_is_the_default(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HORARIUM_CATALOGUE_MAPPING", str(file))
    assert "first_name = last_name" in _run().stdout


@pytest.mark.usefixtures("database")
def test_what_the_database_lacks_ends_with_one(file: Path) -> None:
    file.write_text('[tables.rooms.columns]\nroom_id = "nr"\n')
    done = _run(str(file), "--json")
    assert done.exit_code == 1
    (issue,) = json.loads(done.stdout.splitlines()[-1])["issues"]
    assert (issue["code"], issue["pointer"]) == (
        "column_not_found",
        "/tables/rooms/columns/room_id",
    )
    assert "column_not_found" in done.stderr


@pytest.mark.usefixtures("database")
def test_a_wrong_file_ends_with_two(file: Path) -> None:
    file.write_text("[tables.room]\n[tables.rooms]\nabsent = true\n")
    done = _run(str(file))
    assert done.exit_code == 2
    assert "unknown_table" in done.stderr
    assert "required_table" in done.stderr


def test_a_wrong_setting_ends_with_two(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start of whatever command, with every finding."""
    file.write_text("[tables.room]\n[tables.rooms]\nabsent = true\n")
    monkeypatch.setenv("HORARIUM_CATALOGUE_MAPPING", str(file))
    done = _run()
    assert done.exit_code == 2
    assert "unknown_table" in done.stderr
    assert "required_table" in done.stderr


def test_a_database_that_is_away_ends_with_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    monkeypatch.setenv("DATABASE_URL", url)
    done = _run()
    assert (done.exit_code, "does not answer" in done.stderr) == (1, True)

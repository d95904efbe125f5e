"""The setting that names an ERP's tables."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from serve.exceptions import Conflict
from serve.settings import Settings
from serve.storage import load_sample_university, open_services

WRONG = "[tables.room]\n[tables.rooms]\nabsent = true\n"


def _settings(file: Path) -> Settings:
    return Settings(catalogue_mapping=file).with_urls(
        database_url="postgresql://nobody@localhost/nothing",
        redis_url="redis://localhost",
        jwt_secret="a secret that is long enough for tests, really",
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "names.toml"
    file.write_text('[tables.rooms]\nname = "campus.venues"\n')
    return file


def test_the_file_travels_with_the_settings(file: Path) -> None:
    """Processes elsewhere have its content, though not the file."""
    settings = _settings(file)
    file.unlink()
    copy = pickle.loads(pickle.dumps(settings))
    opened = open_services(copy)
    assert copy.catalogue_mapping == {"tables": {"rooms": {"name": "campus.venues"}}}
    opened.bridge.close()


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HORARIUM_CATALOGUE_MAPPING", "")
    assert Settings().catalogue_mapping is None


def test_a_wrong_file_is_told_at_the_start(file: Path) -> None:
    file.write_text(WRONG)
    with pytest.raises(ValidationError) as caught:
        Settings(catalogue_mapping=file)
    assert "unknown_table at /tables/room" in str(caught.value)
    assert "required_table at /tables/rooms/absent" in str(caught.value)


def test_the_reference_erp_needs_no_mapping(file: Path) -> None:
    with pytest.raises(ValidationError, match="exclude each other"):
        Settings(catalogue_mapping=file, erp="reference")


def test_no_sample_is_put_beside_mapped_tables(file: Path) -> None:
    with pytest.raises(Conflict, match="mapping"):
        load_sample_university(_settings(file))

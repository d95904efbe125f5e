"""The worked example of the Python client's page, as it stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from erp_bridge import JobResult, Scope, WorkerStores
from serve.settings import Settings
from serve.storage import stores_factory
from tests.integration.test_bridge_services import settings
from tests.integration.worker import working

__all__ = ["settings"]

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
PAGE = Path(__file__).parents[2] / "docs" / "python-client.md"


def _example(settings: Settings) -> str:
    """The first block of Python, with the addresses and the patience of a test."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    text = PAGE.read_text().split("```python\n")[1].split("```")[0]
    for shown, real in (
        ("postgresql://erp:...@db/erp", settings.database_url.get_secret_value()),
        ("redis://redis:6379/1", settings.redis_url.get_secret_value()),
        ("time_limit_seconds=60", "time_limit_seconds=3"),
    ):
        assert shown in text
        text = text.replace(shown, real)
    return text


def test_the_worked_example_works(
    settings: Settings, compiled_kernels: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the term to the publication, and the entries are those of the term."""
    stores = stores_factory(settings)()
    assert isinstance(stores, WorkerStores)
    names: dict[str, object] = {}
    with working(stores):
        exec(_example(settings), names)
    stores.close()
    result, scope = names["result"], names["term"]
    assert isinstance(result, JobResult)
    assert isinstance(scope, Scope)
    assert all(variant.verified for variant in result.variants)
    entries = result.variant(3).entries
    assert all(entry.is_placed for entry in entries)
    assert {entry.department_id for entry in entries} >= {scope.department_id}
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[-6:-1]] == ["1", "2", "3", "4", "5"]

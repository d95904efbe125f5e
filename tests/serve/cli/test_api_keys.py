"""Keys on the command line, over a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from erp_bridge import BridgeSettings, migrate
from erp_bridge.api_keys import ApiKeyRepository
from erp_bridge.database import Database
from serve.cli.main import app
from serve.embedded import EmbeddedServices
from serve.embedded.processes import free_port

pytestmark = pytest.mark.integration
runner = CliRunner()


def _run(*arguments: str) -> Any:
    return runner.invoke(app, ["api-key", *arguments])


def test_a_key_is_made_shown_and_revoked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key alone on standard output; lists never show it."""
    monkeypatch.setenv("COLUMNS", "200")
    with EmbeddedServices(tmp_path, cache=False, durable=False) as urls:
        monkeypatch.setenv("DATABASE_URL", urls.database_url)
        missing = _run("create", "erp", "--role", "staff")
        assert (missing.exit_code, "migrate" in missing.stderr) == (1, True)
        migrate(urls.database_url)
        narrow = ["--department", "CSE", "--scope", "read", "--days", "30"]
        made = _run("create", "erp", "--role", "staff", *narrow)
        key = made.stdout.strip()
        database = Database(
            BridgeSettings(database_url=urls.database_url, redis_url="")
        )
        record = ApiKeyRepository(database).verify(key)
        database.close()
        assert record is not None
        assert (record.role, record.departments, record.scopes) == (
            "staff",
            ("CSE",),
            ("read",),
        )
        assert _run("create", "erp", "--role", "staff").exit_code == 0
        third = _run("create", "erp", "--role", "staff")
        assert (third.exit_code, "Two keys" in third.stderr) == (1, True)
        assert _run("revoke", record.prefix).exit_code == 0
        assert _run("revoke", record.prefix).exit_code == 1
        listed = _run("list").stdout
        assert record.prefix in listed
        assert "revoked" in listed
        assert key not in listed


def test_a_dead_database_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    monkeypatch.setenv("DATABASE_URL", url)
    done = _run("list")
    assert (done.exit_code, "does not answer" in done.stderr) == (1, True)

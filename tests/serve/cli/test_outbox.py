"""Delivery on the command line, over a real PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from erp_bridge import BridgeSettings, migrate
from erp_bridge.database import Database
from erp_bridge.delivery import OutboxRepository
from erp_bridge.delivery.records import MessageStatus
from erp_bridge.endings import ending_notice
from erp_bridge.records import JobStatus
from erp_bridge.workflow_rows import put_in_outbox
from serve.cli.main import app
from serve.embedded import EmbeddedServices
from tests.erp_bridge.delivery.receivers import (
    SECRET,
    Receiver,
    answer,
    is_signed,
    receiving,
)

pytestmark = pytest.mark.integration
runner = CliRunner()


class Post:
    """A database with an outbox, and the ERP's callback."""

    def __init__(self, url: str, receiver: Receiver) -> None:
        self.receiver = receiver
        self._database = Database(BridgeSettings(database_url=url, redis_url=""))
        self.outbox = OutboxRepository(self._database)

    def end_a_job(self) -> None:
        with self._database.unit_of_work() as session:
            notice = ending_notice(str(uuid.uuid4()), "default", JobStatus.CANCELLED)
            put_in_outbox(session, [notice])

    def statuses(self) -> list[str]:
        return [str(record.status) for record in self.outbox.list("default")]

    def close(self) -> None:
        self._database.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("outbox")
    with EmbeddedServices(folder, cache=False, durable=False) as urls:
        migrate(urls.database_url)
        yield urls.database_url


@pytest.fixture
def post(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with receiving() as receiver:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("ERP_CALLBACK_URL", f"http://127.0.0.1:{receiver.port}/x")
        monkeypatch.setenv("HORARIUM_WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("HORARIUM_CALLBACK_PRIVATE", "true")
        monkeypatch.setenv("COLUMNS", "200")
        found = Post(url, receiver)
        found.outbox.tidy([], 0.0, 0.0)
        yield found
        found.outbox.tidy([], 0.0, 0.0)
        found.close()


def run(*arguments: str) -> Any:
    return runner.invoke(app, list(arguments))


def test_once_sends_what_is_due_and_ends(post: Post) -> None:
    post.end_a_job()
    done = run("deliver", "--once")
    assert (done.exit_code, "1 messages were tried" in done.stderr) == (0, True)
    assert post.statuses() == ["sent"]
    ((path, headers, body),) = post.receiver.requests
    assert path == "/x"
    assert is_signed(headers, body)


def test_dead_messages_are_listed_and_sent_again(post: Post) -> None:
    """By their id or all of them; what is on its way is refused."""
    post.end_a_job()
    post.receiver.behave = lambda handler: answer(handler, 500)
    run("deliver", "--once")
    (record,) = post.outbox.list("default")
    pending = run("outbox", "redeliver", record.message_id)
    assert (pending.exit_code, "pending" in pending.stderr) == (1, True)
    post.outbox.tidy([], 0.0, 3600.0)
    assert post.statuses() == ["pending"], "it waits for its next attempt"
    with post._database.unit_of_work() as session:
        session.connection().exec_driver_sql(
            "UPDATE horarium.outbox SET status = 'dead'"
        )
    listed = run("outbox", "list", "--status", "dead")
    assert record.message_id in listed.stdout
    assert "answered 500" in listed.stdout
    assert run("outbox", "list", "--status", "sent").stdout.count("job.") == 0
    assert "1 go out again" in run("outbox", "redeliver", "--all").stdout
    post.receiver.behave = lambda handler: answer(handler, 200)
    run("deliver", "--once")
    assert post.statuses() == [str(MessageStatus.SENT)]
    assert {h["webhook-id"] for _, h, _ in post.receiver.requests} == {
        record.message_id
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["outbox", "redeliver"],
        ["outbox", "redeliver", "--all", "00000000-0000-4000-8000-000000000000"],
        ["outbox", "redeliver", "nothing"],
        ["outbox", "list", "--status", "lost"],
    ],
)
def test_unclear_wishes_are_refused(post: Post, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_without_a_database_there_is_nothing_to_deliver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HORARIUM_DATA_DIR", str(tmp_path))
    done = run("deliver", "--once")
    assert (done.exit_code, "DATABASE_URL" in done.stderr) == (2, True)


def test_it_delivers_until_it_is_told_to_stop(post: Post) -> None:
    """As a service does: what comes later goes out, SIGTERM ends it with 0."""
    program = [sys.executable, "-c", "from serve.cli import main; main()", "deliver"]
    with subprocess.Popen(
        program, env=dict(os.environ), stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            post.end_a_job()
            for _ in range(1200):
                if post.statuses() == ["sent"]:
                    break
                assert running.poll() is None
                time.sleep(0.05)
            assert post.statuses() == ["sent"]
            running.send_signal(signal.SIGTERM)
            _, said = running.communicate(timeout=60)
        finally:
            running.kill()
    assert running.returncode == 0
    assert said.endswith("Stopped.\n")

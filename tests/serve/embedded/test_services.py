"""The embedded servers are real, keep their data, and leave nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from serve.embedded import EmbeddedError, EmbeddedServices

pytestmark = pytest.mark.integration


def _pids_using(folder: Path) -> list[int]:
    """Processes that work in the folder; servers change what ``ps`` shows of them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                where = (entry / "cwd").readlink()
                command = (entry / "cmdline").read_bytes()
                if where.is_relative_to(folder) or os.fsencode(folder) in command:
                    found.append(int(entry.name))
    return found


def test_data_survive_a_restart_and_no_process_is_left(tmp_path: Path) -> None:
    """A row and a key written before a stop are there after the next start."""
    with EmbeddedServices(tmp_path) as urls:
        with psycopg.connect(urls.database_url) as connection:
            connection.execute("CREATE TABLE kept (value int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        client = redis.Redis.from_url(urls.redis_url)
        client.set("kept", "7")
        client.close()
    assert _pids_using(tmp_path) == []
    with EmbeddedServices(tmp_path) as urls:
        with psycopg.connect(urls.database_url) as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
        client = redis.Redis.from_url(urls.redis_url)
        assert client.get("kept") == b"7"
        client.close()
    assert _pids_using(tmp_path) == []


def test_a_second_owner_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    """One folder has one owner; the refusal names the owner's process."""
    with EmbeddedServices(tmp_path) as urls:
        with pytest.raises(EmbeddedError, match=str(os.getpid())):
            EmbeddedServices(tmp_path).start()
        psycopg.connect(urls.database_url).close()


def test_servers_want_the_password(tmp_path: Path) -> None:
    """Without the generated password neither server lets anybody in."""
    with EmbeddedServices(tmp_path) as urls:
        head, tail = urls.database_url.split("@")
        stranger = head.rsplit(":", 1)[0] + ":wrong@" + tail
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(stranger)
        client = redis.Redis(port=int(urls.redis_url.rsplit(":", 1)[1].split("/")[0]))
        with pytest.raises(redis.AuthenticationError):
            client.ping()
        client.close()


def test_servers_of_a_killed_owner_are_ended_first(tmp_path: Path) -> None:
    """After kill -9 of the owner the next start works and has the only servers."""
    code = (
        "import sys, time; from pathlib import Path;"
        "from serve.embedded import EmbeddedServices;"
        "EmbeddedServices(Path(sys.argv[1])).start(); print('up', flush=True);"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        before = set(_pids_using(tmp_path)) - {owner.pid}
        assert len(before) >= 2
        owner.send_signal(signal.SIGKILL)
    with EmbeddedServices(tmp_path) as urls:
        psycopg.connect(urls.database_url).close()
        time.sleep(0.2)
        assert before.isdisjoint(_pids_using(tmp_path))

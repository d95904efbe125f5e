"""The pair of embedded servers under one data folder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from .postgres import start_postgres
from .processes import EmbeddedError, ServerProcess
from .valkey import start_valkey

__all__ = ["EmbeddedServices", "Urls", "default_data_dir"]


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the servers answer, passwords included."""

    database_url: str
    redis_url: str


def default_data_dir() -> Path:
    """Return the user's folder: ``~/.local/share/horarium`` unless XDG differs."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "horarium"


class EmbeddedServices:
    """A real PostgreSQL and a real Valkey that live as long as this object.

    Data survive restarts. A lock file refuses a second owner of one folder.
    Servers that a killed owner left behind are ended before new ones start.

    Parameters
    ----------
    data_dir
        Folder of data, logs, lock and generated passwords; created when absent.
    database, cache
        Whether to start PostgreSQL and Valkey; a given URL makes either needless.
    durable
        Passed to PostgreSQL; throw-away tests turn it off for speed.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        database: bool = True,
        cache: bool = True,
        durable: bool = True,
    ) -> None:
        self._data_dir = data_dir.expanduser().resolve()
        self._database, self._cache, self._durable = database, cache, durable
        self._servers: list[ServerProcess] = []
        self._lock: IO[str] | None = None

    def start(self) -> Urls:
        """Start both servers at once and wait until they answer.

        Raises
        ------
        EmbeddedError
            If the folder is in use or a server does not start; then nothing is left
            running.
        """
        self._data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._take_lock()
        try:
            return self._start_servers()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what runs, Valkey first; safe to call twice."""
        while self._servers:
            self._servers.pop().stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Urls:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_servers(self) -> Urls:
        passwords = self._passwords()
        with ThreadPoolExecutor(2) as pool:
            postgres = (
                pool.submit(
                    start_postgres,
                    self._data_dir,
                    passwords["postgres"],
                    durable=self._durable,
                )
                if self._database
                else None
            )
            valkey = (
                pool.submit(start_valkey, self._data_dir, passwords["valkey"])
                if self._cache
                else None
            )
        urls = {"database_url": "", "redis_url": ""}
        errors: list[BaseException] = []
        for name, future in (("database_url", postgres), ("redis_url", valkey)):
            if future is None:
                continue
            if (error := future.exception()) is not None:
                errors.append(error)
                continue
            server, urls[name] = future.result()
            self._servers.append(server)
        if errors:
            raise errors[0]
        return Urls(**urls)

    def _take_lock(self) -> None:
        path = self._data_dir / "lock"
        lock = path.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise EmbeddedError(
                f"the data folder {self._data_dir} is in use by process {owner}; "
                "stop it or choose another with --data-dir"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _passwords(self) -> dict[str, str]:
        path = self._data_dir / "passwords.json"
        with contextlib.suppress(FileNotFoundError):
            return dict(json.loads(path.read_text()))
        created = {name: secrets.token_urlsafe(24) for name in ("postgres", "valkey")}
        path.touch(mode=0o600)
        path.write_text(json.dumps(created))
        return created

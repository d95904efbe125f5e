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
_GRACE_SECONDS = 10.0


class Program:
    """A run of ``horarium`` with a data folder of its own.

    All its descendants carry a mark in their environment, save the databases, which
    write over theirs: those work in the data folder.
    """

    def __init__(
        self, data_dir: Path, arguments: list[str], environment: Mapping[str, str]
    ) -> None:
        self._data_dir = data_dir.resolve()
        self._mark = f"{_MARK}={uuid.uuid4().hex}".encode()
        name, _, value = self._mark.decode().partition("=")
        inherited = {
            key: text
            for key, text in os.environ.items()
            if key not in ("DATABASE_URL", "REDIS_URL", "RAY_ADDRESS")
        }
        code = "from serve.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments, "--data-dir", str(data_dir)],
            env={**inherited, **environment, name: value, "COLUMNS": "120"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
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

    def left_behind(self) -> list[int]:
        """Processes that outlive the program by more than a moment."""
        deadline = time.monotonic() + _GRACE_SECONDS
        while (found := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return found

    def lines_until(self, words: str) -> list[str]:
        """Read standard output up to a line with these words."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if words in line:
                return lines
        assert self.process.stderr is not None
        raise AssertionError(f"{''.join(lines)}\n{self.process.stderr.read()}")


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

"""Pictures of what a command shows in a terminal, as SVG.

::

    uv run python -m tests.benchmarks.pictures docs/images/demo -- \\
        horarium demo --once --time-limit 60

runs the command in a terminal of its own and writes ``demo.svg``, its last screen, and,
where it shows progress, ``demo-progress.svg``, the screen at seven tenths.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import struct
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS, LINES = 100, 60
_CODE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[()][A-Z0-9]")
_ON_ITS_WAY = re.compile(r"\b7\d ?%")


class Screen:
    """The few terminal codes that progress displays use: up, erase, carriage return."""

    def __init__(self) -> None:
        self.lines = [""]
        self._row = 0

    def feed(self, text: str) -> None:
        """Take over printed characters, colors included."""
        at = 0
        for found in _CODE.finditer(text):
            self._print(text[at : found.start()])
            at = found.end()
            number, code = found.group(1) or "", found.group(2)
            if code == "A":
                self._row = max(0, self._row - int(number or 1))
            elif code == "K":
                self.lines[self._row] = ""
            elif code == "m":
                self.lines[self._row] += found.group(0)
        self._print(text[at:])

    def _print(self, text: str) -> None:
        for character in text:
            if character == "\n":
                self._row += 1
                if self._row == len(self.lines):
                    self.lines.append("")
            elif character == "\r":
                continue
            else:
                self.lines[self._row] += character

    def write(self, path: Path, title: str) -> None:
        """Write the last lines as SVG."""
        console = Console(
            record=True,
            width=COLUMNS,
            file=Path(os.devnull).open("w"),
            color_system="truecolor",
        )
        shown = "\n".join(self.lines[-LINES:]).strip("\n")
        shown = shown.replace(str(Path.home()), "~")
        console.print(Text.from_ansi(shown), end="")
        path.write_text(console.export_svg(title=title))


def run(command: list[str], stem: Path) -> int:
    """Run a command in a terminal and picture it; returns its exit code."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    screen, title, is_pictured = Screen(), " ".join(command), False
    while chunk := _read(terminal):
        screen.feed(chunk.replace("\r\n", "\n"))
        if not is_pictured and _ON_ITS_WAY.search("\n".join(screen.lines)):
            is_pictured = True
            screen.write(stem.with_name(f"{stem.name}-progress.svg"), title)
    screen.write(stem.with_name(f"{stem.name}.svg"), title)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 65_536).decode(errors="replace")
    except OSError:
        return ""


def main() -> None:
    """Picture one command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stem", type=Path, help="path of the pictures without .svg")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    given.stem.parent.mkdir(parents=True, exist_ok=True)
    raise SystemExit(run(given.command, given.stem))


if __name__ == "__main__":
    main()

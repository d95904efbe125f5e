"""Reading files of lines from strangers: decoded strictly, findings with a place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from solvers.exceptions import InputError, Issue

from .limits import (
    MAX_ISSUES,
    MAX_LINE_LENGTH,
    MAX_LINES,
    MAX_NUMBER,
    MAX_TEXT_BYTES,
    refuse_large,
    shortened,
)

__all__ = ["Line", "LineReader", "decode", "split_lines", "whole_number"]

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class Line(NamedTuple):
    """A line that is not blank: its number from 1, and its text."""

    number: int
    text: str

    def fields(self) -> list[str]:
        """Fields between white space."""
        return self.text.split()

    def pointer(self, field: int = 0) -> str:
        """Place of a field as ``line:column``, counted from 1."""
        starts = [match.start() for match in re.finditer(r"\S+", self.text)]
        column = starts[field] if field < len(starts) else len(self.text.rstrip())
        return f"{self.number}:{column + 1}"


def decode(content: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark.

    Raises
    ------
    InputError
        ``file_too_large``, ``bad_encoding`` or ``bad_character``.
    """
    refuse_large(len(content), MAX_TEXT_BYTES)
    try:
        text = content.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        detail = f"the file is not UTF-8: {error.reason}"
        raise InputError(Issue("bad_encoding", detail, f"{line}:{column}")) from error
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        column = control.start() - text.rfind("\n", 0, control.start())
        detail = f"character {ord(control.group())} is no text"
        raise InputError(Issue("bad_character", detail, f"{line}:{column}"))
    return text


def split_lines(content: bytes) -> list[Line]:
    """Lines that are not blank.

    Raises
    ------
    InputError
        As `decode`, and ``too_many_lines`` or ``line_too_long``.
    """
    text = decode(content)
    if text.count("\n") + text.count("\r") > 2 * MAX_LINES:
        detail = f"the file has more than {MAX_LINES} lines"
        raise InputError(Issue("too_many_lines", detail, f"{MAX_LINES}:1"))
    lines = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if len(line) > MAX_LINE_LENGTH:
            detail = f"the line has more than {MAX_LINE_LENGTH} characters"
            raise InputError(Issue("line_too_long", detail, f"{number}:1"))
        if line and not line.isspace():
            lines.append(Line(number, line))
    return lines


def whole_number(text: str) -> int | None:
    """Whole number in plain digits, None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None


class LineReader:
    """Fields by type, gathering every finding with its place."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def fail(self, line: Line, code: str, detail: str, field: int = 0) -> None:
        """Note a finding at a field of a line."""
        self.issues.append(Issue(code, shortened(detail), line.pointer(field)))
        if len(self.issues) >= MAX_ISSUES:
            self.finish()

    def number(
        self,
        line: Line,
        fields: Sequence[str],
        index: int,
        *,
        low: int = 0,
        high: int = MAX_NUMBER,
    ) -> int:
        """Value of a field that is a whole number from ``low`` to ``high``."""
        text = fields[index] if index < len(fields) else ""
        value = whole_number(text)
        if value is None:
            detail = f"{text[:40]!r} is no whole number"
            self.fail(line, "not_a_number", detail, index)
            return low
        if not low <= value <= high:
            detail = f"{value} is outside {low}..{high}"
            self.fail(line, "number_out_of_range", detail, index)
            return low
        return value

    def finish(self) -> None:
        """Raise all findings, if any.

        Raises
        ------
        InputError
            With every finding.
        """
        if self.issues:
            raise InputError(self.issues)

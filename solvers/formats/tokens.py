"""Reading files of nothing but whole numbers from strangers."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from solvers.exceptions import InputError, Issue

from .limits import MAX_NUMBERS_BYTES, refuse_large

__all__ = ["NumberFile"]

_KNOWN = b"0123456789+- \t\n\r\v\f"
_FOREIGN = re.compile(rb"[^0-9+\-\s]")
_MALFORMED = re.compile(rb"[+-](?![0-9])|[0-9][+-]")
_LONG = re.compile(rb"[0-9]{10}")


class NumberFile:
    """Numbers between white space, taken in rows of a known size.

    Parameters
    ----------
    content
        The file.

    Raises
    ------
    InputError
        ``file_too_large``, ``not_a_number`` or ``number_out_of_range``; numbers have
        at most nine digits.
    """

    def __init__(self, content: bytes) -> None:
        refuse_large(len(content), MAX_NUMBERS_BYTES)
        self._content = content
        if content.translate(None, _KNOWN):
            self._refuse(_FOREIGN, "not_a_number", "the character is of no number")
        if b"-" in content or b"+" in content:
            self._refuse(_MALFORMED, "not_a_number", "a sign stands alone")
        text = b"" if content.isspace() else content
        if text:
            self._refuse(_LONG, "number_out_of_range", "a number has over nine digits")
        self._numbers = np.fromstring(text.decode("ascii"), np.int32, sep=" ")
        self._next = 0

    def _refuse(self, pattern: re.Pattern[bytes], code: str, detail: str) -> None:
        if match := pattern.search(self._content):
            raise InputError(Issue(code, detail, self._pointer(match.start())))

    def _pointer(self, offset: int) -> str:
        line = self._content.count(b"\n", 0, offset) + 1
        column = offset - self._content.rfind(b"\n", 0, offset)
        return f"{line}:{column}"

    @property
    def left(self) -> int:
        """How many numbers are still to be taken."""
        return len(self._numbers) - self._next

    @property
    def taken(self) -> int:
        """How many numbers were taken, which is the index of the next one."""
        return self._next

    def take(
        self, rows: int, columns: int, *, low: int, high: int
    ) -> NDArray[np.int32]:
        """Take the next ``rows x columns`` numbers.

        Raises
        ------
        InputError
            ``truncated_file``, or ``number_out_of_range`` at the first number outside
            ``low`` to ``high``.
        """
        first, count = self._next, rows * columns
        if count > self.left:
            detail = f"expected {count} more numbers, found {self.left}"
            end = len(self._content)
            raise InputError(Issue("truncated_file", detail, self._pointer(end)))
        taken = self._numbers[first : first + count]
        wrong = np.flatnonzero((taken < low) | (taken > high))
        if len(wrong):
            detail = f"{taken[wrong[0]]} is outside {low}..{high}"
            where = self.pointer_of(first + int(wrong[0]))
            raise InputError(Issue("number_out_of_range", detail, where))
        self._next += count
        return taken.reshape((rows, columns))

    def pointer_of(self, index: int) -> str:
        """Place of the number of an index as ``line:column``, counted from 1."""
        text = np.frombuffer(self._content, np.uint8)
        dark = text > ord(" ")
        starts = np.flatnonzero(dark & ~np.concatenate([[False], dark[:-1]]))
        return self._pointer(int(starts[index]))

    def finish(self) -> None:
        """Refuse numbers that nothing asked for.

        Raises
        ------
        InputError
            ``unexpected_number``.
        """
        if self.left:
            where = self.pointer_of(self._next)
            detail = f"{self.left} numbers follow the last table"
            raise InputError(Issue("unexpected_number", detail, where))

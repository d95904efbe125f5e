"""Limits of what readers take from strangers; public files need a third at most."""

from __future__ import annotations

from solvers.exceptions import InputError, Issue

__all__ = [
    "MAX_DEPTH",
    "MAX_ELEMENTS",
    "MAX_ISSUES",
    "MAX_JSON_BYTES",
    "MAX_LINES",
    "MAX_LINE_LENGTH",
    "MAX_NUMBER",
    "MAX_NUMBERS_BYTES",
    "MAX_TAG_BYTES",
    "MAX_TEXT_BYTES",
    "MAX_XML_BYTES",
    "refuse_large",
    "shortened",
]

MAX_XML_BYTES = 96 * 2**20
"""Most bytes of an XML document."""

MAX_JSON_BYTES = 64 * 2**20
"""Most bytes of a JSON document."""

MAX_ELEMENTS = 1_500_000
"""Most elements of an XML document."""

MAX_DEPTH = 12
"""Most levels of an XML document."""

MAX_TAG_BYTES = 2**20
"""Most bytes of an XML document without the end of a tag."""

MAX_TEXT_BYTES = 32 * 2**20
"""Most bytes of a file of lines."""

MAX_NUMBERS_BYTES = 16 * 2**20
"""Most bytes of a file of nothing but numbers."""

MAX_LINES = 400_000
"""Most lines of a file, empty ones included."""

MAX_LINE_LENGTH = 65_536
"""Most characters of a line."""

MAX_NUMBER = 2**31 - 1
"""Largest whole number."""

MAX_ISSUES = 1_000
"""Findings after which a reader gives up."""


def refuse_large(size: int, most: int) -> None:
    """Refuse a file of too many bytes.

    Raises
    ------
    InputError
        ``file_too_large``.
    """
    if size > most:
        detail = f"the file has {size} bytes, more than {most}"
        raise InputError(Issue("file_too_large", detail, "1:1"))


def shortened(detail: str) -> str:
    """Detail of a finding, cut where the file itself made it long."""
    most = 300
    return detail if len(detail) <= most else f"{detail[:most]}..."

"""A page of measurements: one section for each measurement, replaced when repeated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

__all__ = ["markdown_table", "write_section"]


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Compose a table; the first column is text, the others are figures."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write_section(page: Path, key: str, text: str) -> None:
    """Put a section into a page between two comments that name its key.

    A section of the same key is replaced where it stands, else the section is appended.

    Parameters
    ----------
    page
        Markdown file; made if it does not exist.
    key
        Names the section, without ``-->``.
    text
        Markdown.
    """
    begin, end = f"<!-- {key} -->", f"<!-- end of {key} -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if place.search(before):
        after = place.sub(lambda _: section, before, count=1)
    else:
        after = f"{before.rstrip()}\n\n{section}\n".lstrip()
    page.write_text(after, encoding="utf-8")

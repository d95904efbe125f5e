"""Best known values, read from a table beside the instances, never from the program."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["TABLE_NAME", "read_best_known"]

TABLE_NAME = "best_known.md"


def read_best_known(folder: Path) -> dict[str, int]:
    """Read the best known cost of each instance.

    Parameters
    ----------
    folder
        Holds ``best_known.md``, or lies in a folder that does. Every Markdown table in
        it counts whose first column is ``instance`` and whose second begins with
        ``best known``.

    Returns
    -------
    dict
        Instance name to cost; empty without a table.
    """
    for place in (folder, folder.parent):
        if (place / TABLE_NAME).is_file():
            return _parse((place / TABLE_NAME).read_text(encoding="utf-8"))
    return {}


def _parse(text: str) -> dict[str, int]:
    values: dict[str, int] = {}
    wanted = False
    for line in text.splitlines():
        cells = [cell.strip().lower() for cell in line.strip().strip("|").split("|")]
        if not line.lstrip().startswith("|") or len(cells) < 2:
            wanted = False
        elif cells[0] == "instance":
            wanted = cells[1].startswith("best known")
        elif wanted and re.fullmatch(r"\d+", cells[1]):
            values[cells[0]] = int(cells[1])
    return values

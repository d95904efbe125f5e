"""Lists in ERP columns: JSON, PostgreSQL arrays, their text, or nothing. Pure."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["as_list"]


def as_list(value: Any) -> list[str]:
    """Read a list of names.

    Parameters
    ----------
    value
        A list, ``["a"]`` or ``{a,b}`` as text, a single name, or None.
    """
    if value is None:
        return []
    if isinstance(value, list):
        return [str(item).strip() for item in value if str(item).strip()]
    text = str(value).strip()
    if text.startswith("["):
        return as_list(json.loads(text))
    items = text.removeprefix("{").removesuffix("}").split(",")
    return [name for item in items if (name := item.strip().strip('"'))]

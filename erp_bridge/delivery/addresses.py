"""Which mail addresses may be used. Pure."""

from __future__ import annotations

import re

__all__ = ["is_usable"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_LONGEST = 254


def is_usable(address: str) -> bool:
    """Whether it is one plain ASCII address, ``local@domain``.

    Quoted names, comments, groups, line breaks and other control characters are not
    part of any, so that an address cannot become a header or a second recipient.
    """
    return len(address) <= _LONGEST and _ADDRESS.fullmatch(address) is not None

"""Hypothesis strategies that damage files in the ways in which files are damaged."""

import re
from collections.abc import Callable
from functools import cache

from hypothesis import strategies as st

__all__ = ["damaged"]

_NUMBER = re.compile(rb"[0-9]+")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_NUMBERS = [
    b"",
    b"0",
    b"1",
    b"-1",
    b"+5",
    b"007",
    b"62",
    b"63",
    b"1e5",
    b"0x10",
    b"1_0",
    b"1.5",
    b"NaN",
    b"Infinity",
    b"2147483647",
    b"2147483648",
    b"99999999999999999999",
    b"9" * 5000,
    "٣".encode(),
    b"true",
    b"null",
]
_PIECES = [
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n\n",
    b"\t",
    b"\x0b",
    b"\x85",
    b"\xe2\x80\xa8",
    "é".encode(),
    "😀".encode(),
    b"<",
    b">",
    b'"',
    b"'",
    b"&",
    b"&amp;",
    b"&x;",
    b"&#0;",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"<?xml?>",
    b"<!DOCTYPE a>",
    b'<!DOCTYPE a [<!ENTITY x "y">]>',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\u0000",
    b"\\ud800",
    b"END.",
    b"END.\n",
    b"COURSES:\n",
    b"ROOMS:",
    b"Name:",
    b"-1 ",
    b" 1 1",
    b"/>",
    b"</class>",
    b'<class id="1"/>',
    b'days="0000000"',
]

Edit = Callable[[bytes], bytes]


@cache
def _spans(base: bytes, pattern: re.Pattern[bytes]) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(base)]


def _replaced(base: bytes, span: tuple[int, int], new: bytes) -> bytes:
    return base[: span[0]] + new + base[span[1] :]


@st.composite
def _one_damage(draw: st.DrawFn, base: bytes) -> bytes:
    """Damage a file once: a number, a word, a line, a span or a byte."""
    kind = draw(st.integers(0, 9))
    if kind <= 2 and (spans := _spans(base, _NUMBER)):
        span = spans[draw(st.integers(0, len(spans) - 1))]
        return _replaced(base, span, draw(st.sampled_from(_NUMBERS)))
    if kind <= 4 and (spans := _spans(base, _WORD)):
        one, two = (spans[draw(st.integers(0, len(spans) - 1))] for _ in range(2))
        return _replaced(base, one, base[slice(*two)])
    if kind == 5:
        lines = base.split(b"\n")
        one, two = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        lines[one], lines[two] = lines[two], lines[one]
        return b"\n".join(lines)
    if kind == 6:
        lines = base.split(b"\n")
        one = draw(st.integers(0, len(lines) - 1))
        lines[one : one + 1] = [lines[one]] * draw(st.sampled_from([0, 2, 3]))
        return b"\n".join(lines)
    start = draw(st.integers(0, max(0, len(base) - 1)))
    if kind == 7:
        end = start + draw(st.integers(0, 40))
        return base[:start] + base[end:]
    if kind == 8:
        return base[:start] + draw(st.sampled_from(_PIECES)) + base[start:]
    byte = draw(st.integers(0, 255))
    return base[:start] + bytes([byte]) + base[start + 1 :]


@st.composite
def damaged(draw: st.DrawFn, *bases: bytes) -> bytes:
    """Draw one of some files with one to three damages, at times cut off."""
    content = draw(st.sampled_from(bases))
    for _ in range(draw(st.integers(1, 3))):
        content = draw(_one_damage(content)) or b" "
    if draw(st.integers(0, 9)) == 0:
        content = content[: draw(st.integers(0, len(content)))]
    return content

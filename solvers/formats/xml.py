"""Reading XML from strangers: known elements only, no DTD, no entity, no long wait.

The parser is expat, which neither fetches nor opens anything. A document with an entity
declaration is refused at that declaration, one with an element that the format does not
know at that element, so that nothing grows before it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import NoReturn, overload
from xml.parsers import expat

from solvers.exceptions import InputError, Issue

from .limits import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_ISSUES,
    MAX_NUMBER,
    MAX_TAG_BYTES,
    MAX_XML_BYTES,
    refuse_large,
    shortened,
)
from .text import whole_number

__all__ = ["Element", "Schema", "XmlReader", "parse_xml"]

Schema = Mapping[str, frozenset[str]]
"""Names of the children that each element may have; no other element is known.
"""

_PLAIN_DOCTYPE = re.compile(rb"<!DOCTYPE[^<>\[\]]*>")
_PROLOG = 4096


class Element:
    """An element with its attributes, children and place."""

    __slots__ = ("attributes", "children", "column", "line", "tag")

    def __init__(
        self, tag: str, attributes: dict[str, str], line: int, column: int
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element] | tuple[()] = ()
        self.line = line
        self.column = column

    def adopt(self, child: Element) -> None:
        """Add a child; most elements have none and never hold a list."""
        if self.children:
            self.children.append(child)
        else:
            self.children = [child]

    @overload
    def get(self, name: str) -> str | None: ...

    @overload
    def get(self, name: str, default: str) -> str: ...

    def get(self, name: str, default: str | None = None) -> str | None:
        """Value of an attribute."""
        return self.attributes.get(name, default)

    def find(self, tag: str) -> Element | None:
        """First child of a tag."""
        return next((child for child in self.children if child.tag == tag), None)

    def findall(self, path: str) -> list[Element]:
        """All descendants down a path of tags, in order."""
        found = [self]
        for tag in path.split("/"):
            found = [
                child
                for element in found
                for child in element.children
                if child.tag == tag
            ]
        return found


def parse_xml(
    content: bytes, root_tag: str, schema: Schema, once: AbstractSet[str] = frozenset()
) -> Element:
    """Parse a document.

    Parameters
    ----------
    content
        The document.
    root_tag
        Tag of its root.
    schema
        Which elements it may have.
    once
        Tags that may occur once in the whole document.

    Raises
    ------
    InputError
        ``file_too_large``, ``malformed_xml``, ``entities_forbidden``,
        ``unexpected_root``, ``unexpected_element``, ``unexpected_text``,
        ``duplicate_section``, ``too_many_elements``, ``tag_too_long`` or ``too_deep``.
    """
    refuse_large(len(content), MAX_XML_BYTES)
    _refuse_oversize(content)
    builder = _Builder(root_tag, schema, once)
    try:
        builder.parse(content)
    except expat.ExpatError as error:
        detail = expat.ErrorString(error.code)
        where = f"{error.lineno}:{error.offset + 1}"
        raise InputError(Issue("malformed_xml", detail, where)) from error
    except (LookupError, ValueError) as error:  # of codecs that the file names
        raise InputError(
            Issue("malformed_xml", shortened(str(error)), "1:1")
        ) from error
    assert builder.root is not None
    return builder.root


def _refuse_oversize(content: bytes) -> None:
    """Refuse, before parsing, what would cost memory out of all proportion."""
    if content.count(b"<") > 2 * MAX_ELEMENTS:
        detail = f"more than {MAX_ELEMENTS} elements"
        raise InputError(Issue("too_many_elements", detail, "1:1"))
    for start in range(0, len(content) - MAX_TAG_BYTES, MAX_TAG_BYTES):
        if content.find(b">", start, start + MAX_TAG_BYTES) < 0:
            line = content.count(b"\n", 0, start) + 1
            column = start - content.rfind(b"\n", 0, start)
            detail = f"no tag ends within {MAX_TAG_BYTES} bytes"
            raise InputError(Issue("tag_too_long", detail, f"{line}:{column}"))


def _blank(match: re.Match[bytes]) -> bytes:
    return re.sub(rb"[^\r\n]", b" ", match.group())


class _Builder:
    def __init__(self, root_tag: str, schema: Schema, once: AbstractSet[str]) -> None:
        self.root: Element | None = None
        self._root_tag = root_tag
        self._schema = schema
        self._once = set(once)
        self._seen: set[str] = set()
        self._open: list[Element] = []
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def parse(self, content: bytes) -> None:
        """Parse, a DOCTYPE blanked that only names a DTD: no entity is known then."""
        prolog = _PLAIN_DOCTYPE.sub(_blank, content[:_PROLOG], count=1)
        self._parser.Parse(prolog, False)
        self._parser.Parse(memoryview(content)[_PROLOG:], True)

    def _refuse(self, code: str, detail: str) -> NoReturn:
        parser = self._parser
        where = f"{parser.CurrentLineNumber}:{parser.CurrentColumnNumber + 1}"
        raise InputError(Issue(code, detail, where))

    def _doctype(
        self, name: str, system: str | None, public: str | None, subset: bool
    ) -> None:
        del name, system, public, subset
        self._refuse("entities_forbidden", "the DOCTYPE may only name a DTD")

    def _entity(self, *_: object) -> None:
        self._refuse("entities_forbidden", "the file declares an entity")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._check(tag)
        parser = self._parser
        element = Element(
            tag, attributes, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        )
        if self._open:
            self._open[-1].adopt(element)
        else:
            self.root = element
        self._open.append(element)

    def _check(self, tag: str) -> None:
        self._count += 1
        if self._open:
            parent = self._open[-1]
            if tag not in self._schema[parent.tag]:
                detail = f"<{tag[:40]}> has no place in <{parent.tag}>"
                self._refuse("unexpected_element", detail)
        elif tag != self._root_tag:
            detail = f"expected <{self._root_tag}>, found <{tag[:40]}>"
            self._refuse("unexpected_root", detail)
        if tag in self._once:
            if tag in self._seen:
                self._refuse("duplicate_section", f"<{tag}> occurs twice")
            self._seen.add(tag)
        if self._count > MAX_ELEMENTS:
            self._refuse("too_many_elements", f"more than {MAX_ELEMENTS} elements")
        if len(self._open) >= MAX_DEPTH:
            self._refuse("too_deep", f"more than {MAX_DEPTH} levels")

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if not text.isspace():
            detail = f"text {text.strip()[:40]!r} has no meaning"
            self._refuse("unexpected_text", detail)


class XmlReader:
    """Attributes by type, gathering every finding with its place."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def fail(self, element: Element, code: str, detail: str) -> None:
        """Note a finding at an element."""
        where = f"{element.line}:{element.column}"
        self.issues.append(Issue(code, shortened(detail), where))
        if len(self.issues) >= MAX_ISSUES:
            self.finish()

    def text(self, element: Element, name: str) -> str:
        """Value of a required attribute."""
        value = element.get(name)
        if value is None:
            detail = f"<{element.tag}> lacks the attribute {name}"
            self.fail(element, "missing_attribute", detail)
            return ""
        return value

    def number(
        self, element: Element, name: str, *, default: int | None = None, low: int = 0
    ) -> int:
        """Value of an integer attribute of at least ``low``."""
        value = element.get(name)
        if value is None:
            if default is None:
                self.text(element, name)
            return low if default is None else default
        number = whole_number(value)
        if number is None:
            detail = f"{name}={value[:40]!r} is no whole number"
            self.fail(element, "not_a_number", detail)
            return low
        if not low <= number <= MAX_NUMBER:
            detail = f"{name}={number} is outside {low}..{MAX_NUMBER}"
            self.fail(element, "number_out_of_range", detail)
            return low
        return number

    def truth(self, element: Element, name: str, *, default: bool) -> bool:
        """Value of an attribute that is ``true`` or ``false``."""
        value = element.get(name)
        if value is not None and value not in ("true", "false"):
            detail = f"{name}={value[:40]!r} is neither true nor false"
            self.fail(element, "not_a_truth_value", detail)
        return default if value is None else value == "true"

    def mask(self, element: Element, name: str, width: int) -> int:
        """Value of a bit string of exactly ``width`` characters, one set at least."""
        text = self.text(element, name)
        if len(text) != width or text.strip("01"):
            detail = f"{name}={text[:40]!r} is no string of {width} characters 0 and 1"
            self.fail(element, "bad_bit_string", detail)
            return 1
        mask = int(text[::-1], 2)
        if mask == 0:
            self.fail(element, "empty_bit_string", f"{name} has no 1")
            return 1
        return mask

    def finish(self) -> None:
        """Raise all findings, if any.

        Raises
        ------
        InputError
            With every finding.
        """
        if self.issues:
            raise InputError(self.issues)

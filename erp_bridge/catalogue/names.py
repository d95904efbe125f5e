"""A mapping file: what an ERP calls the tables and columns that the catalogue reads.

::

    [tables.faculty]
    name = "hr.teachers"                # or schema = "hr", name = "teachers"
    absent = ["research_day"]           # the ERP has no such column
    [tables.faculty.columns]
    faculty_id = "teacher_no"
    [tables.faculty.values]
    max_hours_per_week = 18             # the same for every row

It holds names and plain values, never SQL; for more there are views.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from solvers.exceptions import InputError, Issue

from .columns import (
    CONTACT_COLUMNS,
    OPTIONAL_TABLES,
    READ,
    TABLES,
    is_optional,
    is_value_of,
)

__all__ = [
    "CatalogueMapping",
    "TableNames",
    "load_mapping",
    "mapping_of",
    "pointer_of",
    "toml_of",
]

_MOST_BYTES = 63
_CODES = {"extra_forbidden": "unknown_key"}


def _identifier(name: str) -> str:
    if not name or "\x00" in name or len(name.encode()) > _MOST_BYTES:
        raise PydanticCustomError(
            "malformed_identifier", "A name of 1 to 63 bytes without NUL is needed."
        )
    return name


_Identifier = Annotated[str, AfterValidator(_identifier)]
_MaybeQualified = Annotated[str, Field(min_length=1, max_length=2 * _MOST_BYTES + 1)]


class TableNames(BaseModel):
    """What an ERP calls one table, and its columns.

    Parameters
    ----------
    name
        Table or view, ``table`` or ``schema.table``; our own name when None.
    schema_name
        Its schema; then ``name`` is taken as it is, dots and all.
    columns
        Their names by ours; a column that is not named is called as ours.
    values
        Values by our column, the same for every row, where they have no column.
    absent
        Columns that they do not have and that may be null; True for a whole table.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: _MaybeQualified | None = None
    schema_name: _Identifier | None = Field(None, alias="schema")
    columns: dict[str, _Identifier] = {}
    values: dict[str, Any] = {}
    absent: bool | list[str] = False

    @property
    def relation(self) -> tuple[str | None, str | None]:
        """Schema and name; None where ours is meant."""
        if self.schema_name is not None or self.name is None:
            return self.schema_name, self.name
        schema, dot, name = self.name.partition(".")
        return (schema, name) if dot else (None, schema)

    @property
    def is_absent(self) -> bool:
        """Whether the ERP has no such table."""
        return self.absent is True

    @property
    def absent_columns(self) -> list[str]:
        """Columns that the ERP does not have."""
        return self.absent if isinstance(self.absent, list) else []

    def reads(self, column: str) -> bool:
        """Whether a column comes from the ERP's relation."""
        return column not in self.values and column not in self.absent_columns


@dataclass(frozen=True, slots=True)
class CatalogueMapping:
    """What an ERP calls the catalogue's tables; those not named are called as ours."""

    tables: Mapping[str, TableNames]


def load_mapping(path: Path) -> CatalogueMapping:
    """Read a mapping file.

    Raises
    ------
    InputError
        If it cannot be read, or is wrong; with all findings.
    """
    return mapping_of(toml_of(path))


def toml_of(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        detail = f"The mapping cannot be read: {error}."
        raise InputError(Issue("unreadable_mapping", detail)) from error
    except ValueError as error:
        raise InputError(Issue("malformed_toml", f"{path}: {error}.")) from error


def mapping_of(content: Mapping[str, Any]) -> CatalogueMapping:
    """Check the content of a mapping file.

    Raises
    ------
    InputError
        With all findings; each points to its key, e.g. ``/tables/rooms/columns/x``.
    """
    issues = [
        Issue("unknown_key", "Only tables can be mapped.", pointer_of([key]))
        for key in content
        if key != "tables"
    ]
    given = content.get("tables", {})
    if not isinstance(given, dict):
        issues.append(Issue("dict_type", "A table of tables is needed.", "/tables"))
        given = {}
    tables: dict[str, TableNames] = {}
    for table, names in given.items():
        if table not in READ:
            issues.append(_unknown("table", table, READ, ["tables", table]))
            continue
        try:
            tables[table] = TableNames.model_validate(names)
        except ValidationError as error:
            issues.extend(_malformed(table, error))
        else:
            issues.extend(_findings(table, tables[table]))
    if issues:
        raise InputError(issues)
    return CatalogueMapping(tables)


def pointer_of(parts: Iterable[object]) -> str:
    """Return the JSON pointer of a key."""
    texts = (str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return "".join(f"/{text}" for text in texts)


def _unknown(kind: str, name: str, known: Iterable[str], at: list[str]) -> Issue:
    close = get_close_matches(name, list(known), 1)
    hint = f"; {close[0]} is meant?" if close else "."
    detail = f"The catalogue reads no {kind} {name!r}{hint}"
    return Issue(f"unknown_{kind}", detail, pointer_of(at))


def _malformed(table: str, error: ValidationError) -> Iterator[Issue]:
    for wrong in error.errors(include_url=False, include_context=False):
        at = pointer_of(["tables", table, *wrong["loc"]])
        yield Issue(_CODES.get(wrong["type"], wrong["type"]), wrong["msg"], at)


def _findings(table: str, names: TableNames) -> Iterator[Issue]:
    """Yield what is wrong with a table's names, as far as they themselves tell."""
    here = ["tables", table]
    yield from _of_relation(here, names)
    if names.is_absent and table not in OPTIONAL_TABLES:
        detail = "The catalogue needs this table."
        yield Issue("required_table", detail, pointer_of([*here, "absent"]))
    seen: set[str] = set()
    for member, column in _columns_named(names):
        at = [*here, member, column]
        if member == "columns" and column in CONTACT_COLUMNS.get(table, ()):
            continue
        if column not in READ[table]:
            yield _unknown("column", column, READ[table], at)
        elif column in seen:
            detail = f"{column} is in more than one of columns, values, absent."
            yield Issue("column_given_twice", detail, pointer_of(at))
        else:
            yield from _of_column(table, column, names, at)
        seen.add(column)


def _columns_named(names: TableNames) -> Iterator[tuple[str, str]]:
    for member in ("columns", "values"):
        yield from ((member, column) for column in getattr(names, member))
    yield from (("absent", column) for column in names.absent_columns)


def _of_relation(here: list[str], names: TableNames) -> Iterator[Issue]:
    schema, name = names.relation
    at = pointer_of([*here, "schema" if names.schema_name is not None else "name"])
    if names.schema_name is None and "." in (name or ""):
        detail = "More than one dot; give schema and name apart."
        yield Issue("ambiguous_name", detail, at)
    for part in (schema, name):
        try:
            _identifier(part if part is not None else "-")
        except PydanticCustomError as error:
            yield Issue(error.type, error.message(), at)


def _of_column(
    table: str, column: str, names: TableNames, at: list[str]
) -> Iterator[Issue]:
    if column in names.absent_columns and not is_optional(table, column):
        detail = f"{column} may not be null; name a column, or give a value."
        yield Issue("required_column", detail, pointer_of(at))
    if column in names.values and not is_value_of(table, column, names.values[column]):
        kind = TABLES[table].c[column].type
        detail = f"{names.values[column]!r} is no value of the type {kind}."
        yield Issue("value_type", detail, pointer_of(at))

"""The page on constraint types tells what the code does."""

from pathlib import Path

import pytest

from solvers.constraints import CONSTRAINT_TYPES, ConstraintType, ListType

PAGE = Path(__file__).parents[3] / "docs" / "constraints.md"


def _row(name: str) -> list[str]:
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) in (3, 5) and cells[0] == f"`{name}`":
            return cells
    raise AssertionError(f"{name} has no row")


@pytest.mark.parametrize("name", CONSTRAINT_TYPES)
def test_every_type_has_its_row(name: str) -> None:
    """Name, what it is measured by, parameters with units, and the very sentence."""
    kind = CONSTRAINT_TYPES[name]
    cells = _row(name)
    params = ", ".join(f"{p.name} {p.unit}" for p in kind.params)
    if isinstance(kind, ListType):
        span = type(kind).__name__.removesuffix("Type").lower()
        assert cells[1:4] == [span, params, kind.sentence]
    else:
        assert cells[1:] == [params, kind.sentence]


@pytest.mark.parametrize("kind", CONSTRAINT_TYPES.values(), ids=lambda kind: kind.name)
def test_the_sentence_of_a_constraint_names_values(kind: ConstraintType) -> None:
    """Every letter is replaced by its value, and nothing else changes."""
    params = [1000 + place for place in range(len(kind.params))]
    told = kind.sentence_of(params)
    for parameter, value in zip(kind.params, params, strict=True):
        assert f" {value}" in told
        told = told.replace(str(value), parameter.name)
    assert told == kind.sentence

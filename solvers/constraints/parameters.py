"""Parameters of constraint types: their names, units and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Parameter", "parameter_problems"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """An integer parameter of a constraint type.

    Parameters
    ----------
    name
        Letter that the type's sentence uses.
    unit
        What is counted: ``slots``, ``days``, ``meetings``...
    minimum
        Smallest sensible value.
    """

    name: str
    unit: str
    minimum: int = 0


def parameter_problems(
    expected: Sequence[Parameter], params: Sequence[int]
) -> list[str]:
    """One sentence for each thing that is wrong with the values of parameters."""
    if len(params) != len(expected):
        names = ", ".join(f"{p.name} ({p.unit})" for p in expected) or "none"
        return [f"expected {len(expected)} parameters ({names}), got {len(params)}"]
    return [
        f"{parameter.name} ({parameter.unit}) must be >= {parameter.minimum}, "
        f"got {value}"
        for parameter, value in zip(expected, params, strict=True)
        if value < parameter.minimum
    ]

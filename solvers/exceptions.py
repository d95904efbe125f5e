"""The engine's exceptions.

::

    TimetablingError
    ├── InputError          the caller's instance, file or parameters are wrong
    └── EngineError         the engine broke one of its own promises

Infeasible, cancelled and timed out are results, not exceptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["EngineError", "InputError", "Issue", "TimetablingError"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding about an input, as the API's ``errors[]`` items show it.

    Parameters
    ----------
    code
        Stable machine-readable name in snake_case, e.g. ``unknown_room``.
    detail
        One English sentence for a person.
    pointer
        Where: a JSON pointer (``/rooms/3/capacity``) or ``line:column`` of a file.
    severity
        ``error`` (refused) or ``warning``.
    """

    code: str
    detail: str
    pointer: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        where = f" at {self.pointer}" if self.pointer else ""
        return f"{self.severity} {self.code}{where}: {self.detail}"


class TimetablingError(Exception):
    """The timetabling engine failed."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__class__.__doc__)


class InputError(TimetablingError):
    """The input is wrong.

    Parameters
    ----------
    issues
        Every finding, not only the first; at least one.
    """

    def __init__(self, issues: Sequence[Issue] | Issue) -> None:
        found = (issues,) if isinstance(issues, Issue) else tuple(issues)
        if not found:
            raise ValueError("InputError needs at least one issue.")
        self.issues: tuple[Issue, ...] = found
        super().__init__("; ".join(str(issue) for issue in found[:10]))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Issue, ...]]]:
        return type(self), (self.issues,)


class EngineError(TimetablingError):
    """The engine broke one of its own promises."""

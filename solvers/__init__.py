"""Horarium's timetabling engine: instances in, verified timetables out.

Names are loaded on first use, so that reading a file does not wait for compilers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .callbacks import SolverCallbacks
    from .exceptions import EngineError, InputError, Issue, TimetablingError
    from .model import Instance, Timetable, Weights
    from .params import SolveParams
    from .pipeline import solve
    from .result import Result, SolveStatus, StageReport
    from .stop import AnyOf, Cancelled, MaxRuntime, MaxWork, StoppingCriterion
    from .verification import Verification, verify

_HOMES = {
    "callbacks": ("SolverCallbacks",),
    "exceptions": ("EngineError", "InputError", "Issue", "TimetablingError"),
    "model": ("Instance", "Timetable", "Weights"),
    "params": ("SolveParams",),
    "pipeline": ("solve",),
    "result": ("Result", "SolveStatus", "StageReport"),
    "stop": ("AnyOf", "Cancelled", "MaxRuntime", "MaxWork", "StoppingCriterion"),
    "verification": ("Verification", "verify"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AnyOf",
    "Cancelled",
    "EngineError",
    "InputError",
    "Instance",
    "Issue",
    "MaxRuntime",
    "MaxWork",
    "Result",
    "SolveParams",
    "SolveStatus",
    "SolverCallbacks",
    "StageReport",
    "StoppingCriterion",
    "Timetable",
    "TimetablingError",
    "Verification",
    "Weights",
    "solve",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Compiled leaves of the search, on plain arrays."""

from .events import anneal_events, sample_soft_changes
from .joint import anneal_jointly
from .packed import pack_arrays, pack_state
from .rebuild import rebuild, shared_events
from .state import State, new_state
from .students import anneal_students

__all__ = [
    "State",
    "anneal_events",
    "anneal_jointly",
    "anneal_students",
    "new_state",
    "pack_arrays",
    "pack_state",
    "rebuild",
    "sample_soft_changes",
    "shared_events",
]

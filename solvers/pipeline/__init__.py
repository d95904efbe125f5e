"""The stages wired together."""

from .budget import Budget
from .genetic import evolve, make_island
from .solve import refine_stage, solve, verified
from .start import Start, prepare

__all__ = [
    "Budget",
    "Start",
    "evolve",
    "make_island",
    "prepare",
    "refine_stage",
    "solve",
    "verified",
]

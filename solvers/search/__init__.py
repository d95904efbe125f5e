"""Local search shared by the stages of the engine."""

from .annealing import Annealing, AnnealingParams
from .operators import (
    Operator,
    OperatorOutcome,
    apply_operator,
    search_operators,
)
from .sectioning import section_by_similarity
from .state import SearchState
from .warm_up import warm_up

__all__ = [
    "Annealing",
    "AnnealingParams",
    "Operator",
    "OperatorOutcome",
    "SearchState",
    "apply_operator",
    "search_operators",
    "section_by_similarity",
    "warm_up",
]

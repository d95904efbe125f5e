"""Search specialized in grid instances: one week, events of one period each."""

from .annealing import GridAnnealing, GridAnnealingParams
from .assembly import grid_arrays
from .operators import OPERATORS, grid_operators
from .state import GridSearchState

__all__ = [
    "OPERATORS",
    "GridAnnealing",
    "GridAnnealingParams",
    "GridSearchState",
    "grid_arrays",
    "grid_operators",
]

"""Search specialized in grid instances: one week, events of one period each."""

from .annealing import GridAnnealing, GridAnnealingParams
from .assembly import grid_arrays
from .operators import OPERATORS, grid_operators
from .state import GridSearchState
from .warm_up import may_be_grid, rehearse, warm_up

__all__ = [
    "OPERATORS",
    "GridAnnealing",
    "GridAnnealingParams",
    "GridSearchState",
    "grid_arrays",
    "grid_operators",
    "may_be_grid",
    "rehearse",
    "warm_up",
]

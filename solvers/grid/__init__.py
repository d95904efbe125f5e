"""Search specialized in grid instances: one week, events of one period each."""

from .annealing import GridAnnealing, GridAnnealingParams
from .assembly import grid_arrays
from .state import GridSearchState

__all__ = ["GridAnnealing", "GridAnnealingParams", "GridSearchState", "grid_arrays"]

"""The genetic stage: memetic islands."""

from .archipelago import Archipelago
from .crossover import Block, cross, draw_block
from .island import Island, Migrant, Neighborhoods
from .population import Individual, Population

__all__ = [
    "Archipelago",
    "Block",
    "Individual",
    "Island",
    "Migrant",
    "Neighborhoods",
    "Population",
    "cross",
    "draw_block",
]

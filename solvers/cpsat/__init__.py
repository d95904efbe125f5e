from .construct import construct
from .improve import Scorer, improve
from .neighborhoods import Neighborhood, pick_events
from .params import CpsatParams
from .problem import Problem
from .report import (
    CommunityReport,
    CommunityStatus,
    ConstructReport,
    ConstructStatus,
    LnsOutcome,
    LnsStatus,
)
from .size import NeighborhoodSize

__all__ = [
    "CommunityReport",
    "CommunityStatus",
    "ConstructReport",
    "ConstructStatus",
    "CpsatParams",
    "LnsOutcome",
    "LnsStatus",
    "Neighborhood",
    "NeighborhoodSize",
    "Problem",
    "Scorer",
    "construct",
    "improve",
    "pick_events",
]

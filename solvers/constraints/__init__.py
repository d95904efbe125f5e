"""Constraint types: sentence, parameters, full evaluation and explanation of each."""

from .causes import Cause
from .checks import constraint_issues
from .context import Context, Placement, blocks
from .kinds import ConstraintType, DayType, ListType, PairwiseType, TermType, WeekType
from .pairs import attendees_conflict
from .parameters import Parameter
from .registry import CONSTRAINT_TYPES

__all__ = [
    "CONSTRAINT_TYPES",
    "Cause",
    "ConstraintType",
    "Context",
    "DayType",
    "ListType",
    "PairwiseType",
    "Parameter",
    "Placement",
    "TermType",
    "WeekType",
    "attendees_conflict",
    "blocks",
    "constraint_issues",
]

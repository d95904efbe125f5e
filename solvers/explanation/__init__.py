from .explain import Explanation, explain
from .items import CriterionShare, Item
from .plain import explanation_to_dict
from .unplaced import BlockingReason, Unplaced
from .words import Words

__all__ = [
    "BlockingReason",
    "CriterionShare",
    "Explanation",
    "Item",
    "Unplaced",
    "Words",
    "explain",
    "explanation_to_dict",
]

"""The Python client: jobs and workflows for an ERP that prefers a call to HTTP."""

from .bridge import Bridge, Client
from .limits import Limits
from .progress import Progress, VariantProgress
from .results import Comparison, Entry, JobResult, Move, Place, Variant

__all__ = [
    "Bridge",
    "Client",
    "Comparison",
    "Entry",
    "JobResult",
    "Limits",
    "Move",
    "Place",
    "Progress",
    "Variant",
    "VariantProgress",
]

"""Cross-variant adoption: each variant takes the best of all timetables. Pure.

The raw criteria of a timetable do not depend on weights, so the verifier scores each
timetable once and every variant prices it by its own weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from solvers.model import Weights

__all__ = ["Candidate", "adopt"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the verifier said of one variant's timetable.

    Parameters
    ----------
    hard
        Hard violations.
    criteria
        Raw criteria by name.
    """

    hard: int
    criteria: Mapping[str, int]

    def key(self, weights: Weights) -> tuple[int, int]:
        """Rank under some weights; lower is better."""
        return (self.hard, weights.cost(self.criteria))


def adopt(
    candidates: Sequence[Candidate], weights: Sequence[Weights]
) -> tuple[int, ...]:
    """Position of the candidate that each variant takes; its own unless beaten.

    Parameters
    ----------
    candidates
        One per variant, in the order of the variants.
    weights
        Weights of the variants, in the same order.
    """
    return tuple(
        min(
            range(len(candidates)),
            key=lambda source: (
                candidates[source].key(own),
                source != variant,
                source,
            ),
        )
        for variant, own in enumerate(weights)
    )

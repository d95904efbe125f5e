"""The one monotone progress of a job. Pure.

A message is a plain dict: ``{job_id, status, progress, stage, variant, sequence,
incumbent, eta_seconds, elapsed_seconds, message, variants, updated_at}``. ``sequence``
and ``updated_at`` are stamped by the publisher as the message leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from solvers.model import Cost

__all__ = ["Progress", "VariantProgress"]

PREPARED_PERCENT = 60
SEARCHED_PERCENT = 95


@dataclass(frozen=True, slots=True)
class VariantProgress:
    """How far one variant is.

    Parameters
    ----------
    number, priority
        Which variant.
    fraction
        In [0, 1].
    stage
        Stage that runs, empty before the first.
    cost
        Best cost under the variant's weights, None before the first.
    """

    number: int
    priority: str
    fraction: float = 0.0
    stage: str = ""
    cost: Cost | None = None

    def message(self) -> dict[str, Any]:
        """Entry of the message's ``variants``."""
        return {
            "number": self.number,
            "priority": self.priority,
            "progress": round(100 * self.fraction),
            "stage": self.stage,
            "hard": None if self.cost is None else int(self.cost.hard),
            "cost": None if self.cost is None else int(self.cost.soft),
        }


class Progress:
    """Percentage that never goes back, and the message around it.

    Parameters
    ----------
    job_id
        The job.
    floor
        Percentage that an earlier attempt has shown already, 0 to 99.
    """

    def __init__(self, job_id: str, floor: int = 0) -> None:
        self._job_id = job_id
        self._percent = max(0, min(99, floor))
        self._search_began: float = 1

    @property
    def percent(self) -> int:
        """Percentage shown last."""
        return self._percent

    def prepare_to(self, fraction: float) -> None:
        """Move within the preparation; ``fraction`` of the whole job, >= 0."""
        percent = 1 + (SEARCHED_PERCENT - 1) * fraction
        self._raise_to(min(PREPARED_PERCENT, percent))

    def begin_search(self) -> None:
        """The search takes what the preparation has left."""
        self._search_began = min(self._percent, PREPARED_PERCENT)

    def search_to(self, fraction: float) -> None:
        """Move within the search; ``fraction`` in [0, 1] over all variants."""
        span = SEARCHED_PERCENT - self._search_began
        self._raise_to(self._search_began + span * fraction)

    def close_to(self, fraction: float) -> None:
        """Move within adoption, verification and saving; ``fraction`` in [0, 1]."""
        self._raise_to(SEARCHED_PERCENT + (99 - SEARCHED_PERCENT) * fraction)

    def complete(self) -> None:
        """Reach the end."""
        self._percent = 100

    def _raise_to(self, percent: float) -> None:
        self._percent = max(self._percent, min(99, int(percent)))

    def message(
        self,
        status: str,
        stage: str,
        text: str,
        *,
        elapsed: float,
        eta: float | None,
        incumbent: Cost | None = None,
        latest: VariantProgress | None = None,
        variants: Mapping[int, VariantProgress] | None = None,
    ) -> dict[str, Any]:
        """Compose a message at the present percentage."""
        cost = incumbent if latest is None else latest.cost
        return {
            "job_id": self._job_id,
            "status": status,
            "progress": self._percent,
            "stage": stage,
            "variant": None if latest is None else latest.number,
            "incumbent": _incumbent(cost),
            "eta_seconds": None if eta is None else round(max(0.0, eta), 1),
            "elapsed_seconds": round(elapsed, 1),
            "message": text,
            "variants": [
                item.message() for _, item in sorted((variants or {}).items())
            ],
        }


def _incumbent(cost: Cost | None) -> dict[str, int] | None:
    if cost is None:
        return None
    return {"hard": int(cost.hard), "soft": int(cost.soft)}

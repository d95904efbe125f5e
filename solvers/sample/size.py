"""How large a sample university is at a scale."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Size"]

_BATCHES, _DEPARTMENTS = 40, 8
_BATCH_GROWTH, _DEPARTMENT_GROWTH = 0.845, 0.895


@dataclass(frozen=True, slots=True)
class Size:
    """Batches by department; everything else follows from them.

    Universities grow by departments more than by batches: scale 1 has 8 departments and
    40 batches, scale 22 has 127 and 545.
    """

    batches: tuple[int, ...]

    @classmethod
    def of(cls, scale: float) -> Size:
        """Size at a scale.

        Raises
        ------
        ValueError
            If the scale is not positive.
        """
        if not scale > 0:
            raise ValueError(f"scale must be > 0, got {scale}.")
        total = max(2, round(_BATCHES * scale**_BATCH_GROWTH))
        wanted = max(2, round(_DEPARTMENTS * scale**_DEPARTMENT_GROWTH))
        departments = min(total, wanted)
        each, more = divmod(total, departments)
        return cls(tuple(each + (i < more) for i in range(departments)))

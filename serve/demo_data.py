"""A small university, ready to be submitted."""

from __future__ import annotations

from functools import cache

__all__ = ["demo_body"]

_SCALE = 0.15
_TIME_LIMIT_SECONDS = 30


@cache
def demo_body() -> bytes:
    """Return a body of ``POST /api/generate_variants``."""
    from pydantic_core import to_json

    from solvers.sample import sample_institution

    institution = sample_institution(scale=_SCALE, seed=1)
    document = institution.model_dump(mode="json", exclude_defaults=True)
    return to_json({"institution": document, "time_limit_seconds": _TIME_LIMIT_SECONDS})

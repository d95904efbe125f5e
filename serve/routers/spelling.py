"""A router on which every path answers with and without a final slash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

__all__ = ["BothSpellings"]


class BothSpellings(APIRouter):
    """Registers each path as documented, and its other spelling unlisted."""

    def add_api_route(
        self, path: str, endpoint: Callable[..., Any], **options: Any
    ) -> None:
        """Register an endpoint under both spellings."""
        super().add_api_route(path, endpoint, **options)
        if path != "/":
            other = path.removesuffix("/") if path.endswith("/") else path + "/"
            unlisted = {**options, "include_in_schema": False}
            super().add_api_route(other, endpoint, **unlisted)

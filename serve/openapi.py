"""What the OpenAPI document says beyond the routes: problems, limits, body models.

``python -m serve.openapi`` prints the document that ``docs/openapi.json`` keeps.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from .schemas import BODY_MODELS, Problem
from .settings import Settings

__all__ = ["complete", "openapi_text"]

_REFERENCE = "#/components/schemas/{model}"
_LIMITS = {"max_body_bytes", "max_active_jobs"}
_PUBLIC = frozenset({"/", "/health", "/metrics"})
_PROBLEMS = {
    "401": "No valid token.",
    "403": "The role may not do this.",
    "404": "There is no such job.",
    "409": "The state does not allow this; the state is in the answer.",
    "413": "The body is larger than {max_body_bytes} bytes.",
    "422": "The input is wrong; every finding has a code and a pointer.",
    "429": "The tenant has {max_active_jobs} unfinished jobs.",
    "503": "A server behind does not answer.",
}


def complete(document: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Add to a generated document, and return it."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for model in (*BODY_MODELS, Problem):
        schema = model.model_json_schema(ref_template=_REFERENCE)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path not in _PUBLIC:
                _add_problems(operation, method, settings)
    document["x-limits"] = {
        "body_bytes": settings.max_body_bytes,
        "unfinished_jobs_per_tenant": settings.max_active_jobs,
        "time_limit_seconds": settings.max_time_limit_seconds,
    }
    return document


def _add_problems(operation: dict[str, Any], method: str, settings: Settings) -> None:
    only_post = {"413", "429"}
    content = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    for status, text in _PROBLEMS.items():
        if method != "post" and status in only_post:
            continue
        description = text.format(**settings.model_dump(include=_LIMITS))
        operation["responses"][status] = {
            "description": description,
            "content": content,
        }


def openapi_text() -> str:
    """Return the document of the default settings, whatever the environment says."""
    from .app import describe

    document = describe(Settings.model_construct()).openapi()
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(openapi_text())

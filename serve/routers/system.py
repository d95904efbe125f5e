"""The service about itself: name, health, metrics, a body to try."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from serve.demo_data import demo_body
from serve.dependencies import Caller, Face

from .spelling import BothSpellings

__all__ = ["router"]

router = BothSpellings(tags=["service"])


@router.get("/")
def name() -> dict[str, Any]:
    """Name, version and where to go on."""
    return {
        "service": "Horarium",
        "version": version("horarium"),
        "links": {
            "health": "/health",
            "documentation": "/docs",
            "openapi": "/openapi.json",
            "demo_data": "/api/demo-data",
            "metrics": "/metrics",
        },
    }


@router.get("/health", responses={503: {"description": "A required server is down."}})
@router.get("/api/health", include_in_schema=False)
def health(services: Face) -> JSONResponse:
    """State of PostgreSQL, Redis, Ray and the dispatcher."""
    report = services.health.report()
    body = {"status": report.status, "checks": dict(report.checks)}
    return JSONResponse(body, 200 if report.serving else 503)


@router.get("/metrics", response_class=Response)
def metrics(services: Face) -> Response:
    """Counters of this replica in Prometheus's text format."""
    text = generate_latest(services.metrics.registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


@router.get("/api/demo-data")
def demo_data(_: Caller) -> Response:
    """A body for ``POST /api/generate_variants``: a small university."""
    return Response(demo_body(), media_type="application/json")

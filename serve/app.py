"""The FastAPI app, made of services by one function; tests and Ray Serve share it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.types import Lifespan

from .errors import install_error_handlers
from .middleware import BodyLimit, Measure, RequestId
from .openapi import complete
from .routers import ROUTERS
from .services import Services
from .settings import Settings

__all__ = ["create_app", "describe"]

_DESCRIPTION = """\
Makes the timetables of large universities: submit a term, watch the job, compare five
verified variants. Paths answer with and without a final slash. Errors are
`application/problem+json` with `errors[]` of `{pointer, code, severity, detail}`.
"""


async def _nothing() -> None:
    """There is nothing to close."""


def create_app(
    services: Services, on_stop: Callable[[], Awaitable[None]] = _nothing
) -> FastAPI:
    """Make the app.

    Parameters
    ----------
    services
        Use cases and settings.
    on_stop
        Awaited when the app shuts down.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await on_stop()

    app = describe(services.settings, lifespan)
    app.state.services = services
    install_error_handlers(app)
    _add_middleware(app, services)
    return app


def describe(settings: Settings, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Make an app that has the routes and the OpenAPI document, and serves nothing."""
    app = FastAPI(
        title="Horarium",
        version=version("horarium"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    for router in ROUTERS:
        app.include_router(router)
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(generate(), settings)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _add_middleware(app: FastAPI, services: Services) -> None:
    """Add the layers, the innermost first."""
    settings = services.settings
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "Last-Event-ID",
            ],
            expose_headers=["Location", "Retry-After", "Idempotent-Replayed"],
        )
    app.add_middleware(Measure, metrics=services.metrics)
    app.add_middleware(RequestId)

"""Routes by subject; each module has one router."""

from . import (
    diagnosis,
    erp,
    generation,
    jobs,
    live,
    outbox,
    published,
    system,
    variants,
    workflow,
)

__all__ = ["ROUTERS"]

ROUTERS = (
    system.router,
    generation.router,
    jobs.router,
    variants.router,
    diagnosis.router,
    erp.router,
    workflow.router,
    published.router,
    outbox.router,
    live.router,
)

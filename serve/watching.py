"""A job's progress as one stream that never goes back and always ends.

Messages come from the Redis stream as they are published. When nothing came for a
while, or Redis is away, the state is read from PostgreSQL, so that a watcher hears at
least once a second and learns of every end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool

from erp_bridge.watching import SILENCE_SECONDS, Monotone, is_last

from .exceptions import Unavailable
from .security import Principal
from .services import Services

__all__ = ["follow", "is_last"]


async def follow(
    services: Services, principal: Principal, job_id: str, after: int | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield a job's messages until its end.

    Parameters
    ----------
    after
        Sequence number that the watcher has seen; None begins with the present state.

    Yields
    ------
    dict
        Progress messages; the last one has a final status.

    Raises
    ------
    NotFound, Forbidden
        If the job is not there for this caller.
    """
    monotone = Monotone()
    view = await run_in_threadpool(services.jobs.progress, principal, job_id)
    if after is None:
        yield monotone(view)
        if is_last(view):
            return
    else:
        monotone.sequence = after
    while True:
        heard = await _published(services, view["job_id"], monotone.sequence)
        for message in heard:
            yield monotone(message)
            if is_last(message):
                return
        if not heard:
            view = await run_in_threadpool(services.jobs.progress, principal, job_id)
            yield monotone(view)
            if is_last(view):
                return


async def _published(
    services: Services, job_id: str, after: int
) -> list[Mapping[str, Any]]:
    try:
        return list(await services.live.read(job_id, after, SILENCE_SECONDS))
    except Unavailable:
        await asyncio.sleep(SILENCE_SECONDS)
        return []

"""Following jobs' streams: one subscription per process wakes all who wait."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import redis.asyncio as aioredis
from redis.exceptions import RedisError

from .exceptions import StoreUnavailable
from .live import MAX_BATCH, connection_options, event_of, events_key, first_after
from .settings import BridgeSettings

__all__ = ["EventReader"]

_RETRY_SECONDS = 0.5
_CANCEL_SECONDS = 0.1
_PATTERN = events_key("*")

logger = logging.getLogger(__name__)


class EventReader:
    """Reads messages as they come; belongs to the event loop of its first use.

    Parameters
    ----------
    settings
        Where Redis is.
    """

    def __init__(self, settings: BridgeSettings) -> None:
        self._settings = settings
        self._redis: aioredis.Redis | None = None
        self._listener: asyncio.Task[None] | None = None
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def read(
        self, job_id: str, after: int, wait_seconds: float
    ) -> Sequence[dict[str, Any]]:
        """Return messages with a higher sequence, waiting for the first of them.

        Parameters
        ----------
        job_id
            The job.
        after
            Sequence that the reader has seen, -1 for none.
        wait_seconds
            Longest wait; nothing is returned when nothing came.

        Raises
        ------
        StoreUnavailable
            If Redis does not answer.
        """
        client = self._opened()
        key = events_key(job_id)
        news = asyncio.Event()
        self._waiting[key].add(news)
        try:
            if not (found := await _messages(client, key, after)):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), wait_seconds)
                found = await _messages(client, key, after)
            return found
        finally:
            self._forget(key, news)

    async def aclose(self) -> None:
        """End the subscription and close the connections."""
        listener = self._listener
        while listener is not None and not listener.done():
            # The client's own timeouts may swallow a cancellation.
            listener.cancel()
            await asyncio.wait([listener], timeout=_CANCEL_SECONDS)
        if self._redis is not None:
            await self._redis.aclose()
        self._listener = self._redis = None

    def _forget(self, key: str, news: asyncio.Event) -> None:
        self._waiting[key].discard(news)
        if not self._waiting[key]:
            del self._waiting[key]

    def _opened(self) -> aioredis.Redis:
        if self._redis is None:
            pool = aioredis.BlockingConnectionPool.from_url(
                self._settings.redis_url,
                max_connections=self._settings.redis_connections,
                timeout=5,
                **connection_options(),
            )
            self._redis = aioredis.Redis.from_pool(pool)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen(self._redis))
        return self._redis

    async def _listen(self, client: aioredis.Redis) -> None:
        while True:
            try:
                async with client.pubsub() as subscription:
                    await subscription.psubscribe(_PATTERN)
                    await self._pass_on(subscription)
            except RedisError as error:
                extra = {"action": "listen_retry"}
                logger.warning("Live events wait: %r", error, extra=extra)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _pass_on(self, subscription: Any) -> None:
        while True:
            told = await subscription.get_message(
                ignore_subscribe_messages=True, timeout=1.0
            )
            if told is not None:
                for news in self._waiting.get(told["channel"], ()):
                    news.set()


async def _messages(
    client: aioredis.Redis, key: str, after: int
) -> list[dict[str, Any]]:
    try:
        found = await client.xrange(key, min=first_after(after), count=MAX_BATCH)
    except RedisError as error:
        raise StoreUnavailable("Redis does not answer.") from error
    return [event_of(entry) for entry in found or ()]

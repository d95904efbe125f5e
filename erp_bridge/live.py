"""Redis: what a job shows while it runs. A cache; PostgreSQL can rebuild all of it.

========================================  ============================================
``generation_queue:{job_id}``             JSON of the submission; an ERP may write it
``generation_status:{job_id}``            queued, running, completed, failed, cancelled
``generation_progress:{job_id}``          0 to 100, never decreasing
``generation_result:{job_id}``            JSON of the variants
stream ``generation_events:{job_id}``     messages; an id is the message's sequence
========================================  ============================================

All live for 24 hours. Every message is also told on a channel named as the stream.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from solvers.exceptions import InputError, Issue

from .exceptions import StoreUnavailable
from .records import JobStatus
from .scripts import SHOW
from .settings import BridgeSettings

__all__ = [
    "KEEP_SECONDS",
    "LiveStore",
    "connection_options",
    "event_of",
    "events_key",
    "first_after",
]

KEEP_SECONDS = 24 * 3600
MAX_EVENTS = 20_000
MAX_BATCH = 500
_CONNECT_SECONDS = 2.0
_SILENCE_SECONDS = 5.0


def events_key(job_id: str) -> str:
    """Name of a job's stream, and of the channel beside it."""
    return f"generation_events:{job_id}"


def first_after(sequence: int) -> str:
    """Where a stream is read from by who has seen a sequence, -1 for none."""
    return f"({sequence}-0" if sequence > 0 else "-"


def connection_options() -> dict[str, Any]:
    """Options of connections that fail soon and clearly."""
    return {
        "socket_connect_timeout": _CONNECT_SECONDS,
        "socket_timeout": _SILENCE_SECONDS,
        "decode_responses": True,
        "retry": Retry(NoBackoff(), 1),
    }


def event_of(entry: Any) -> dict[str, Any]:
    """Read one entry of a stream: the message as it was shown."""
    entry_id, fields = entry
    message: dict[str, Any] = json.loads(fields["message"])
    sequence = int(entry_id.partition("-")[0])
    return {**message, "progress": int(fields["progress"]), "sequence": sequence}


class LiveStore:
    """Keys and streams of jobs.

    Parameters
    ----------
    settings
        Where Redis is.
    """

    def __init__(self, settings: BridgeSettings) -> None:
        pool = redis.BlockingConnectionPool.from_url(
            settings.redis_url,
            max_connections=settings.redis_connections,
            timeout=_SILENCE_SECONDS,
            **connection_options(),
        )
        self._redis = redis.Redis.from_pool(pool)
        self._show = self._redis.register_script(SHOW)

    @property
    def client(self) -> redis.Redis:
        """The connections, for keys that an ERP has of its own."""
        return self._redis

    def announce(self, job_id: str, submission: Mapping[str, Any]) -> bool:
        """Write the queue entry; False if somebody has written one, which stays.

        Raises
        ------
        StoreUnavailable
            If Redis does not answer; so do all methods.
        """
        text = json.dumps(submission, separators=(",", ":"))
        key = f"generation_queue:{job_id}"
        with _answering():
            return bool(self._redis.set(key, text, nx=True, ex=KEEP_SECONDS))

    def show(
        self,
        job_id: str,
        status: JobStatus,
        percent: int,
        message: Mapping[str, Any] | None = None,
    ) -> int:
        """Show a state, and a message if there is one.

        A percentage below the one that is shown, a message whose sequence was shown,
        and whatever comes after the end change nothing.

        Parameters
        ----------
        status
            State of the job.
        percent
            0 to 100.
        message
            Progress message with its ``sequence``; that of an end takes the next free
            number if its own is gone.

        Returns
        -------
        int
            Sequence under which the message stands, 0 if it does not.
        """
        keys = [
            f"generation_status:{job_id}",
            f"generation_progress:{job_id}",
            events_key(job_id),
        ]
        sequence = 0 if message is None else int(message["sequence"])
        text = "" if message is None else json.dumps(message, separators=(",", ":"))
        ended = int(status.ended)
        args: list[str | int] = [
            status.shown,
            percent,
            sequence,
            text,
            ended,
            KEEP_SECONDS,
            MAX_EVENTS,
        ]
        with _answering():
            return int(self._show(keys=keys, args=args))

    def show_result(self, job_id: str, result: str) -> None:
        """Write the JSON of a result."""
        with _answering():
            self._redis.set(f"generation_result:{job_id}", result, ex=KEEP_SECONDS)

    def retract(self, job_id: str, *, announcement: bool) -> None:
        """Take back what a submission showed that was not stored after all."""
        keys = [f"generation_status:{job_id}", f"generation_progress:{job_id}"]
        if announcement:
            keys.append(f"generation_queue:{job_id}")
        with _answering():
            self._redis.delete(*keys)

    def is_shown(self, job_id: str) -> bool:
        """Whether Redis knows the job's state at all."""
        with _answering():
            return bool(self._redis.exists(f"generation_status:{job_id}"))

    def latest(self, job_id: str) -> dict[str, Any] | None:
        """Return the newest message, None if Redis has none."""
        with _answering():
            found = self._redis.xrevrange(events_key(job_id), count=1)
        return event_of(found[0]) if found else None

    def read(self, job_id: str, after: int) -> list[dict[str, Any]]:
        """Return messages with a higher sequence, at most 500; does not wait."""
        first = first_after(after)
        with _answering():
            found = self._redis.xrange(events_key(job_id), min=first, count=MAX_BATCH)
        return [event_of(entry) for entry in found or ()]

    def announced(self, job_id: str) -> dict[str, Any] | None:
        """Return a job's queue entry, None if there is none.

        Raises
        ------
        InputError
            If it is not a JSON object.
        """
        key = f"generation_queue:{job_id}"
        try:
            with _answering():
                text = self._redis.get(key)
            entry = None if text is None else json.loads(text)
        except ValueError as error:
            raise _bad_entry(key) from error
        if entry is not None and not isinstance(entry, dict):
            raise _bad_entry(key)
        return entry

    def first_use(self, key: str, keep_seconds: int) -> bool:
        """Answer True the first time a key is shown within ``keep_seconds``."""
        with _answering():
            return bool(self._redis.set(f"used:{key}", 1, nx=True, ex=keep_seconds))

    def ping(self) -> None:
        """Return if Redis answers."""
        with _answering():
            self._redis.ping()

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()
        self._redis.connection_pool.disconnect()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise StoreUnavailable("Redis does not answer.") from error


def _bad_entry(key: str) -> InputError:
    return InputError(Issue("malformed_queue_entry", f"{key} is no JSON object."))

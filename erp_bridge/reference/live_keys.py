"""The ERP's keys in Redis, written so that nothing goes back and an end stays."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import redis

from erp_bridge.exceptions import StoreUnavailable

from .shapes import CANCEL_SECONDS, PROGRESS_SECONDS, RESULT_SECONDS

__all__ = ["ReferenceKeys"]

_SCAN = 500
_FOLLOW = """
-- KEYS: progress; ARGV: value, ended, percent, seconds to keep
local terminal = {completed = true, failed = true, cancelled = true}
local old = redis.call('GET', KEYS[1])
if old and ARGV[2] ~= '1' then
  local sane, was = pcall(cjson.decode, old)
  if sane and type(was) == 'table' then
    local percent = tonumber(was.overall_progress) or 0
    if terminal[was.status] or percent > tonumber(ARGV[3]) then
      redis.call('EXPIRE', KEYS[1], ARGV[4])
      return 0
    end
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[4])
return 1
"""


class ReferenceKeys:
    """``progress:job:``, ``result:job:``, ``cancel:job:`` and those beside them.

    Parameters
    ----------
    client
        Redis; the ERP must use the same database of it.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._follow = client.register_script(_FOLLOW)

    def show(self, value: Mapping[str, Any], *, ended: bool) -> None:
        """Write the progress of a job.

        Raises
        ------
        StoreUnavailable
            If Redis does not answer; so do all methods.
        """
        job_id = value["job_id"]
        args: list[str | int] = [
            _text(value),
            int(ended),
            int(value["overall_progress"]),
            PROGRESS_SECONDS,
        ]
        started = datetime.fromtimestamp(value["started_at"], UTC).isoformat()
        with _answering():
            self._follow(keys=[f"progress:job:{job_id}"], args=args)
            self._redis.set(
                f"start_time:job:{job_id}", started, nx=True, ex=CANCEL_SECONDS
            )

    def show_result(self, job_id: str, value: Mapping[str, Any]) -> None:
        """Write the summary of a result."""
        with _answering():
            self._redis.set(f"result:job:{job_id}", _text(value), ex=RESULT_SECONDS)

    def flag_cancel(self, job_id: str) -> None:
        """Write that a job is to be cancelled, and tell who listens."""
        flag = {"reason": "user_requested", "timestamp": time.time()}
        state = {"job_id": job_id, "state": "cancelling", **flag}
        event = {"job_id": job_id, "event": "cancellation_requested", **flag}
        with _answering():
            pipeline = self._redis.pipeline()
            pipeline.set(f"cancel:job:{job_id}", _text(flag), ex=CANCEL_SECONDS)
            pipeline.set(f"state:job:{job_id}", _text(state), ex=CANCEL_SECONDS)
            pipeline.publish(f"progress:{job_id}", _text(event))
            pipeline.execute()

    def cancel_flags(self, job_ids: Iterable[str]) -> set[str]:
        """Return which jobs carry the flag, whatever its value is."""
        named = list(job_ids)
        if not named:
            return set()
        with _answering():
            pipeline = self._redis.pipeline(transaction=False)
            for job_id in named:
                # Not read: other programs pickle what they write, or use other types.
                pipeline.exists(f"cancel:job:{job_id}")
            flags = pipeline.execute()
        return {job_id for job_id, flag in zip(named, flags, strict=True) if flag}

    def is_shown(self, job_id: str) -> bool:
        """Whether the progress of a job is there."""
        with _answering():
            return bool(self._redis.exists(f"progress:job:{job_id}"))

    def queued(self) -> list[str]:
        """Return the job ids of all entries ``generation_queue:{job_id}``."""
        prefix = "generation_queue:"
        with _answering():
            keys = list(self._redis.scan_iter(match=f"{prefix}*", count=_SCAN))
        return [str(key).removeprefix(prefix) for key in keys]


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise StoreUnavailable("Redis does not answer.") from error

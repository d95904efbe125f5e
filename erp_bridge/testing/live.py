"""Redis in memory."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from erp_bridge.records import SETTLED, JobStatus
from solvers.exceptions import InputError, Issue

if TYPE_CHECKING:
    from .bridge import MemoryBridge

__all__ = ["MemoryEvents", "MemoryLive"]


class MemoryLive:
    """Keys and streams in dicts; see ``erp_bridge.live``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge
        self.keys: dict[str, str] = {}
        self.streams: dict[str, list[dict[str, Any]]] = {}

    def get_key(self, key: str) -> str | None:
        """Return the value of a key."""
        return self.keys.get(key)

    def flush(self) -> None:
        """Lose everything."""
        self.keys.clear()
        self.streams.clear()

    def announce(self, job_id: str, submission: Mapping[str, Any]) -> bool:
        """Write the queue entry; False if there is one."""
        return self._set_new(f"generation_queue:{job_id}", json.dumps(submission))

    def show(
        self,
        job_id: str,
        status: JobStatus,
        percent: int,
        message: Mapping[str, Any] | None = None,
    ) -> int:
        """Show a state, and a message if there is one."""
        self._bridge.require_redis()
        stream = self.streams.get(job_id, [])
        top = stream[-1]["sequence"] if stream else 0
        over = bool(stream) and stream[-1]["status"] in SETTLED
        status_key = f"generation_status:{job_id}"
        if not status.ended and (over or self.keys.get(status_key) in SETTLED):
            return 0
        shown = int(self.keys.get(f"generation_progress:{job_id}", "0"))
        percent = max([percent, shown, *(m["progress"] for m in stream[-1:])])
        self.keys[status_key] = status.shown
        self.keys[f"generation_progress:{job_id}"] = str(percent)
        sequence = 0 if message is None else int(message["sequence"])
        if sequence and status.ended:
            sequence = max(sequence, top + 1)
        if over or message is None or sequence <= top:
            return 0
        entry = {**message, "progress": percent, "sequence": sequence}
        self.streams.setdefault(job_id, []).append(entry)
        return sequence

    def show_result(self, job_id: str, result: str) -> None:
        """Write the JSON of a result."""
        self._bridge.require_redis()
        self.keys[f"generation_result:{job_id}"] = result

    def is_shown(self, job_id: str) -> bool:
        """Whether the job's state is known."""
        self._bridge.require_redis()
        return f"generation_status:{job_id}" in self.keys

    def latest(self, job_id: str) -> dict[str, Any] | None:
        """Return the newest message."""
        self._bridge.require_redis()
        stream = self.streams.get(job_id)
        return stream[-1] if stream else None

    def read(self, job_id: str, after: int) -> list[dict[str, Any]]:
        """Return messages with a higher sequence; does not wait."""
        self._bridge.require_redis()
        stream = self.streams.get(job_id, [])
        return [message for message in stream if message["sequence"] > after]

    def announced(self, job_id: str) -> dict[str, Any] | None:
        """Return a job's queue entry."""
        self._bridge.require_redis()
        text = self.keys.get(f"generation_queue:{job_id}")
        try:
            entry = None if text is None else json.loads(text)
        except ValueError:
            entry = text
        if entry is not None and not isinstance(entry, dict):
            raise InputError(Issue("malformed_queue_entry", "No JSON object."))
        return entry

    def first_use(self, key: str, keep_seconds: int) -> bool:
        """Answer True the first time; keys are kept for good."""
        return self._set_new(f"used:{key}", "1")

    def ping(self) -> None:
        """Return if Redis answers."""
        self._bridge.require_redis()

    def _set_new(self, key: str, value: str) -> bool:
        self._bridge.require_redis()
        is_new = key not in self.keys
        self.keys.setdefault(key, value)
        return is_new


class MemoryEvents:
    """Streams as they grow; see ``erp_bridge.events``."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge

    async def read(
        self, job_id: str, after: int, wait_seconds: float
    ) -> Sequence[dict[str, Any]]:
        """Return messages with a higher sequence, waiting for the first of them."""
        deadline = time.monotonic() + wait_seconds
        while not (found := self._bridge.live.read(job_id, after)):
            if time.monotonic() >= deadline:
                break
            await asyncio.sleep(0.01)
        return found

    async def aclose(self) -> None:
        """Nothing is open."""

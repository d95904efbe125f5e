"""Checkpoints in memory; see ``erp_bridge.checkpoints``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bridge import MemoryBridge

__all__ = ["MemoryCheckpoints"]


class MemoryCheckpoints:
    """The newest checkpoint of each running job."""

    def __init__(self, bridge: MemoryBridge) -> None:
        self._bridge = bridge
        self._saved: dict[str, bytes] = {}

    def save(self, job_id: str, token: int, content: bytes) -> bool:
        """Keep a checkpoint in place of the last one; False if fenced."""
        self._bridge.require_database()
        with self._bridge.lock:
            row = self._bridge.rows.get(job_id)
            if row is None or row.token != token or not row.is_held:
                return False
            self._saved[job_id] = content
            return True

    def load(self, job_id: str) -> bytes | None:
        """Return the newest checkpoint of a job that has not ended, None without."""
        self._bridge.require_database()
        with self._bridge.lock:
            row = self._bridge.rows.get(job_id)
            return self._saved.get(job_id) if row and row.is_held else None

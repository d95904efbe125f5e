"""The one writer of a job's progress: stamps, sends in order, and outlasts outages."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Any

from .ports import ProgressSink

__all__ = ["Publisher"]

log = logging.getLogger(__name__)


class Publisher:
    """Sends messages from a thread of its own, so that no outage holds up the job.

    While the sink is away only the newest message waits; it is stamped as it leaves, so
    that the sequence has no gaps.

    Parameters
    ----------
    sink
        Where messages go.
    first_sequence
        Sequence number of the first message.
    pause_seconds
        Pause after a failure.
    """

    def __init__(
        self, sink: ProgressSink, *, first_sequence: int = 1, pause_seconds: float = 0.5
    ) -> None:
        self._sink = sink
        self._sequence = first_sequence
        self._pause = pause_seconds
        self._changed = threading.Condition()
        self._newest: dict[str, Any] | None = None
        self._closing = threading.Event()
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._thread.start()

    def publish(self, progress: dict[str, Any]) -> None:
        """Send soon; returns at once."""
        with self._changed:
            self._newest = progress
            self._changed.notify()

    def close(self, patience_seconds: float) -> bool:
        """Send what waits, then end; False if it could not be sent in time."""
        self._closing.set()
        with self._changed:
            self._changed.notify()
        self._thread.join(patience_seconds)
        self._given_up.set()
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (message := self._take()) is not None:
            if not self._send(message):
                self._put_back(message)
                self._given_up.wait(self._pause)
            if self._given_up.is_set():
                return

    def _take(self) -> dict[str, Any] | None:
        """Newest message, or None once closing with nothing left."""
        with self._changed:
            while self._newest is None:
                if self._closing.is_set():
                    return None
                self._changed.wait()
            message, self._newest = self._newest, None
            return message

    def _put_back(self, message: dict[str, Any]) -> None:
        with self._changed:
            if self._newest is None:
                self._newest = message

    def _send(self, message: dict[str, Any]) -> bool:
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            self._sink.publish(
                {**message, "sequence": self._sequence, "updated_at": stamp}
            )
        except Exception as error:
            log.warning("Progress waits: %r", error, extra={"action": "publish_retry"})
            return False
        self._sequence += 1
        return True

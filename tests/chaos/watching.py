"""Clients of the API that never give up: they submit, and they watch to the end."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Iterator

import httpx

from .history import TERMINAL, History, Seen
from .stand import Stand

__all__ = ["Watcher", "submit"]

_PAUSE_SECONDS = 0.5
_TRANSIENT = {429, 500, 502, 503, 504}


def submit(stand: Stand, body: bytes, history: History, patience: float) -> str:
    """Post one job until it is accepted; the key makes repeating it harmless."""
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    deadline = time.monotonic() + patience
    with stand.client() as client:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                answer = client.post(
                    "/api/generate_variants", content=body, headers=headers
                )
                if answer.status_code not in _TRANSIENT:
                    answer.raise_for_status()
                    job_id = str(answer.json()["job_id"])
                    history.submitted.append(job_id)
                    return job_id
            time.sleep(_PAUSE_SECONDS)
    raise AssertionError("no job was accepted in time")


class Watcher:
    """Follows a job's server-sent events, coming back where it was cut off."""

    def __init__(self, stand: Stand, job_id: str, history: History) -> None:
        self._stand = stand
        self._job_id = job_id
        self._history = history
        self._last = 0
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether the terminal message was seen."""
        return not self._thread.is_alive()

    def give_up(self) -> None:
        """Stop watching."""
        self._given_up.set()
        self._thread.join(timeout=40)

    def _watch(self) -> None:
        with self._stand.client() as client:
            while not self._given_up.is_set():
                with contextlib.suppress(httpx.HTTPError):
                    for seen in self._stream(client):
                        self._history.seen.append(seen)
                        self._last = seen.sequence
                        if seen.status in TERMINAL:
                            return
                        if self._given_up.is_set():
                            return
                time.sleep(_PAUSE_SECONDS)

    def _stream(self, client: httpx.Client) -> Iterator[Seen]:
        headers = {"Last-Event-ID": str(self._last)} if self._last else {}
        url = f"/api/events/{self._job_id}"
        with client.stream("GET", url, headers=headers) as answer:
            if not answer.is_success:
                return
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    message = json.loads(line.removeprefix("data: "))
                    yield Seen(
                        time.monotonic(),
                        self._job_id,
                        message["status"],
                        message["progress"],
                        message["sequence"],
                    )

"""The API as the demo's customer sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

__all__ = ["ApiClient", "ApiError"]

_ENDED = ("completed", "failed", "cancelled")
_SILENCE_SECONDS = 5.0
_MAX_BREAKS = 20


class ApiError(Exception):
    """The API did not do what was asked."""


class ApiClient:
    """A person with a token at the API.

    Parameters
    ----------
    url
        Base address.
    token
        Bearer token.
    """

    def __init__(self, url: str, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=url, headers=self._headers, timeout=60)
        self._socket_url = url.replace("http", "ws", 1)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str) -> Any:
        """Get JSON."""
        return _json(self._http.get(path))

    def post(self, path: str, body: Any) -> Any:
        """Post JSON."""
        return _json(self._http.post(path, json=body))

    def watch(
        self, job_id: str, called_off: Callable[[], bool]
    ) -> Iterator[dict[str, Any]]:
        """Yield progress messages to the job's end, over breaks of the socket."""
        wanted, breaks = 0, 0
        while not called_off():
            try:
                for message in self._messages(job_id, wanted, called_off):
                    wanted, breaks = message["sequence"] + 1, 0
                    yield message
                    if message["status"] in _ENDED:
                        return
            except (OSError, ConnectionClosed, InvalidHandshake) as error:
                breaks += 1
                if breaks > _MAX_BREAKS:
                    raise ApiError(f"the socket keeps breaking: {error}") from error

    def _messages(
        self, job_id: str, wanted: int, called_off: Callable[[], bool]
    ) -> Iterator[dict[str, Any]]:
        url = f"{self._socket_url}/ws/progress/{job_id}"
        if wanted:
            url += f"?from={wanted}"
        with connect(url, additional_headers=self._headers) as socket:
            while not called_off():
                message = json.loads(socket.recv(_SILENCE_SECONDS))
                if message.get("type") == "error":
                    raise ApiError(message["detail"])
                yield message


def _json(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise ApiError(f"{answer.request.url.path}: {answer.status_code} {answer.text}")
    return answer.json()

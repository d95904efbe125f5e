"""Webhooks to the ERP: signed, to addresses that were judged, without redirects."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

import httpx

from .attempts import Attempt
from .egress import Address, ForbiddenAddress, Resolve, resolve_host, safe_addresses
from .records import ClaimedMessage
from .settings import WebhookSettings
from .signing import signature_headers
from .trust import usual_tls

__all__ = ["WebhookSender", "body_of"]

_PORTS = {"https": 443, "http": 80}
_ANSWERS_WITH_WISHES = (429, 503)


def body_of(message: ClaimedMessage, public_url: str = "") -> bytes:
    """Return what is posted: topic and time, then what the message says.

    It is the same for every attempt.
    """
    payload = dict(message.payload)
    links = payload.get("links")
    if public_url and links:
        base = public_url.rstrip("/")
        payload["links"] = {name: base + path for name, path in links.items()}
    about = {"type": message.topic, "timestamp": message.created_at.isoformat()}
    return json.dumps({**about, **payload}, separators=(",", ":")).encode()


class WebhookSender:
    """Posts messages to the ERP's callback.

    Parameters
    ----------
    settings
        Where it is, and the secrets.
    resolve
        Asked once per attempt for the addresses of a host.
    clock
        Unix seconds.
    tls
        Trusted certificates; those of the system and of ``certifi`` by default.
    """

    def __init__(
        self,
        settings: WebhookSettings,
        *,
        resolve: Resolve = resolve_host,
        clock: Callable[[], float] = time.time,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._resolve = resolve
        self._clock = clock
        self._tls = tls or usual_tls()

    def send(self, message: ClaimedMessage) -> Attempt:
        """Post once; any answer but 2xx is a failure."""
        settings, url = self._settings, self._settings.target
        body = body_of(message, settings.public_url)
        signed = signature_headers(
            settings.secrets, message.message_id, int(self._clock()), body
        )
        port = url.port or _PORTS[url.scheme]
        try:
            addresses = safe_addresses(
                url.host,
                port,
                private_hosts=settings.private_hosts,
                resolve=self._resolve,
            )
            return asyncio.run(self._post(url, addresses, signed, body))
        except ForbiddenAddress as error:
            return Attempt(error=str(error))
        except TimeoutError:
            return Attempt(error=f"no answer in {settings.timeout_seconds:g} seconds")
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            return Attempt(error=f"{type(error).__name__}: {error}")

    async def _post(
        self,
        url: httpx.URL,
        addresses: Sequence[Address],
        signed: Mapping[str, str],
        body: bytes,
    ) -> Attempt:
        """Post to the first address that takes the connection."""
        headers = {
            **signed,
            "Host": url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "User-Agent": "horarium",
            "Accept-Encoding": "identity",
        }
        async with (
            asyncio.timeout(self._settings.timeout_seconds),
            httpx.AsyncClient(
                verify=self._tls,
                follow_redirects=False,
                trust_env=False,
                timeout=self._settings.timeout_seconds,
            ) as client,
        ):
            refused: httpx.TransportError | None = None
            for address in addresses:
                request = client.build_request(
                    "POST",
                    url.copy_with(host=str(address)),
                    content=body,
                    headers=headers,
                    extensions=_server_name(url),
                )
                try:
                    return await _exchange(client, request)
                except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                    refused = error
        assert refused is not None
        raise refused


async def _exchange(client: httpx.AsyncClient, request: httpx.Request) -> Attempt:
    """Post and look at the status; what an answer says beyond its head is not read."""
    response = await client.send(request, stream=True)
    await response.aclose()
    if response.is_success:
        return Attempt()
    return Attempt(
        error=f"the receiver answered {response.status_code}",
        wished_seconds=_wish_of(response),
    )


def _wish_of(response: httpx.Response) -> float:
    """Seconds of ``Retry-After``, where an answer may have it."""
    text = response.headers.get("retry-after", "")
    wishes = response.status_code in _ANSWERS_WITH_WISHES and text.isascii()
    return float(text[:9]) if wishes and text.isdigit() else 0.0


def _server_name(url: httpx.URL) -> dict[str, Any]:
    """Name that the certificate must have, though an address is connected to."""
    try:
        ip_address(url.host)
    except ValueError:
        return {"sni_hostname": url.raw_host.decode("ascii")}
    return {}

"""Signatures of webhooks after Standard Webhooks 1.0. Pure.

References
----------
Standard Webhooks, https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

__all__ = ["secret_bytes", "signature_headers"]

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64


def secret_bytes(secret: str) -> bytes:
    """Return the key of a ``whsec_`` secret.

    Raises
    ------
    ValueError
        If it is not ``whsec_`` with 24 to 64 bytes in base64. The message does not
        repeat it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a webhook secret is whsec_ and base64") from error
    if not secret.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError("a webhook secret is whsec_ and 24 to 64 bytes in base64")
    return key


def signature_headers(
    secrets: Sequence[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Return the three headers.

    Parameters
    ----------
    secrets
        Every one signs; the receiver needs to know one of them.
    message_id
        The same for every attempt; the receiver knows duplicates by it.
    timestamp
        Unix seconds of this attempt.
    body
        Exactly what is sent.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    digests = (
        hmac.new(secret_bytes(secret), content, hashlib.sha256).digest()
        for secret in secrets
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            f"v1,{base64.b64encode(digest).decode()}" for digest in digests
        ),
    }

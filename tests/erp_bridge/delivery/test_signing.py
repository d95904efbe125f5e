"""Signatures, checked by the published vector and by another implementation."""

from __future__ import annotations

import base64
import secrets
import shutil
import subprocess

import pytest

from erp_bridge.delivery.signing import secret_bytes, signature_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'


def test_the_vector_of_standard_webhooks_holds() -> None:
    """Id, time, body and signature are those that its libraries are tested with."""
    assert signature_headers([SECRET], MESSAGE, 1614265330, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_every_secret_signs() -> None:
    """So that a receiver that knows either one takes it."""
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    both = signature_headers([SECRET, other], MESSAGE, 7, BODY)["webhook-signature"]
    alone = [
        signature_headers([secret], MESSAGE, 7, BODY)["webhook-signature"]
        for secret in (SECRET, other)
    ]
    assert both.split(" ") == alone


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_openssl_computes_the_same() -> None:
    key = secrets.token_bytes(32)
    secret = "whsec_" + base64.b64encode(key).decode()
    signed = signature_headers([secret], "id", 1_700_000_000, b"\x00body\n")
    options = ["-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary"]
    digest = subprocess.run(
        ["openssl", "dgst", "-sha256", *options],
        input=b"id.1700000000.\x00body\n",
        capture_output=True,
        check=True,
    ).stdout
    assert signed["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_%%%%"],
)
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    """Too short, not base64, or without its prefix; the message keeps it."""
    with pytest.raises(ValueError, match="whsec_ and") as caught:
        secret_bytes(secret)
    assert len(secret) <= len("whsec_") or secret not in str(caught.value)
